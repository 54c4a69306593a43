"""The server behind nginx and behind Caddy, as the files in docs have them: whoever calls notices nothing of it."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from tests.callers import PATIENCE, eventually
from tests.cast import PASSWORD, basic
from tests.clients.people import People
from tests.expenses.pictures import jpeg
from tests.live import PROJECT, LiveServer, free_port
from tests.tools import program
from tests.xpenser.test_secrets_in_the_log import posted

pytestmark = pytest.mark.once
EMAIL = "alice@example.com"
USER = "/api/v1.0/user/"


class Proxy(NamedTuple):
    """A proxy that runs. ``http`` and ``https`` are its two ports on localhost."""

    name: str
    http: int
    https: int
    server: LiveServer

    @property
    def plain(self) -> str:
        return f"http://localhost:{self.http}"

    @property
    def secure(self) -> str:
        return f"https://localhost:{self.https}"

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.server.ca)
        return session


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The server that both stand before; https is theirs, and so is the certificate."""
    folder = tmp_path_factory.mktemp("behind")
    with LiveServer(folder, PROXIES="127.0.0.1", LOG_FORMAT="json", DATABASE_URL="").secure() as server:
        for name in ("TLS_CERT", "TLS_KEY"):
            del server.env[name]
        server.env["PUBLIC_URL"] = f"https://localhost:{free_port()}"
        server.start()
        server.adduser(EMAIL, PASSWORD)
        yield server


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(
    request: pytest.FixtureRequest, server: LiveServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp(request.param)
    given = Proxy(request.param, free_port(), int(server.public_url.rpartition(":")[2]), server)
    command = {"nginx": nginx, "caddy": caddy}[request.param](given, folder)
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, env={"HOME": str(folder)})
        try:
            assert eventually(lambda: listens(given.http) and listens(given.https)), (folder / "log").read_text()
            yield given
        finally:
            running.terminate()
            running.wait(timeout=PATIENCE)


