"""A passkey on a device, which Chromium plays, from making it to signing in with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser import tab
from tests.callers import Caller
from tests.cast import PASSWORD
from tests.live import LiveServer
from tests.web.test_in_a_browser import PHONE, no_sideways_scrolling, sign_in

pytestmark = pytest.mark.once


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with tab(chromium, viewport=PHONE) as page:
        yield page


@pytest.fixture
def device(page: Page) -> CDPSession:
    """Have a device at the browser that keeps passkeys, and a person who gives it his finger."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    chosen = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    device.send("WebAuthn.addVirtualAuthenticator", {"options": chosen})
    return device


def status(server: LiveServer, email: str, password: str = PASSWORD) -> int:
    """Return what a program hears that signs in by Basic."""
    with Caller(server, email, password) as program:
        return program.get("/api/v1.0/expenses/").status


def show_once_more(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


@pytest.mark.usefixtures("device")
def test_a_passkey_from_making_it_to_taking_it_away(server: LiveServer, page: Page) -> None:
    person = server.newcomer()
    assert status(server, person) == 200
    page.goto(f"{server.public_url}/accounts/")
    sign_in(page, person)

    page.get_by_role("link", name="New passkey").click()
    show_once_more(page)
    expect(page.get_by_text("stop at once")).to_be_visible()
    no_sideways_scrolling(page)
    page.get_by_label("Name").fill("Telephone")
    page.get_by_role("button", name="Make it").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("The second factor is on")
    no_sideways_scrolling(page)
    token = page.locator("#token").inner_text()
    assert {status(server, person) for _ in range(4)} == {401}  # whichever worker answers
    assert status(server, person, token) == 200
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_role("row", name="Telephone")).to_contain_text("never")
    no_sideways_scrolling(page)

    # By itself.
    page.context.clear_cookies()
    page.goto(f"{server.public_url}/accounts/login/?next=/accounts/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("row", name="Telephone")).to_contain_text("just now")

    # And beside a password.
    page.context.clear_cookies()
    page.goto(f"{server.public_url}/accounts/login/?next=/accounts/")
    sign_in(page, person)
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more")
    page.get_by_role("button", name="Show a passkey").click()

    page.get_by_role("link", name="Rename Telephone").click()
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Show a passkey").click()
    page.get_by_label("Name").fill("Old telephone")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Remove Old telephone").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main [role=status]")).to_have_text("The passkey is removed.")
    assert status(server, person) == 200


def test_a_browser_without_one_says_so(server: LiveServer, page: Page, device: CDPSession) -> None:
    device.send("WebAuthn.disable")  # and there is nobody to ask
    page.add_init_script("navigator.credentials.get = () => Promise.reject(new DOMException('', 'NotAllowedError'))")
    page.goto(f"{server.public_url}/accounts/login/")

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert")).to_have_text("The browser showed no passkey.")


def test_without_scripts_there_is_no_button(server: LiveServer, chromium: Browser) -> None:
    with tab(chromium, java_script_enabled=False) as page:
        page.goto(f"{server.public_url}/accounts/login/")

        expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
