"""Settings and help as people use them: on a desk and on a phone, in both themes, with scripts and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import tab
from tests.callers import Caller
from tests.cast import PASSWORD
from tests.live import LiveServer

pytestmark = pytest.mark.once

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}
PAGES = {
    "/settings/": "You",
    "/settings/rates/": "Rates",
    "/settings/types/": "Types",
    "/settings/tags/": "Tags",
    "/help/": "Typing an expense",
    "/help/clients/": "Connect a program",
    "/help/api/": "API reference",
}


@pytest.fixture(scope="module")
def person(server: LiveServer) -> str:
    email = server.newcomer()
    with Caller(server, email) as caller:
        for text in (
            "lunch 45 with jack #csah",
            "taxi 20 #cash",
            "lunch 12 #a-tag-of-sixty-letters-that-leaves-no-room",
        ):
            caller.spend(text.replace("#", "%23"))
    return email


def sign_in(page: Page, server: LiveServer, email: str) -> None:
    page.goto(f"{server.public_url}/accounts/login/?next=/settings/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(chromium: Browser, server: LiveServer, person: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with tab(chromium, java_script_enabled=request.param, viewport=PHONE) as page:
        sign_in(page, server, person)
        yield page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_is_wider_than_its_window(
    chromium: Browser, server: LiveServer, person: str, size: dict[str, int], theme: str
) -> None:
    with tab(chromium, viewport=size, color_scheme=theme) as page:
        sign_in(page, server, person)

        for path, name in PAGES.items():
            page.goto(f"{server.public_url}{path}")

            expect(page.get_by_role("heading", level=1)).to_have_text(name)
            assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"], path


def test_tags_are_put_in_order(page: Page) -> None:
    page.get_by_role("link", name="Tags").click()
    page.get_by_role("link", name="Change csah").click()
    page.get_by_label("Becomes").select_option("cash")
    page.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge #csah into #cash?")
    page.get_by_role("link", name="Keep").click()

    page.get_by_label("Name", exact=True).fill("cash")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("alert")).to_contain_text("another tag of yours has this name")
    expect(page.get_by_label("Name", exact=True)).to_have_value("cash")

    page.get_by_label("Name", exact=True).fill("csah")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("status")).to_contain_text("#csah is saved.")


def test_a_rate_is_set_and_taken_back(page: Page) -> None:
    page.get_by_role("link", name="Rates").click()
    mileage = page.locator("section").filter(has=page.get_by_role("heading", name="Mileage"))
    mileage.get_by_label("Rate", exact=True).fill("0,30")
    mileage.get_by_label("From", exact=True).fill("2026-01-01")
    mileage.get_by_role("button", name="Set the mileage rate").click()

    expect(page.get_by_role("status")).to_contain_text("The rate is set.")
    expect(mileage.get_by_role("row").nth(1)).to_contain_text("0.30 USD per mi")
    mileage.get_by_role("button", name="Take back the rate per mi from 1 Jan 2026").click()
    expect(mileage.get_by_role("row").nth(1)).to_contain_text("IRS, Notice 2026-10")


def test_a_clock_is_set(page: Page) -> None:
    page.get_by_label("Time zone").select_option(label="Tokyo")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_contain_text("It is saved.")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Tokyo")


def test_lines_are_copied(chromium: Browser, server: LiveServer) -> None:
    with tab(chromium, viewport=DESK, permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(f"{server.public_url}/help/clients/")
        line = page.locator(".copied").filter(has_text="Line for the hosts file")
        line.get_by_role("button", name="Copy").click()

        expect(line.get_by_role("status")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").endswith(" xpenser.com www.xpenser.com")


def test_without_scripts_there_is_no_button_that_does_nothing(chromium: Browser, server: LiveServer) -> None:
    with tab(chromium, java_script_enabled=False, viewport=PHONE) as page:
        page.goto(f"{server.public_url}/help/clients/")

        expect(page.get_by_role("button", name="Copy")).to_have_count(0)
        expect(
            page.get_by_text(f"curl -u me@example.com -X DELETE {server.public_url}/api/v1.0/expense/1")
        ).to_be_visible()