def changed(file: str, given: Proxy, **changes: str) -> str:
    """Return an example with what differs from one operator to the next; each must be in it."""
    text = (PROJECT / "docs" / file).read_text()
    for old, new in {"127.0.0.1:8000": f"127.0.0.1:{given.server.port}", **changes}.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(given: Proxy, folder: Path) -> list[str]:
    tls = given.server.folder / "tls"
    site = changed(
        "nginx.conf", given,
        **{
            "listen 80 ": f"listen 127.0.0.1:{given.http} ", "listen [::]:80 default_server;": "",
            "listen 443 ": f"listen 127.0.0.1:{given.https} ", "listen [::]:443 ssl http2 default_server;": "",
            "https://expenses.example.com": given.secure, " expenses.example.com": " localhost",
            "/etc/letsencrypt/live/expenses.example.com/fullchain.pem": str(tls / "server.pem"),
            "/etc/letsencrypt/live/expenses.example.com/privkey.pem": str(tls / "server-key.pem"),
        },
    )  # fmt: skip
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {kept}\n{site} }}"
    )
    # Its workers give up what root may, and the folders of tests are the tester's own.
    command = [program("nginx"), "-g", "user root;", "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    subprocess.run([*command, "-t"], check=True)
    return command


def caddy(given: Proxy, folder: Path) -> list[str]:
    tls = given.server.folder / "tls"
    text = changed(
        "Caddyfile", given,
        **{
            "https://expenses.example.com": given.secure, "http://expenses.example.com": given.plain,
            "http://xpenser.com, http://www.xpenser.com": f"http://xpenser.com:{given.http}",
            "\nexpenses.example.com {": f"\n{given.secure} {{\n\ttls {tls}/server.pem {tls}/server-key.pem",
            "auto_https disable_redirects": "auto_https disable_redirects\n\tadmin off",
        },
    )  # fmt: skip
    (folder / "Caddyfile").write_text(text)
    return [program("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def logged(server: LiveServer, response: requests.Response) -> dict[str, object]:
    """Return the line that the server's log has of a request."""
    number = response.headers["X-Request-ID"]
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if number in line]
    assert lines, number
    return dict(lines[-1])


def test_old_clients_come_by_plain_http(proxy: Proxy) -> None:
    with proxy.session() as client:
        client.auth = (EMAIL, PASSWORD)
        for address in (f"{proxy.plain}/api/v1.0/expense/", f"{proxy.plain}/api/v1.0/expense"):
            answer = client.post(address, {"q": "lunch 45 with jack #clientx"}, allow_redirects=False)
            assert (answer.status_code, answer.json()["amount"]) == (200, "45.00")
        refused = client.get(f"{proxy.plain}{USER}", auth=(EMAIL, "wrong"))
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, 'Basic realm="API"')
    with proxy.session() as browser:
        away = browser.get(f"{proxy.plain}/reports/?state=1", allow_redirects=False)
    assert (away.status_code, away.headers["Location"]) == (301, f"{proxy.secure}/reports/?state=1")


def test_under_their_own_name(proxy: Proxy) -> None:
    with proxy.session() as client:
        host = {"Host": f"xpenser.com:{proxy.http}"}
        assert client.get(f"{proxy.plain}{USER}", auth=(EMAIL, PASSWORD), headers=host).status_code == 200


def test_without_any_name(proxy: Proxy) -> None:
    if proxy.name == "caddy":
        pytest.skip("it answers nobody who names no host: docs/deploying.md says so")
    with socket.create_connection(("127.0.0.1", proxy.http), PATIENCE) as client:
        client.sendall(f"GET {USER} HTTP/1.0\r\nAuthorization: {basic(EMAIL, PASSWORD)}\r\n\r\n".encode())
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 200 OK\r\n")


def test_who_is_calling_is_told_by_the_proxy_only(proxy: Proxy) -> None:
    forged = {f"X{mark}Forwarded{mark}For": "192.0.2.66" for mark in "-_"}
    with proxy.session() as client:
        answer = client.get(f"{proxy.plain}{USER}", auth=(EMAIL, PASSWORD), headers={**forged, "X-Request-ID": "mine"})

    assert answer.headers["X-Request-ID"] != "mine"
    assert logged(proxy.server, answer)["address"] == "127.0.0.1"


@pytest.fixture(scope="module")
def signature(server: LiveServer) -> Any:
    """What signs for a program that was let in."""
    with People(server) as people:
        return people.let_in(people.register(EMAIL), EMAIL).auth


def test_what_is_signed_fits_what_the_server_sees(proxy: Proxy, signature: Any) -> None:
    """Scheme, name and port are signed, so a program would be refused if one of them got lost."""
    with proxy.session() as client:
        for home in (proxy.plain, proxy.secure):
            assert client.get(f"{home}{USER}", auth=signature).status_code == 200


def test_a_person_signs_in_by_https(proxy: Proxy) -> None:
    with proxy.session() as browser:
        page = posted(browser, f"{proxy.secure}/accounts/login/", login=EMAIL, password=PASSWORD)
        (cookie,) = [cookie for cookie in browser.cookies if cookie.name == "sessionid"]

    assert (page.status_code, page.url, cookie.secure) == (200, f"{proxy.secure}/", True)


@pytest.mark.parametrize("chunked", [False, True])
def test_a_receipt_goes_there_and_comes_back(proxy: Proxy, chunked: bool) -> None:
    picture = jpeg(1)
    request = requests.Request("POST", "http://x", data={"q": "hotel 120"}, files={"receipt": ("r.jpg", picture)})
    ready = request.prepare()
    body = ready.body
    assert isinstance(body, bytes)
    with proxy.session() as client:
        client.auth = (EMAIL, PASSWORD)
        made = client.post(
            f"{proxy.secure}/api/v1.0/expense/",
            data=iter([body[:1000], body[1000:]]) if chunked else body,
            headers={"Content-Type": ready.headers["Content-Type"]},
        ).json()
        image = client.get(f"{proxy.plain}/static/xpenser/media/Receipts/{made['receipt']['image']}")

    assert (image.status_code, image.headers["Content-Type"]) == (200, "image/jpeg")


def test_what_is_too_large_hears_our_words(proxy: Proxy) -> None:
    with proxy.session() as client:
        client.auth = (EMAIL, PASSWORD)
        answer = client.post(f"{proxy.secure}/api/v1.0/expense/", files={"receipt": ("r.jpg", b"x" * 12_100_000)})
        assert answer.status_code == 413
        assert "<html" not in answer.text
        assert logged(proxy.server, answer)["status"] == 413


def test_a_long_query(proxy: Proxy) -> None:
    with proxy.session() as client:
        answer = client.get(f"{proxy.plain}{USER}?oauth_nothing={'x' * 40_000}", auth=(EMAIL, PASSWORD))

    assert answer.status_code == 200


def test_what_is_long_arrives_whole(proxy: Proxy) -> None:
    """The pages' own scripts and styles, with the names and the lifetime that the server gives them."""
    with proxy.session() as browser:
        page = browser.get(f"{proxy.secure}/accounts/login/")
        (style,) = set(re.findall(r'href="(/assets/app\.[0-9a-f]+\.css)"', page.text))
        answer = browser.get(proxy.secure + style)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.content == (proxy.server.data / style.lstrip("/")).read_bytes()
