import ipaddress
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from xpenser.edge import BadHost, Caller, EdgeMiddleware, Host, caller, host_parts, is_legacy_path

pytestmark = pytest.mark.once

PROXIES = [ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8")]
SEEN = Caller("10.0.0.1", "http", "inner:8000")


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", " 1.2.3.4 ", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, 10.0.0.2", "1.2.3.4"),
        ("10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the client wrote the first one
        ("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.2, fd00::2", "1.2.3.4"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),  # a client inside our own network
        ("10.0.0.1", "1.2.3.4:5678", "1.2.3.4"),
        ("10.0.0.1", "[2001:db8::1]:5678", "2001:db8::1"),
        ("10.0.0.1", "[2001:db8::1]", "2001:db8::1"),
        ("10.0.0.1", "2001:DB8:0::1", "2001:db8::1"),
        ("10.0.0.1", "::ffff:1.2.3.4", "1.2.3.4"),
        ("::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"),
        ("fd00::1", "1.2.3.4", "1.2.3.4"),
        ("10.0.0.1", "1.2.3.4, unknown", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, unknown, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", ",,", "10.0.0.1"),
        ("10.0.0.1", "999.1.1.1", "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4\r\nX: y", "10.0.0.1"),
        ("5.5.5.5", "1.2.3.4", "5.5.5.5"),  # a stranger may write what he likes
        ("", "1.2.3.4", ""),
        ("unix:", "1.2.3.4", "unix:"),
    ],
)
def test_caller_is_the_last_hop_that_is_not_ours(peer: str, forwarded_for: str, address: str) -> None:
    found = caller(
        Caller(peer, "http", "inner"),
        forwarded_for=forwarded_for, forwarded_proto="", forwarded_host="", proxies=PROXIES,
    )  # fmt: skip

    assert found == Caller(address, "http", "inner")


@pytest.mark.parametrize(
    ("forwarded_for", "proto", "host", "expected"),
    [
        ("1.2.3.4", "https", "example.com", Caller("1.2.3.4", "https", "example.com")),
        ("1.2.3.4", "HTTPS", "", Caller("1.2.3.4", "https", "inner:8000")),
        ("1.2.3.4", "gopher", "example.com", Caller("1.2.3.4", "http", "example.com")),
        ("1.2.3.4", "", "", Caller("1.2.3.4", "http", "inner:8000")),
        # The client's own words stand to the left of what our proxy saw.
        ("6.6.6.6, 1.2.3.4", "https, http", "evil.example, example.com", Caller("1.2.3.4", "http", "example.com")),
        # Two proxies: the outer one saw https, the inner one plain http from the outer.
        ("1.2.3.4, 10.0.0.2", "https, http", "example.com, inner", Caller("1.2.3.4", "https", "example.com")),
        # Two proxies, of which only the outer one says how it was called.
        ("1.2.3.4, 10.0.0.2", "https", "example.com", Caller("1.2.3.4", "https", "example.com")),
        ("unknown", "https", "example.com", SEEN),
    ],
)
def test_scheme_and_host_are_of_the_same_hop(forwarded_for: str, proto: str, host: str, expected: Caller) -> None:
    found = caller(SEEN, forwarded_for=forwarded_for, forwarded_proto=proto, forwarded_host=host, proxies=PROXIES)

    assert found == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("example.com", Host("example.com", "")),
        ("Example.COM:8000", Host("example.com", ":8000")),
        ("example.com.", Host("example.com", "")),
        ("example.com.:80", Host("example.com", ":80")),
        ("example.com:", Host("example.com", "")),
        ("127.0.0.1:8000", Host("127.0.0.1", ":8000")),
        ("[::1]", Host("[::1]", "")),
        ("[::FFFF:1.2.3.4]:443", Host("[::ffff:1.2.3.4]", ":443")),
    ],
)
def test_host_parts(text: str, expected: Host) -> None:
    assert host_parts(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "a b", "a,b", "a/b", "a@b", "a_b", "::1", "[::1", "[example.com]", ":80", "a:b", "a:99999", "a:123456",
        "a\r\nb", "a\n", "ä.example", "a.example\0", "a" * 300, "http://a", ".", "-a", "a:٨٠",
    ],
)  # fmt: skip
def test_garbage_is_no_host(text: str) -> None:
    with pytest.raises(BadHost):
        host_parts(text)


@pytest.mark.parametrize(
    ("path", "legacy"),
    [
        ("/api", True),
        ("/api/", True),
        ("/api/v1.0/expense/", True),
        ("/oauth/authorize/", True),
        ("/static/xpenser/media/Receipts/x.JPG", True),
        ("/", False),
        ("", False),
        ("/apiary", False),
        ("/API/", False),
        ("/login/", False),
        ("/static/xpenser/css/x.css", False),
        ("/x/api/", False),
    ],
)
def test_what_old_clients_may_ask_for(path: str, legacy: bool) -> None:
    assert is_legacy_path(path) is legacy


