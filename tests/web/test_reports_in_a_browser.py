"""What people do with reports, in a real browser, with scripts and without, on a desk and on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.browser import PATIENCE, come_in, tab
from tests.live import LiveServer

pytestmark = pytest.mark.once

_FILED = """
from datetime import datetime
from django.utils import timezone
from accounts.selectors import account
from expenses.receipts import receipt_read
from expenses.services import expense_create_from_text, expense_update, report_create
from tests.expenses.pictures import jpeg, pdf, png
now = timezone.now()
for email in {emails!r}:
    owner = account(email=email)
    report = report_create(user_id=owner.id, name="Berlin fair", now=now)
    report_create(user_id=owner.id, name="Lyon", now=now)
    for day, text, data in [
        (16, "Flight 648.20 to Berlin", jpeg()), (17, "Taxi 12", None), (18, "Hotel 255.92 two nights", pdf()),
        (19, "Train 41.27", png()),
    ]:
        row = expense_create_from_text(
            owner=owner, text=text, now=now, report_id=report.id, day=datetime(2026, 11, day, 12)
        )
        if data:
            expense_update(owner=owner, expense_id=row.id, fields={{}}, now=now, picture=receipt_read(data))
    print(report.id)
"""
DESK: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 320, "height": 640}
EVERY_WAY = pytest.mark.parametrize(
    ("scripts", "size"),
    [(True, DESK), (False, DESK), (True, PHONE), (False, PHONE)],
    ids=["desk", "desk, no scripts", "phone", "phone, no scripts"],
)
TWO_WAYS = pytest.mark.parametrize(
    ("scripts", "size"), [(True, DESK), (False, PHONE)], ids=["desk", "phone, no scripts"]
)
DESK_ONLY = pytest.mark.parametrize(("scripts", "size"), [(True, DESK)], ids=["desk"])


@pytest.fixture(scope="module")
def filed(server: LiveServer) -> list[tuple[str, str]]:
    """People who each have a report with four expenses and three receipts, one of them a PDF, and its path."""
    emails = [server.newcomer() for _ in range(8)]
    made = server.manage("shell", "-c", _FILED.format(emails=emails))
    assert made.returncode == 0, made.stderr
    paths = [f"/reports/{number}/" for number in made.stdout.split()[-len(emails) :]]
    return list(zip(emails, paths, strict=True))


@pytest.fixture
def page(chromium: Browser, scripts: bool, size: ViewportSize) -> Iterator[Page]:
    with tab(chromium, java_script_enabled=scripts, viewport=size) as page:
        yield page


@pytest.fixture
def berlin(server: LiveServer, page: Page, filed: list[tuple[str, str]]) -> str:
    """The address of a report, open in the browser."""
    email, path = filed.pop()
    come_in(page, server.public_url, email, path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Berlin fair")
    return server.public_url + path


def it_fits(page: Page) -> None:
    """Nothing is scrolled to sideways."""
    size = page.viewport_size
    assert size
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]


def said(page: Page, text: str) -> None:
    expect(page.locator("main [role=status]").last).to_have_text(text)


@EVERY_WAY
def test_a_report_from_its_name_to_its_end(server: LiveServer, page: Page) -> None:
    come_in(page, server.public_url, server.newcomer(), "/reports/")
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_label("New report")).to_have_accessible_description(re.compile("1 to 200 characters"))
    page.get_by_label("New report").fill("Berlin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Berlin")
    it_fits(page)

    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Rename").click()
    page.get_by_label("Name").fill("Bonn")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonn")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Make it the default").click()
    said(page, "“Bonn” takes what names no other report.")

    page.get_by_role("link", name="Reports", exact=True).first.click()
    it_fits(page)
    page.get_by_role("link", name="My Expenses").click()
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Delete").click()
    it_fits(page)
    expect(page.get_by_label("Move to another report")).to_be_checked()
    page.get_by_label("Delete it too").check()
    page.get_by_role("button", name="Delete").click()
    said(page, "“My Expenses” is deleted.")
    expect(page.get_by_role("link", name="My Expenses")).to_have_count(0)


@TWO_WAYS
def test_expenses_move_by_the_menu(page: Page, berlin: str) -> None:
    it_fits(page)
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_role("alert")).to_have_text("Tick what is to be moved.")
    page.get_by_label("Taxi, 17 Nov, 12.00").check()
    page.get_by_label("Move to").select_option("Lyon")
    page.get_by_role("button", name="Move").click()

    said(page, "1 expense is in “Lyon” now.")
    expect(page.get_by_role("rowheader", name="Taxi")).to_have_count(0)
    expect(page.locator(".big")).to_have_text("945.39 USD")


@TWO_WAYS
def test_what_is_handed_in_is_locked(page: Page, berlin: str) -> None:
    page.get_by_role("button", name="Submit").click()
    said(page, "“Berlin fair”: Submitted.")
    expect(page.locator("[aria-current=step]")).to_have_text("Submitted")
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("button", name="Move")).to_have_count(0)
    it_fits(page)

    for step, state in [("Approve", "Approved"), ("Mark as paid", "Paid"), ("Archive", "Archived")]:
        page.get_by_role("button", name=step).click()
        said(page, f"“Berlin fair”: {state}.")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("checkbox")).to_have_count(4)


@DESK_ONLY
def test_expenses_move_by_drag(page: Page, berlin: str) -> None:
    lyon = page.locator("[data-drop]", has_text="Lyon")
    page.get_by_label("Flight, 16 Nov, 648.20").check()  # ticked, but it is another that is dragged
    page.get_by_role("row", name="Taxi, 17 Nov").drag_to(lyon)

    said(page, "1 expense is in “Lyon” now.")
    expect(page.get_by_role("rowheader")).to_have_text(
        ["Flight", "Hotel", "Train", "Total", "Flight", "Hotel", "Train", "Total"]
    )

    for label in ("Flight, 16 Nov, 648.20", "Hotel, 18 Nov, 255.92"):
        page.get_by_label(label).check()
    page.get_by_role("row", name="Hotel, 18 Nov").drag_to(lyon)
    said(page, "2 expenses are in “Lyon” now.")


@DESK_ONLY
def test_it_prints_with_a_page_for_each_receipt(page: Page, berlin: str) -> None:
    page.goto(f"{berlin}print/")
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    expect(page).to_have_title("printed")
    widths = page.locator("figure img").evaluate_all("images => images.map(image => image.naturalWidth)")
    below = page.locator("figure").evaluate_all(
        "figures => figures.map(({lastElementChild: last, offsetTop, offsetHeight}) =>"
        " offsetTop + offsetHeight - last.offsetTop - last.offsetHeight)"
    )
    with_receipts = pages_of(page.pdf(format="A4"))
    page.locator("figure").evaluate_all("figures => figures.forEach(figure => figure.remove())")

    assert [width > 0 for width in widths] == [True, True]
    assert below == [0, 0, 0]
    assert (pages_of(page.pdf(format="A4")), with_receipts) == (1, 4)


def test_a_receipt_that_was_refused_is_asked_for_again(
    server: LiveServer, chromium: Browser, filed: list[tuple[str, str]]
) -> None:
    email, path = filed.pop()
    refused: list[str] = []

    def refuse_once(route: Route) -> None:
        if route.request.url in refused:
            route.continue_()
        else:
            refused.append(route.request.url)
            route.fulfill(status=503, headers={"Retry-After": "2"})

    # Not in a tab, which would take the refusal for a fault of the page.
    with chromium.new_context(viewport=DESK) as context:
        page = context.new_page()
        page.route("**/Receipts/**", refuse_once)
        come_in(page, server.public_url, email, f"{path}print/")

        images = page.locator("figure img")
        expect(images).to_have_count(2)
        for image in images.all():
            expect(image).not_to_have_js_property("naturalWidth", 0, timeout=PATIENCE)

    assert len(refused) == 2


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize(("scripts", "size"), [(False, DESK)], ids=["no scripts"])
def test_a_file_is_taken_away(page: Page, berlin: str) -> None:
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="QIF").click()

    assert taken.value.suggested_filename == "Berlin fair.qif"
    assert taken.value.path().read_bytes().startswith(b"!Type:Cash\nD11/16/2026\nT-648.20\n")
