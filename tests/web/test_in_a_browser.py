"""What people do on the pages, in a real browser, with scripts and without."""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import tab
from tests.cast import PASSWORD
from tests.live import LiveServer

pytestmark = pytest.mark.once

_ASK = """
import json
from django.utils import timezone
from access.services.consumers import consumer_register
from access.services.oauth1 import request_token_create
from accounts.selectors import account
now, owner = timezone.now(), account(email={email!r})
def ask(callback):
    registered = callback.partition("?")[0]
    program = consumer_register(user_id=owner.id, name="Pocket <Ledger>", callback=registered, now=now)
    return request_token_create(consumer_id=program.id, callback=callback or "oob", now=now).key
print(json.dumps([[ask(callback) for _ in range(2)] for callback in ({callback!r}, "")]))
"""
WITH_AND_WITHOUT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
PHONE = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def person(server: LiveServer) -> str:
    return server.newcomer()


@pytest.fixture(scope="module")
def asked(server: LiveServer, person: str) -> dict[str, list[str]]:
    """Requests for access: two with a callback on a name that is none of ours, two without."""
    made = server.manage("shell", "-c", _ASK.format(email=person, callback="http://program.test/back?a=b"))
    assert made.returncode == 0, made.stderr
    with_callback, without = json.loads(made.stdout.splitlines()[-1])
    return {"callback": with_callback, "oob": without}


@pytest.fixture
def page(chromium: Browser, scripts: bool) -> Iterator[Page]:
    with tab(chromium, java_script_enabled=scripts, viewport=PHONE) as page:
        yield page


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def no_sideways_scrolling(page: Page) -> None:
    width = page.locator("html").evaluate("html => html.scrollWidth")
    assert width <= PHONE["width"]


@WITH_AND_WITHOUT
def test_signing_in_and_out(server: LiveServer, person: str, page: Page) -> None:
    page.goto(f"{server.public_url}/settings/apps/")
    sign_in(page, person, "not it")
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    sign_in(page, person)

    expect(page.get_by_role("heading", level=1)).to_have_text("Connected apps")
    page.get_by_label(f"Account of {person}").click()
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


@WITH_AND_WITHOUT
def test_a_program_is_let_in(server: LiveServer, person: str, page: Page, asked: dict[str, list[str]]) -> None:
    key = asked["callback"].pop()

    page.goto(f"{server.public_url}/oauth/authorize?oauth_token={key}")
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("Let Pocket <Ledger> in?")
    expect(page.get_by_text("program.test")).to_be_visible()
    with page.expect_request("http://program.test/**") as back:
        page.get_by_role("button", name="Allow").click()

    query = parse_qs(urlsplit(back.value.url).query)
    assert (query["a"], query["oauth_token"]) == (["b"], [key])
    assert len(query["oauth_verifier"][0]) == 10


@WITH_AND_WITHOUT
def test_a_code_is_shown(
    server: LiveServer, person: str, page: Page, scripts: bool, asked: dict[str, list[str]]
) -> None:
    page.goto(f"{server.public_url}/oauth/authorize?oauth_token={asked['oob'].pop()}")
    sign_in(page, person)
    page.get_by_role("button", name="Allow").click()

    code = page.locator("#verifier")
    verifier = code.inner_text()
    assert re.fullmatch("[2-9a-hj-kmnp-z]{10}", verifier)
    expect(page.get_by_role("img", name=", ".join(verifier))).to_be_visible()
    code.click()  # selects all of it, without a script
    assert page.evaluate("getSelection().toString()") == verifier
    expect(page.get_by_role("button", name="Copy")).to_be_visible(visible=scripts)


@WITH_AND_WITHOUT
def test_a_token_is_made_used_and_revoked(server: LiveServer, person: str, page: Page, scripts: bool) -> None:
    name = f"Watch {scripts}"
    page.goto(f"{server.public_url}/settings/apps/")
    sign_in(page, person)
    page.get_by_role("link", name="New token").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Ends").select_option("in 30 days")
    page.get_by_role("button", name="Make the token").click()
    token = page.locator("code.secret").inner_text()
    no_sideways_scrolling(page)
    if scripts:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == token

    page.get_by_role("link", name="Connected apps").click()
    no_sideways_scrolling(page)
    assert token not in page.content()
    expect(page.get_by_role("row", name=name)).to_contain_text(token[:9])
    page.get_by_role("link", name=f"Revoke {name}").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.locator("main [role=status]")).to_have_text(f"“{name}” is shut out.")
    expect(page.get_by_role("row", name=name)).to_have_count(0)


@WITH_AND_WITHOUT
def test_a_program_is_registered(server: LiveServer, person: str, page: Page) -> None:
    page.goto(f"{server.public_url}/settings/apps/new/")
    sign_in(page, person)
    page.get_by_label("Name").fill("Receipt box")
    page.get_by_label("Callback address").fill("receipts.example/done")
    page.get_by_label("Signs with").select_option("OAuth 1.0a")
    page.get_by_role("button", name="Register").click()
    field = page.get_by_label("Callback address")
    expect(field).to_have_accessible_description(re.compile("'receipts.example/done'"))
    field.fill("https://receipts.example/done")
    page.get_by_role("button", name="Register").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Receipt box is ready")
    expect(page.locator("code.secret")).to_have_count(2)


def test_the_keyboard_is_enough(server: LiveServer, person: str, chromium: Browser) -> None:
    with tab(chromium, viewport=PHONE) as page:
        page.goto(f"{server.public_url}/accounts/login/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type(person)
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")

        expect(page.get_by_label(f"Account of {person}")).to_be_visible()


def test_without_a_clipboard_text_is_copied_all_the_same(server: LiveServer, person: str, chromium: Browser) -> None:
    """Over plain http on a name that is not this machine's, browsers give pages no clipboard."""
    with tab(chromium, viewport=PHONE) as page:
        page.add_init_script("delete Navigator.prototype.clipboard")
        page.goto(f"{server.public_url}/settings/tokens/new/")
        sign_in(page, person)
        page.get_by_label("Name").fill("Old way")
        page.get_by_role("button", name="Make the token").click()
        page.get_by_role("button", name="Copy").click()

        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("getSelection().toString()") == page.locator("code.secret").inner_text()