Ask = Callable[..., tuple[HttpResponse, HttpRequest | None]]


@pytest.fixture
def ask(rf: RequestFactory, settings: Settings) -> Ask:
    """Send a request through the middleware: gives the answer, and the request as what lies behind it sees it."""
    settings.PUBLIC_URL, settings.PUBLIC_HOST = "https://expenses.example.com", "expenses.example.com"
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "expenses.example.com", "[2001:db8::1]"]

    def send(path: str = "/", **meta: Any) -> tuple[HttpResponse, HttpRequest | None]:
        seen: list[HttpRequest] = []

        def behind(request: HttpRequest) -> HttpResponse:
            seen.append(request)
            return HttpResponse("behind")

        answer = EdgeMiddleware(behind)(rf.get(path, **meta))
        return answer, seen[0] if seen else None

    return send


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("localhost:8000", "localhost:8000"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:8000", "[::1]:8000"),
        ("EXPENSES.example.com.", "expenses.example.com"),
        ("", "expenses.example.com"),
    ],
)
def test_our_hosts_come_in(ask: Ask, sent: str, shown: str) -> None:
    answer, request = ask(HTTP_HOST=sent)

    assert answer.content == b"behind"
    assert request is not None
    assert request.get_host() == shown


def test_without_a_host_it_is_the_public_one(rf: RequestFactory, settings: Settings) -> None:
    settings.PUBLIC_HOST = "localhost:8000"
    request = rf.get("/")
    request.META.pop("HTTP_HOST", None)

    EdgeMiddleware(lambda request: HttpResponse())(request)

    assert request.get_host() == "localhost:8000"


@pytest.mark.parametrize(
    "host", ["evil.example", "xpenser.com.evil.example", "sub.localhost", "x.expenses.example.com"]
)
def test_an_unknown_host_is_told_what_lets_it_in(ask: Ask, host: str) -> None:
    answer, request = ask(HTTP_HOST=host)

    assert request is None
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode() == (
        f"{host} is not a name of this server. Its operator lets it in with ALLOWED_HOSTS.\n"
    )


def test_a_garbled_host_is_refused_and_not_repeated(ask: Ask) -> None:
    answer, request = ask(HTTP_HOST="<script>")

    assert request is None
    assert answer.status_code == 400
    assert answer.content == b"The Host header of this request is no host name.\n"


@pytest.mark.parametrize("host", ["xpenser.com", "www.xpenser.com", "WWW.XPENSER.COM:80"])
def test_the_old_service_s_names_are_for_old_clients_only(ask: Ask, host: str) -> None:
    assert ask("/api/expenses/", HTTP_HOST=host)[0].content == b"behind"

    answer, request = ask("/", HTTP_HOST=host)

    assert request is None
    assert answer.status_code == 400
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content.decode().startswith(f"Under {host.lower().partition(':')[0]} this server answers")


def test_who_has_the_old_name_has_all_of_it(ask: Ask, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.PUBLIC_HOST = "https://xpenser.com", "xpenser.com"

    assert ask("/", HTTP_HOST="xpenser.com")[0].content == b"behind"


def test_a_public_address_by_number_comes_in(ask: Ask, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.PUBLIC_HOST = "http://[2001:db8::1]:8000", "[2001:db8::1]:8000"

    assert ask("/", HTTP_HOST="[2001:db8::1]:8000")[0].content == b"behind"


FORGED = {
    "HTTP_X_FORWARDED_FOR": "1.2.3.4",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "expenses.example.com",
    "HTTP_X_FORWARDED_PORT": "443",
}


@pytest.mark.parametrize("proxies", [[], PROXIES])
def test_a_stranger_s_forwarding_is_dropped(ask: Ask, settings: Settings, proxies: list[Any]) -> None:
    settings.PROXIES = proxies

    _, request = ask(REMOTE_ADDR="5.5.5.5", HTTP_HOST="localhost", **FORGED)

    assert request is not None
    assert (request.META["REMOTE_ADDR"], request.scheme, request.get_host()) == ("5.5.5.5", "http", "localhost")
    assert not FORGED.keys() & request.META.keys()


def test_a_proxy_is_believed(ask: Ask, settings: Settings) -> None:
    settings.PROXIES = PROXIES

    _, request = ask(REMOTE_ADDR="10.0.0.1", HTTP_HOST="localhost", **FORGED)

    assert request is not None
    assert request.META["REMOTE_ADDR"] == "1.2.3.4"
    assert request.build_absolute_uri("/x") == "https://expenses.example.com/x"
    assert request.is_secure()
    assert not FORGED.keys() & request.META.keys()


def test_a_proxy_s_host_is_looked_at_like_any_other(ask: Ask, settings: Settings) -> None:
    settings.PROXIES = PROXIES

    answer, request = ask(REMOTE_ADDR="10.0.0.1", **{**FORGED, "HTTP_X_FORWARDED_HOST": "evil.example"})

    assert request is None
    assert answer.status_code == 400
