"""From an empty server to people who come in, on a telephone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import tab
from tests.callers import eventually
from tests.cast import PASSWORD
from tests.live import LiveServer, start_server
from tests.oidc import CLIENT_ID, CLIENT_SECRET, Provider, provider
from tests.web.test_in_a_browser import PHONE, no_sideways_scrolling, sign_in

pytestmark = pytest.mark.once

NEW = "a fine new password"


@pytest.fixture(scope="module")
def work() -> Iterator[Provider]:
    with provider() as there:
        yield there


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, work: Provider) -> Iterator[LiveServer]:
    """A server on which nobody has an account yet."""
    known = {"OIDC_ISSUER": work.issuer, "OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET}
    folder = tmp_path_factory.mktemp("empty")
    with start_server(folder, SIGN_UP="invited", EMAIL_URL="file:", OIDC_NAME="Work", **known) as server:
        yield server


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with tab(chromium, viewport=PHONE, timezone_id="Europe/Berlin") as page:
        yield page


def open_account(page: Page, email: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Open an account")
    no_sideways_scrolling(page)
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Currency").select_option("EUR")
    page.get_by_role("button", name="Open the account").click()


def test_the_first_comes_by_the_link_that_the_start_prints(empty: LiveServer, page: Page) -> None:
    (link,) = re.findall(rf"once: ({empty.public_url}\S+)$", empty.log.read_text(), re.MULTILINE)
    page.goto(link)
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Berlin")
    expect(page.get_by_label("Email")).to_be_focused()

    open_account(page, "first@example.com")

    expect(page.get_by_label("New expense, in one line")).to_be_focused()
    expect(page.get_by_label("Account of first@example.com")).to_be_visible()
    assert empty.sql("SELECT email, currency, zone FROM accounts_user WHERE is_superuser") == [
        ("first@example.com", "EUR", "Europe/Berlin")
    ]


def test_who_was_invited_comes_without_scripts_too(empty: LiveServer, chromium: Browser) -> None:
    made = empty.manage("invite", "friend@example.com")
    assert made.returncode == 0, made.stderr

    with tab(chromium, viewport=PHONE, java_script_enabled=False) as page:
        page.goto(made.stdout.strip())
        open_account(page, "friend@example.com")

        expect(page.get_by_label("Account of friend@example.com")).to_be_visible()


def test_a_forgotten_password_is_replaced(empty: LiveServer, page: Page) -> None:
    empty.adduser("forgetful@example.com", PASSWORD)
    page.goto(f"{empty.public_url}/accounts/login/")
    page.get_by_role("link", name="Forgot it?").click()
    page.get_by_label("Email").fill("forgetful@example.com")
    page.get_by_role("button", name="Send the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    page.goto(link_mailed(empty.data / "mail", "forgetful@example.com"))
    page.get_by_label("New Password", exact=True).fill(NEW)
    page.get_by_label("New Password (again)").fill(NEW)
    no_sideways_scrolling(page)
    page.get_by_role("button", name="Take this one").click()
    page.locator("main").get_by_role("link", name="Sign in").click()
    sign_in(page, "forgetful@example.com", NEW)

    expect(page.get_by_label("Account of forgetful@example.com")).to_be_visible()


def test_a_provider_is_asked_and_comes_back(empty: LiveServer, work: Provider, page: Page) -> None:
    work.person = {"sub": "carol-1", "email": "carol@example.com", "email_verified": True}
    page.goto(empty.manage("invite").stdout.strip())
    page.get_by_role("button", name="Go on with Work").click()

    expect(page.get_by_label("Email")).to_have_value("carol@example.com")
    no_sideways_scrolling(page)
    page.get_by_role("button", name="Open the account").click()

    expect(page.get_by_label("Account of carol@example.com")).to_be_visible()


def link_mailed(folder: Path, to: str) -> str:
    """Return the link in the mail that goes to somebody, which the process for background work writes."""
    assert eventually(lambda: bool(_mailed(folder, to)))
    (said,) = _mailed(folder, to)
    (link,) = re.findall(r"^http://.*$", said, re.MULTILINE)
    return str(link)


def _mailed(folder: Path, to: str) -> list[str]:
    """Return the whole mails to somebody that are there by now."""
    return [text for path in folder.glob("*") if f"To: {to}\n" in (text := path.read_text()) and "http://" in text]
