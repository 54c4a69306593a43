"""Settings and help as people use them: on a desk and on a phone, in both themes, with scripts and without."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser import come_in, tab
from tests.callers import Caller
from tests.cast import PASSWORD
from tests.live import LiveServer

pytestmark = pytest.mark.once

PHONE = {"width": 320, "height": 640}
DESK = {"width": 1280, "height": 900}


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


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def page(chromium: Browser, server: LiveServer, person: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    with tab(chromium, java_script_enabled=request.param, viewport=PHONE) as page:
        come_in(page, server.public_url, person, "/settings/")
        yield page


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


def test_a_long_file_comes_while_one_looks_on(chromium: Browser, server: LiveServer) -> None:
    lines = "".join(f"2026-11-01,Lunch,{number}\n" for number in range(2001))
    file: FilePayload = {"name": "bank.csv", "mimeType": "text/csv", "buffer": f"date,type,amount\n{lines}".encode()}
    with tab(chromium, viewport=DESK) as page:
        come_in(page, server.public_url, server.newcomer(), "/settings/")
        page.get_by_role("link", name="Import and export").click()
        page.get_by_label("File", exact=True).set_input_files(file)
        page.get_by_role("button", name="Look through it").click()
        expect(page.get_by_text("2001 are ticked.")).to_be_visible()
        number = page.url.rstrip("/").rpartition("/")[2]

        # As a worker that takes its time leaves it. No task knows of it, so it goes no further by itself.
        server.sql(
            "INSERT INTO expenses_taking (upload_id, user_id, asked, state, done, total, as_it_was, why)"
            f" SELECT id, user_id, {time.time_ns() // 1000}, 'planned', 1000, 2001, false, '\"\"'"
            f" FROM expenses_upload WHERE id = {number}"
        )
        page.reload()
        expect(page.get_by_text("1000 of 2001 rows")).to_be_visible()
        expect(page.get_by_role("progressbar", name="bank.csv")).to_have_attribute("value", "1000")
        page.get_by_role("button", name="Give it up").focus()
        server.sql(f"UPDATE expenses_taking SET done = 2000 WHERE upload_id = {number}")
        expect(page.get_by_text("2000 of 2001 rows")).to_be_visible()
        expect(page.get_by_role("button", name="Give it up")).to_be_focused()
        server.sql(f"DELETE FROM expenses_taking WHERE upload_id = {number}")
        page.get_by_role("button", name="Import what is ticked").click()

        expect(page.get_by_role("status")).to_have_text("2001 expenses came from bank.csv.")
    assert server.sql(f"SELECT expenses FROM expenses_import WHERE upload_number = {number}") == [(2001,)]


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


@pytest.mark.parametrize(("size", "scripts"), [(DESK, True), (PHONE, False)], ids=["desk", "phone without scripts"])
def test_the_operator_shuts_somebody_out_and_lets_him_in_again(
    chromium: Browser, server: LiveServer, size: dict[str, int], scripts: bool
) -> None:
    operator, other = server.newcomer(), server.newcomer()
    assert server.manage("operator", operator).returncode == 0
    with tab(chromium, viewport=size, java_script_enabled=scripts) as page, Caller(server, other) as program:
        come_in(page, server.public_url, operator, "/settings/")
        page.get_by_label(f"Account of {operator}").click()
        page.get_by_role("link", name="Operator").click()
        page.get_by_label("Address").fill(other)
        page.get_by_role("button", name="Search").click()
        page.get_by_role("link", name=other).click()
        page.get_by_role("link", name="Deactivate").click()
        page.get_by_role("button", name="Deactivate").click()
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text(f"{other} is shut out.")).to_be_visible()
        assert program.get("/api/v1.0/user/").status == 401

        page.get_by_role("link", name="Activate").click()
        page.get_by_role("button", name="Activate").click()
        expect(page.get_by_text(f"{other} may come in again.")).to_be_visible()
        assert program.get("/api/v1.0/user/").status == 200
