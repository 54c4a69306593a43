"""The ledger page, as people use it: on a desk and on a phone, with scripts and without."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import come_in, tab
from tests.live import LiveServer

pytestmark = pytest.mark.once

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 320, "height": 640}
EVERYWHERE = pytest.mark.parametrize(
    ("scripts", "size"),
    [(True, DESK), (False, DESK), (True, PHONE), (False, PHONE)],
    ids=["desk", "desk without scripts", "phone", "phone without scripts"],
)
ON_A_DESK = pytest.mark.parametrize(("scripts", "size"), [(True, DESK)], ids=["desk"])


@pytest.fixture
def person(server: LiveServer) -> str:
    return server.newcomer()


@pytest.fixture
def page(server: LiveServer, person: str, chromium: Browser, scripts: bool, size: dict[str, int]) -> Iterator[Page]:
    with tab(chromium, java_script_enabled=scripts, viewport=size) as page:
        come_in(page, server.public_url, person)
        expect(line(page)).to_be_focused()
        yield page


def line(page: Page) -> Locator:
    return page.get_by_label("New expense, in one line")


def add(page: Page, text: str) -> None:
    line(page).fill(text)
    line(page).press("Enter")
    expect(page.locator("#dock .toast")).to_contain_text(re.compile("Added|Stopped"))
    expect(line(page)).to_have_value("")


def row(page: Page, words: str) -> Locator:
    return page.locator("#list tbody tr[id]", has_text=words)


def pick(page: Page, *words: str) -> None:
    """Select rows, where their boxes are shown by the pointer, or, on a phone, once one asks for them."""
    if page.locator("label.select").is_visible():
        page.get_by_label("Select", exact=True).check()
    for each in words:
        row(page, each).get_by_role("checkbox").check()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#dock .toast")).to_contain_text("Saved")


@EVERYWHERE
def test_a_line_is_added_and_taken_back(page: Page) -> None:
    add(page, "lunch 45 with jack #clientx")

    expect(row(page, "with jack")).to_contain_text("45.00 USD")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "with jack")).to_have_count(0)
    expect(page.locator("#dock .toast")).to_contain_text("1 expense deleted")
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "with jack")).to_be_visible()


@EVERYWHERE
def test_what_can_t_be_read_stays_there(page: Page) -> None:
    line(page).fill("lunch with jack")
    line(page).press("Enter")

    expect(page.locator("#understood")).to_contain_text("'lunch with jack': there is no amount")
    expect(line(page)).to_have_value("lunch with jack")


@EVERYWHERE
def test_a_row_is_corrected(page: Page) -> None:
    add(page, "lunch 45 with jack")

    row(page, "with jack").get_by_role("link", name="lunch", exact=True).click()
    page.get_by_label("Amount as entered").fill("many")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".c-entered")).to_contain_text("'many': a number is wanted")
    page.get_by_label("Amount as entered").fill("20 EUR at 1.5")
    page.get_by_label("Notes").fill("with ana")
    page.get_by_label("Amount as entered").press("Enter")

    expect(page.locator("#dock .toast")).to_contain_text("Saved")
    expect(row(page, "with ana")).to_contain_text("20.00 EUR × 1.50 =")
    expect(row(page, "with ana")).to_contain_text("30.00 USD")


@pytest.mark.parametrize(("scripts", "size"), [(False, DESK)], ids=["desk without scripts"])
def test_a_page_of_one_expense_names_its_cells(page: Page) -> None:
    add(page, "lunch 45 with jack")

    row(page, "with jack").get_by_role("link", name="lunch", exact=True).click()

    for name in ("Type", "Notes", "Tags", "Report", "Amount as entered", "Date and time"):
        expect(page.get_by_text(name, exact=True)).to_be_visible()


@EVERYWHERE
def test_several_are_tagged_moved_and_deleted(page: Page, scripts: bool) -> None:
    for text in ("lunch 45 with jack", "dinner 20 with ana", "taxi 5"):
        add(page, text)
    bar = page.get_by_role("form", name="Selected expenses")
    expect(bar).to_be_hidden()

    pick(page, "with jack", "with ana")
    expect(bar).to_contain_text("2 selected, 65.00 USD" if scripts else "Selected")
    bar.get_by_label("Tag").fill("fair")
    bar.get_by_label("Tag").press("Enter")
    expect(row(page, "#fair")).to_have_count(2)
    pick(page, "with jack", "taxi")
    if scripts:
        bar.get_by_role("button", name="Clear the selection").click()
        expect(bar).to_be_hidden()
        pick(page, "with jack", "taxi")
    bar.get_by_role("button", name="Delete").click()
    expect(page.locator("#dock .toast")).to_contain_text("2 expenses deleted")
    expect(page.locator(".sum")).to_contain_text("2 expenses")

    page.get_by_role("link", name="Trash").click()
    pick(page, "taxi")
    page.get_by_role("button", name="Restore").click()
    expect(page.locator("#dock .toast")).to_contain_text("1 expense restored")
    expect(row(page, "taxi")).to_have_count(0)
    page.get_by_role("link", name="Ledger").click()
    expect(row(page, "taxi")).to_be_visible()


@EVERYWHERE
def test_what_is_looked_for_stands_in_the_address(server: LiveServer, page: Page, scripts: bool) -> None:
    add(page, "lunch 45 with jack #clientx")
    add(page, "dinner 20 with ana #fair")

    page.get_by_role("searchbox").fill("ana")
    page.get_by_role("searchbox").press("Enter")
    expect(row(page, "with jack")).to_have_count(0)
    expect(page.locator(".sum")).to_contain_text("20.00 USD")
    page.get_by_role("link", name="Clear").click()
    page.locator(".filters").get_by_label("Tag").select_option("#clientx")
    if not scripts:
        page.get_by_role("button", name="Filter").click()
    expect(row(page, "with ana")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"/\?tag=clientx$" if scripts else "tag=clientx"))
    page.goto(page.url)
    expect(row(page, "with jack")).to_be_visible()
    expect(row(page, "with ana")).to_have_count(0)


@EVERYWHERE
def test_the_timer_is_started_and_stopped(page: Page) -> None:
    page.get_by_role("button", name="Start the timer").click()

    page.get_by_role("button", name="Stop the timer").click()

    expect(page.locator("#dock .toast")).to_contain_text("Stopped time")
    expect(page.get_by_role("button", name="Start the timer")).to_be_visible()


@EVERYWHERE
def test_nothing_hangs_over_the_edge(page: Page, size: dict[str, int]) -> None:
    add(page, "lunch 45 with jack #clientx")
    row(page, "with jack").get_by_role("link", name="lunch", exact=True).click()

    expect(page.get_by_label("Amount as entered")).to_be_visible()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= size["width"]


@ON_A_DESK
class TestWithScripts:
    def test_what_is_understood_stands_below(self, page: Page) -> None:
        line(page).press_sequentially("hotel 20 EUR at 1.5 am kanal #berlin")

        understood = page.locator("#understood")
        words = re.compile(r"type\s+hotel\s+entered\s+20.00 EUR × 1.50\s+amount\s+30.00 USD")
        expect(understood).to_contain_text(words, use_inner_text=True)
        expect(understood).to_contain_text("notes am kanal")
        expect(understood.locator(".guess")).to_have_count(2)

    def test_words_are_completed(self, page: Page) -> None:
        add(page, "lunch 45 #clientx")
        line(page).press_sequentially("dinner 20 #cl")

        expect(page.locator("#completions option")).to_have_attribute("value", "dinner 20 #clientx")

    def test_the_cell_that_is_clicked_gets_the_cursor(self, page: Page) -> None:
        add(page, "lunch 45 with jack #clientx")

        row(page, "with jack").locator(".notes").click()
        expect(page.get_by_label("Notes")).to_be_focused()
        page.keyboard.press("Tab")
        expect(page.get_by_role("textbox", name="Tags")).to_be_focused()
        page.keyboard.type("#fair")
        page.keyboard.press("Escape")
        expect(row(page, "with jack")).to_contain_text("#clientx")
        row(page, "with jack").locator(".tags").click(position={"x": 120, "y": 5})
        expect(page.get_by_role("textbox", name="Tags")).to_be_focused()
        page.keyboard.type("#fair")
        page.keyboard.press("Enter")
        expect(row(page, "with jack")).to_contain_text("#fair")

    def test_a_key_that_comes_with_the_row_is_heard(self, page: Page) -> None:
        add(page, "lunch 45 with jack #clientx")
        page.evaluate(
            """document.addEventListener("htmx:afterSwap", () => setTimeout(() => {
                const escape = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
                if (document.querySelector("[data-key=Escape]")) document.activeElement.dispatchEvent(escape);
            }))"""
        )

        with page.expect_response(re.compile("/line/")):
            row(page, "with jack").locator(".notes").click()

        expect(row(page, "with jack").locator(".notes")).to_have_text("with jack")

    def test_keys_are_enough(self, page: Page) -> None:
        page.keyboard.type("lunch 45 with jack")
        page.keyboard.press("Enter")
        expect(row(page, "with jack")).to_be_visible()
        page.get_by_role("link", name="Ledger").focus()
        page.keyboard.press("?")
        expect(page.get_by_role("heading", name="Keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Type")).to_be_focused()
        page.keyboard.type("dinner")
        page.keyboard.press("Enter")
        expect(row(page, "dinner")).to_be_visible()
        page.get_by_role("link", name="Ledger").focus()
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_role("form", name="Selected expenses")).to_be_visible()
        page.keyboard.press("n")
        expect(line(page)).to_be_focused()
        page.get_by_role("link", name="Ledger").focus()
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox", name="Search expenses")).to_be_focused()

    def test_a_key_undoes_what_was_done_last(self, page: Page) -> None:
        add(page, "lunch 45 with jack")
        expect(line(page)).to_be_focused()

        page.keyboard.press("Control+z")

        expect(row(page, "with jack")).to_have_count(0)

    def test_a_key_undoes_no_more_than_what_is_being_typed(self, page: Page) -> None:
        add(page, "lunch 45 with jack")
        page.keyboard.type("taxi")

        page.keyboard.press("Control+z")

        expect(page.locator("#dock .toast")).to_contain_text("Added lunch")
        expect(row(page, "with jack")).to_be_visible()

    def test_two_tabs_do_not_undo_each_other(
        self, server: LiveServer, person: str, chromium: Browser, page: Page
    ) -> None:
        add(page, "lunch 45 with jack")
        with tab(chromium, viewport=DESK) as other:
            come_in(other, server.public_url, person)
            row(other, "with jack").locator(".notes").click()
            row(page, "with jack").locator(".notes").click()
            page.get_by_label("Notes").fill("with ana")
            save(page)

            other.get_by_label("Notes").fill("with bob")
            other.get_by_role("button", name="Save").click()
            note = other.get_by_role("alert").filter(has_text="Changed meanwhile")
            expect(note).to_contain_text(re.compile("with ana.*you: with bob"))
            other.get_by_role("link", name="Cancel").click()
            expect(row(other, "with ana")).to_be_visible()

    def test_the_timer_runs_on_while_one_looks(self, server: LiveServer, page: Page) -> None:
        page.clock.install()
        page.goto(server.public_url)
        page.get_by_role("button", name="Start the timer").click()
        timer = page.get_by_role("button", name="Stop the timer")
        expect(timer).to_contain_text("0:00")

        page.clock.fast_forward("01:07:05")

        expect(timer).to_contain_text("1:07")

    def test_who_was_signed_out_is_asked_to_sign_in(self, page: Page) -> None:
        page.context.clear_cookies(name="sessionid")
        line(page).press_sequentially("lunch 45")

        expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_lost_connection_loses_nothing(server: LiveServer, person: str, chromium: Browser) -> None:
    with tab(chromium, viewport=DESK, tolerated="ERR_FAILED|htmx:afterRequest|htmx:sendError") as page:
        come_in(page, server.public_url, person)
        expect(line(page)).to_be_focused()
        page.route("**/add/", lambda route: route.abort())
        line(page).fill("lunch 45 with jack")
        line(page).press("Enter")

        expect(page.get_by_text("Nothing is lost")).to_be_visible()
        expect(line(page)).to_have_value("lunch 45 with jack")
        page.unroute_all()
        line(page).press("Enter")
        expect(row(page, "with jack")).to_be_visible()
        expect(page.get_by_text("Nothing is lost")).to_be_hidden()


def test_a_bookmark_takes_along_what_a_page_sells(server: LiveServer, person: str, chromium: Browser) -> None:
    """No script of ours runs on that page, and it is nobody's: the bookmark alone reads it."""
    with tab(chromium) as page:
        come_in(page, server.public_url, person)
        expect(line(page)).to_be_focused()
        page.goto(f"{server.public_url}/help/clients/")
        script = page.get_by_role("link", name="Spent").get_attribute("href") or ""
        page.goto("about:blank")
        page.set_content(
            "<title>A lamp & a  shade</title><meta itemprop=priceCurrency content=EUR><b itemprop=price>49.90</b>"
            "<p>taxi 12 to the shop</p>"
        )

        with page.expect_popup() as priced:
            page.evaluate(script.removeprefix("javascript:"))
        page.locator("p").select_text()
        with page.expect_popup() as chosen:
            page.evaluate(script.removeprefix("javascript:"))

        expect(line(priced.value)).to_have_value("shopping 49.90 EUR A lamp & a shade")
        expect(line(chosen.value)).to_have_value("taxi 12 to the shop")
        expect(chosen.value.locator("#understood")).to_contain_text("12.00 USD")
