"""Everything that is done by pointing is done by keys alone: no line of this file clicks, hovers or sets a focus.

What Tab reaches on each page is walked in ``test_every_page``; here are pages in the midst of something.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser import tab
from tests.cast import PASSWORD
from tests.keyboard import barriers, press, tab_to, type_into
from tests.live import LiveServer

pytestmark = pytest.mark.once

DESK = {"width": 1280, "height": 800}
FILE = "date,type,amount,notes\n2026-11-01,lunch,45,with jack\n"


@pytest.fixture
def page(chromium: Browser, server: LiveServer) -> Iterator[Page]:
    with tab(chromium, viewport=DESK) as page:
        page.goto(f"{server.public_url}/accounts/login/")
        type_into(page.get_by_label("Email"), server.newcomer())
        type_into(page.get_by_label("Password"), PASSWORD)
        page.keyboard.press("Enter")
        expect(line(page)).to_be_focused()
        yield page


def line(page: Page) -> Locator:
    return page.get_by_label("New expense, in one line")


def row(page: Page, words: str) -> Locator:
    return page.locator("#list tbody tr[id]", has_text=words)


def go(link: Locator, heading: str) -> None:
    """Follow a link, and wait until one is there."""
    press(link)
    expect(link.page.get_by_role("heading", level=1)).to_have_text(heading)


def go_to_settings(page: Page) -> None:
    press(page.locator("header summary"))
    go(page.get_by_role("link", name="Settings"), "You")


def said(page: Page, words: str) -> None:
    expect(page.locator("#dock .toast")).to_contain_text(words)


def add(page: Page, *texts: str) -> None:
    """Type lines as they come, one after the other: the cursor is back in the line after each."""
    for text in texts:
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        expect(row(page, text.split()[0])).to_be_visible()
        expect(line(page)).to_have_value("")
        expect(line(page)).to_be_focused()


def test_expenses_are_added_corrected_and_taken_back(page: Page) -> None:
    add(page, "lunch 45 with jack", "taxi 12 home")

    press(row(page, "taxi").get_by_role("link", name="taxi", exact=True))
    expect(page.get_by_role("textbox", name="Type")).to_be_focused()
    assert barriers(page) == []
    type_into(page.get_by_role("textbox", name="Notes"), "to the fair")
    press(page.get_by_role("button", name="Save"))
    said(page, "Saved")
    expect(row(page, "to the fair")).to_be_visible()
    assert barriers(page) == []

    press(row(page, "to the fair").get_by_role("link", name="taxi", exact=True))
    expect(page.get_by_role("textbox", name="Type")).to_be_focused()
    press(page.get_by_role("link", name="Cancel"))
    expect(row(page, "to the fair")).to_be_visible()
    press(row(page, "to the fair").get_by_role("link", name="taxi", exact=True))
    expect(page.get_by_role("textbox", name="Type")).to_be_focused()
    press(page.get_by_role("button", name="Delete"))
    said(page, "1 expense deleted")
    press(page.get_by_role("button", name="Undo"))
    expect(row(page, "to the fair")).to_be_visible()
    press(row(page, "to the fair").get_by_role("checkbox"), "Space")
    press(page.get_by_role("button", name="Delete", exact=True))
    said(page, "1 expense deleted")
    go(page.get_by_role("link", name="Trash"), "Trash")
    press(row(page, "taxi").get_by_role("checkbox"), "Space")
    press(page.get_by_role("button", name="Restore"))
    said(page, "1 expense restored")


def test_several_are_selected_tagged_moved_and_deleted(page: Page) -> None:
    add(page, "lunch 45 with jack", "dinner 20 with ana", "snacks 5")
    bar = page.get_by_role("form", name="Selected expenses")

    for words in ("dinner", "lunch"):
        press(row(page, words).get_by_role("checkbox"), "Space")
    expect(bar).to_contain_text("2 selected, 65.00 USD")
    assert barriers(page) == []
    type_into(bar.get_by_label("Tag"), "fair")
    page.keyboard.press("Enter")
    expect(row(page, "#fair")).to_have_count(2)

    press(row(page, "snacks").get_by_role("checkbox"), "Space")
    press(bar.get_by_role("button", name="Move"))
    said(page, "moved to My Expenses")
    press(row(page, "snacks").get_by_role("checkbox"), "Space")
    press(bar.get_by_role("button", name="Clear the selection"))
    expect(bar).to_be_hidden()
    press(row(page, "snacks").get_by_role("checkbox"), "Space")
    press(bar.get_by_role("button", name="Delete"))
    said(page, "1 expense deleted")
    expect(row(page, "snacks")).to_have_count(0)


def test_what_is_there_is_searched_and_filtered(page: Page) -> None:
    add(page, "lunch 45 with jack #clientx", "dinner 20 with ana")

    type_into(page.get_by_role("searchbox"), "ana")
    page.keyboard.press("Enter")
    expect(row(page, "with jack")).to_have_count(0)
    press(page.get_by_role("link", name="Clear"))
    expect(row(page, "with jack")).to_be_visible()
    tab_to(page.locator(".filters").get_by_label("Tag"))
    page.keyboard.type("#cl")
    expect(row(page, "with ana")).to_have_count(0)
    more = page.locator(".filters summary")
    press(more)
    assert barriers(page) == []
    press(more)
    type_into(page.get_by_label("At least"), "46")
    page.keyboard.press("Tab")
    expect(row(page, "with jack")).to_have_count(0)


def test_menus_and_dialogs_open_and_close(page: Page) -> None:
    menu = page.locator("header details.menu")
    press(menu.locator("summary"))
    expect(menu.get_by_role("link", name="Settings")).to_be_visible()
    assert barriers(page) == []
    expect(menu.get_by_role("link", name="Settings")).to_be_hidden()
    press(menu.locator("summary"))
    press(menu.get_by_role("link", name="Settings"), "Escape")
    expect(menu.get_by_role("link", name="Settings")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Enter")
    expect(keys).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_letters_are_keys_only_for_who_wants_that(page: Page) -> None:
    keys, asked = page.get_by_role("dialog", name="Keys"), page.get_by_role("button", name="Keys")
    heard = keys.get_by_role("checkbox", name="Keys of one letter are heard in this browser")

    press(asked)
    press(heard, "Space")
    page.keyboard.press("Escape")
    page.reload()
    tab_to(asked)
    page.keyboard.press("?")
    page.keyboard.press("n")
    expect(asked).to_be_focused()
    expect(keys).to_be_hidden()

    page.keyboard.press("Enter")
    press(heard, "Space")
    page.keyboard.press("Escape")
    tab_to(asked)
    page.keyboard.press("n")
    expect(line(page)).to_be_focused()


def test_the_bar_is_skipped(page: Page) -> None:
    go(page.get_by_role("link", name="Reports"), "Reports")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.locator("main").evaluate("main => main.contains(document.activeElement)")


def test_a_report_is_made_filled_and_handed_in(page: Page) -> None:
    add(page, "lunch 45 with jack")

    go(page.get_by_role("link", name="Reports"), "Reports")
    type_into(page.get_by_label("New report"), "Fair")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fair")
    go(page.get_by_role("link", name="Reports").first, "Reports")
    go(page.get_by_role("link", name="My Expenses"), "My Expenses")
    press(page.get_by_role("checkbox", name=re.compile("^lunch")), "Space")
    tab_to(page.get_by_label("Move to"))
    page.keyboard.type("Fair")
    press(page.get_by_role("button", name="Move"))
    expect(page.get_by_role("status")).to_contain_text("Fair")
    go(page.get_by_role("link", name="Reports").first, "Reports")
    go(page.get_by_role("link", name="Fair"), "Fair")
    press(page.get_by_role("button", name="Submit"))
    expect(page.get_by_role("listitem").and_(page.locator("[aria-current=step]"))).to_have_text("Submitted")


def test_a_file_is_brought(page: Page) -> None:
    # From the start: a browser that is busy may hear of a listener later than of the key.
    file: FilePayload = {"name": "a.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    page.on("filechooser", lambda chooser: chooser.set_files(file))
    go_to_settings(page)
    go(page.get_by_role("link", name="Import and export"), "Import and export")
    press(page.get_by_label("File", exact=True))
    expect(page.get_by_label("File", exact=True)).to_have_value(re.compile("a.csv"))
    press(page.get_by_role("button", name="Look through it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("a.csv")
    press(page.get_by_role("checkbox", name="Take line 2"), "Space")
    press(page.get_by_role("checkbox", name="Take line 2"), "Space")
    press(page.get_by_role("button", name="Import what is ticked"))
    expect(page.get_by_role("status")).to_contain_text("a.csv")
    press(page.get_by_role("button", name="Take back what came from a.csv"))
    expect(page.get_by_text("taken back")).to_be_visible()


def test_settings_are_changed_and_one_signs_out(page: Page) -> None:
    go_to_settings(page)
    type_into(page.get_by_label("Hourly rate"), "many")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    type_into(page.get_by_label("Hourly rate"), "85")
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("status")).to_contain_text("It is saved.")

    press(page.locator("header summary"))
    go(page.get_by_role("link", name="Sign out"), "Sign out?")
    press(page.get_by_role("button", name="Sign out"))
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()
