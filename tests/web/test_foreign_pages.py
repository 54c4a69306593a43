"""Pages of other sites that try to write into a ledger behind its owner's back, in a real browser.

The names are none that a browser takes for its own machine: to those it is kinder.
"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple, cast
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import PATIENCE, launched
from tests.cast import PASSWORD
from tests.live import LiveServer, PeopledServer, free_port

pytestmark = pytest.mark.once

OURS, THEIRS = "ledger.test", "evil.test"
NAMES = f"--host-resolver-rules=MAP {OURS} 127.0.0.1, MAP {THEIRS} 127.0.0.1"

# What a hostile page holds; {url} is our server. Each tries to record "evil 1".
FIELD = '<input name="q" value="evil 1">'
ATTACKS = {
    "a form": '<form method="post" action="{url}/api/simple/">{field}</form>{submit}',
    "a form without a window": (
        '<iframe name="out"></iframe><form method="post" action="{url}/api/simple/" target="out">{field}</form>{submit}'
    ),
    "a form to the classic API": (
        '<form method="post" action="{url}/api/expense/"><input name="type" value="evil">'
        '<input name="amount" value="1"></form>{submit}'
    ),
    "a form to v1.0": '<form method="post" action="{url}/api/v1.0/expense/">{field}</form>{submit}',
    "a form with parts": (
        '<form method="post" enctype="multipart/form-data" action="{url}/api/v1.0/expense/">{field}</form>{submit}'
    ),
    "a form of text": (
        '<form method="post" enctype="text/plain" action="{url}/api/v1.0/expense/">{field}</form>{submit}'
    ),
    "a form by GET": '<form action="{url}/api/simple/">{field}</form>{submit}',
    "an address": '<script>location = "{url}/api/simple/?q=evil+1"</script>',
    "an address of JSON": '<script>location = "{url}/api/simple/?q=evil+1&format=json"</script>',
    "an address of v1.0": '<script>location = "{url}/api/v1.0/expense/?q=evil+1"</script>',
    "a link": '<a id="link" href="{url}/api/v1.0/expense/?q=evil+1">win</a><script>link.click()</script>',
    "a link that hides where it is": (
        '<a id="link" rel="noreferrer" href="{url}/api/simple/?q=evil+1">win</a><script>link.click()</script>'
    ),
    "a picture": '<img src="{url}/api/simple/?q=evil+1">',
    "a picture of v1.0": '<img src="{url}/api/v1.0/expense/?q=evil+1">',
    "a script": '<script src="{url}/api/v1.0/expense/?q=evil+1"></script>',
    "a frame": '<iframe src="{url}/api/simple/?q=evil+1"></iframe>',
    "a fetch with credentials": (
        '<script>fetch("{url}/api/v1.0/expense/", {{method: "POST", credentials: "include", mode: "no-cors", '
        'body: new URLSearchParams({{q: "evil 1"}})}})</script>'
    ),
    "a fetch that would read": '<script>fetch("{url}/api/v1.0/expense/?q=evil+1", {{credentials: "include"}})</script>',
    "a fetch without credentials": (
        '<script>fetch("{url}/api/simple/", {{method: "POST", mode: "no-cors", body: "q=evil+1"}})</script>'
    ),
    "a beacon": (
        '<script>navigator.sendBeacon("{url}/api/v1.0/expense/", new URLSearchParams({{q: "evil 1"}}))</script>'
    ),
}
SUBMIT = "<script>document.forms[0].submit()</script>"


class Stage(NamedTuple):
    """Our server under its name, theirs under another, and a browser that knows the way to both."""

    server: LiveServer
    hostile: str
    browser: Browser

    @property
    def url(self) -> str:
        return self.server.public_url

    def attack(self, name: str) -> str:
        return f"{self.hostile}/{quote(name)}"


@contextmanager
def hostile_pages(url: str, tls: Path | None) -> Iterator[str]:
    """Serve every attack on ``url`` under its name, and give the address of the server that does it."""

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = PAGES.get(self.path, "").format(url=url, submit=SUBMIT, field=FIELD)
            self.send_response(200 if page else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>evil</title>{page}".encode())

        def log_message(self, *args: Any) -> None:
            pass

    port = free_port()
    with ThreadingHTTPServer(("127.0.0.1", port), Pages) as server:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls / "server.pem", tls / "server-key.pem")
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{'http' if tls is None else 'https'}://{THEIRS}:{port}"
        server.shutdown()


PAGES = {f"/{quote(name)}": page for name, page in ATTACKS.items()}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(NAMES) as browser:
        yield browser


@pytest.fixture(scope="module")
def stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with PeopledServer(tmp_path_factory.mktemp("foreign")) as server, staged(server, browser) as stage:
        yield stage


@pytest.fixture(scope="module")
def tls_stage(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with (
        PeopledServer(tmp_path_factory.mktemp("foreign-tls")).secure() as server,
        staged(server, browser) as stage,
    ):
        yield stage


@contextmanager
def staged(server: LiveServer, browser: Browser) -> Iterator[Stage]:
    server.env["PUBLIC_URL"] = f"{server.scheme}://{OURS}:{server.port}"
    server.start()
    tls = server.folder / "tls" if server.scheme == "https" else None
    with hostile_pages(server.public_url, tls) as hostile:
        yield Stage(server, hostile, browser)


def spent(server: LiveServer, email: str) -> list[str]:
    """Return the types of all that stands in the ledger of ``email``."""
    rows = server.sql(
        "SELECT e.type FROM expenses_expense e JOIN accounts_user u ON u.id = e.user_id"
        f" WHERE u.email = '{email}' ORDER BY e.id"
    )
    return [kind for (kind,) in rows]


def sign_in(page: Page, url: str, email: str) -> None:
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{url}/")


def visitor(stage: Stage, how: str, email: str) -> BrowserContext:
    """Return a browser whose owner has signed in on a page, or typed his password into its window, or neither."""
    basic = {"username": email, "password": PASSWORD}
    context = stage.browser.new_context(
        ignore_https_errors=True,
        http_credentials=basic if how == "basic" else None,  # type: ignore[arg-type]
    )
    context.set_default_timeout(PATIENCE)
    if how == "session":
        sign_in(context.new_page(), stage.url, email)
    if how == "basic":  # the browser remembers them from here on
        page = context.new_page()
        answer = page.goto(f"{stage.url}/api/v1.0/user/")
        assert answer is not None
        assert answer.status == 200
    return context


# Who has no credentials has none on either scheme that a browser could add.
@pytest.mark.parametrize(
    ("where", "how"),
    [("stage", "session"), ("stage", "basic"), ("stage", "stranger"), ("tls_stage", "session"), ("tls_stage", "basic")],
)
def test_nothing_is_written(request: pytest.FixtureRequest, where: str, how: str) -> None:
    stage = cast("Stage", request.getfixturevalue(where))
    email = stage.server.newcomer()
    context = visitor(stage, how, email)

    pages = [context.new_page() for _ in ATTACKS]
    for page, name in zip(pages, ATTACKS, strict=True):
        page.goto(stage.attack(name), wait_until="commit")
    for page in pages:
        page.wait_for_load_state("networkidle")

    assert spent(stage.server, email) == ["Sample Expense"]
    context.close()


def test_an_honest_form_adds_once_its_owner_has_clicked(stage: Stage) -> None:
    email = stage.server.newcomer()
    context = visitor(stage, "session", email)
    page = context.new_page()

    page.goto(stage.attack("a form"))
    expect(page.get_by_text("A form on another site sent this line.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(email)).to_be_visible()
    page.get_by_role("button", name="Add 1.00 USD").click()
    expect(page.get_by_role("heading", name="Added")).to_be_visible()
    page.reload()

    assert spent(stage.server, email) == ["Sample Expense", "evil"]
    context.close()


def test_who_is_not_signed_in_signs_in_on_the_way(stage: Stage) -> None:
    email = stage.server.newcomer()
    context = visitor(stage, "stranger", email)
    page = context.new_page()

    page.goto(stage.attack("a form"))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="Sign in and go on").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Add 1.00 USD").click()
    expect(page.get_by_role("heading", name="Added")).to_be_visible()

    assert spent(stage.server, email) == ["Sample Expense", "evil"]
    context.close()


def test_a_link_on_a_trusted_site_adds_without_asking(stage: Stage) -> None:
    email = stage.server.newcomer()
    context = visitor(stage, "session", email)
    page = context.new_page()
    page.goto(f"{stage.url}/settings/ways-in/")
    page.get_by_role("textbox", name="Site").fill(stage.hostile)
    page.get_by_role("button", name="Trust it").click()

    page.goto(stage.attack("an address"))
    expect(page.get_by_role("heading", name="Added")).to_be_visible()

    assert spent(stage.server, email) == ["Sample Expense", "evil"]
    context.close()
