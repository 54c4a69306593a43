"""The log: one number for each request, a line for each answer, and no secret in any."""

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import resolve
from pytest_django import Settings

from tests.cast import PASSWORD
from tests.clients.people import People
from tests.live import start_server
from xpenser import env
from xpenser.logs import JsonFormatter, RequestLog, RoutesOnly

pytestmark = pytest.mark.once

RESET = "/accounts/password/reset/key/1-a-secret/"


@pytest.fixture
def proxied(settings: Settings) -> None:
    settings.PROXIES = env.read({"PROXIES": "127.0.0.1"}).proxies


def number_for(**headers: str) -> str:
    return str(Client().get("/help/style-that-is-not-there/", headers=headers).headers["X-Request-ID"])


def test_each_request_has_a_number() -> None:
    first, second = number_for(), number_for()

    assert first != second
    assert re.fullmatch("[0-9a-f]{16}", first)


def test_a_proxy_of_ours_brings_one(proxied: None) -> None:
    assert number_for(X_Request_ID="0f3b.A_z=-") == "0f3b.A_z=-"


@pytest.mark.parametrize("given", ["a b", 'a"', "ü", "a" * 129, "a\n", "²"])
def test_one_that_can_not_be_meant(proxied: None, given: str) -> None:
    assert re.fullmatch("[0-9a-f]{16}", number_for(X_Request_ID=given))


def test_nobody_else_brings_one() -> None:
    assert number_for(X_Request_ID="abc") != "abc"


class Heard(logging.Handler):
    """Keeps the lines that the log would have."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter())
        self.addFilter(RoutesOnly())
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))


@pytest.fixture
def heard(request: pytest.FixtureRequest) -> Any:
    handler, loggers = Heard(), [logging.getLogger(name) for name in ("xpenser.access", "django.request")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield handler.lines
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def asked(path: str, answer: Callable[[HttpRequest], HttpResponse], method: str = "GET") -> HttpResponse:
    """Let a request come in as the middleware sees it."""
    request = HttpRequest()
    request.method, request.path = method, path
    request.META["REMOTE_ADDR"] = "192.0.2.1"

    def inner(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(path)
        return answer(request)

    return RequestLog(inner)(request)  # type: ignore[return-value]


def test_an_answer(heard: list[dict[str, Any]]) -> None:
    response = asked(RESET, lambda request: HttpResponse("secret", status=302))

    (line,) = heard
    assert line.pop("milliseconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line == {
        "level": "INFO", "logger": "xpenser.access",
        "message": r"GET /accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/\Z 302",
        "request": response.headers["X-Request-ID"], "method": "GET",
        "route": r"accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/\Z", "status": 302,
        "address": "192.0.2.1",
    }  # fmt: skip


def test_a_method_of_any_length(heard: list[dict[str, Any]]) -> None:
    asked("/", lambda request: HttpResponse(status=405), method="M" * 9000)

    (line,) = heard
    assert (line["method"], line["message"]) == ("M" * 20, f"{'M' * 20} / 405")


def test_what_broke(heard: list[dict[str, Any]]) -> None:
    """Django tells the path of what broke, and a link to reset a password is a secret."""

    def breaks(request: HttpRequest) -> HttpResponse:
        problem = ValueError("a reason")
        logging.getLogger("django.request").error(
            "%s: %s", "Gone wrong", request.path, extra={"request": request}, exc_info=problem
        )
        return HttpResponse(status=500)

    asked(RESET, breaks)

    line, answered = heard
    assert line["message"].startswith("Gone wrong: /accounts/password/reset/key/(?P<uidb36>")
    assert line["trace"].endswith("ValueError: a reason")
    assert line["request"] == answered["request"]
    assert "a-secret" not in json.dumps(heard)


def test_of_no_request() -> None:
    """And of what is no text: half a character is none to JSON."""
    record = logging.makeLogRecord({"name": "x", "levelname": "INFO", "msg": "it sent \ud83e"})

    assert RoutesOnly().filter(record)
    line = json.loads(JsonFormatter().format(record))
    assert "request" not in line
    assert line["message"] == "it sent \\ud83e"


def test_without_the_variable_nothing_is_said(heard: list[dict[str, Any]]) -> None:
    logging.getLogger("xpenser.access").setLevel(logging.WARNING)

    asked(RESET, lambda request: HttpResponse())

    assert heard == []


def posted(browser: requests.Session, address: str, **form: str) -> requests.Response:
    """Fill in the form of a page, and send it."""
    page = browser.get(address)
    (proof,) = set(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text))
    return browser.post(page.url, {"csrfmiddlewaretoken": proof, **form}, headers={"Referer": page.url})


def reset_link(folder: Path) -> str:
    (mail,) = folder.iterdir()
    (link,) = re.findall(r"https?://\S+/key/\S+", mail.read_text())
    return str(link)


def test_no_secret_is_in_the_log_of_a_server(tmp_path: Path) -> None:
    """Of OAuth 1.0 in header and query, a token, passwords right and wrong, a session, and a reset by mail."""
    with start_server(tmp_path, DATABASE_URL="", LOG_FORMAT="json", EMAIL_URL="file:") as server:
        email, home = "me@example.com", server.public_url
        server.adduser(email, PASSWORD)
        with People(server) as people:
            program = people.register(email)
            in_header, in_query = people.let_in(program, email), people.let_in(program, email, signature_type="QUERY")
        user = f"{home}/api/v1.0/user/"
        answers = [
            in_header.get("/api/v1.0/user/"),
            in_query.get("/api/v1.0/user/"),
            requests.get(f"{user}?oauth_token=in-a-query", auth=(email, PASSWORD), timeout=60),
            requests.get(user, auth=(email, "a-wrong-password"), timeout=60),
            requests.get(user, headers={"Authorization": "Bearer a-wrong-token"}, timeout=60),
        ]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 401, 401]
        with requests.Session() as browser:
            posted(browser, f"{home}/accounts/login/", login=email, password=PASSWORD)
            session = browser.cookies["sessionid"]
            assert browser.get(f"{home}/settings/").status_code == 200
        with requests.Session() as browser:
            posted(browser, f"{home}/accounts/password/reset/", email=email)
            link = reset_link(server.data / "mail")
            new = "a fine new password"
            assert "You have a new password" in posted(browser, link, password1=new, password2=new).text
        server.stop()
        log = server.log.read_text()

    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    told = {line["request"]: line["status"] for line in lines if line["logger"] == "xpenser.access"}
    assert [told[answer.headers["X-Request-ID"]] for answer in answers] == [200, 200, 200, 401, 401]
    key = link.rstrip("/").rpartition("/")[2]
    sent = [answer.request for answer in answers]
    signatures = [
        word for request in sent for word in re.findall(r"oauth_\w+=[^&,]+", f"{request.url} {request.headers}")
    ]
    held = in_header.auth.client
    for secret in [
        program.secret, held.resource_owner_key, held.resource_owner_secret, *signatures, "oauth_", session, key,
        *(str(request.headers["Authorization"]) for request in sent if "Authorization" in request.headers),
        PASSWORD, new, "a-wrong-password", "a-wrong-token", "in-a-query",
    ]:  # fmt: skip
        assert secret not in log
