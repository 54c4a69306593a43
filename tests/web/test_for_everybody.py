"""What a screen reader is told of the ledger and of what happens there, and that nothing moves for who wants no motion.

That each control of each page has a name is what axe looks for in ``test_every_page``.
"""

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import come_in, tab
from tests.callers import eventually
from tests.live import LiveServer

pytestmark = pytest.mark.once

LEDGER = """
- banner:
  - link "Skip to content"
  - link "xpenser, home"
  - navigation "Main":
    - link "Ledger"
    - link "Reports"
    - link "Overview"
  - search:
    - searchbox "Search expenses"
  - button "Start the timer"
- main:
  - heading "Ledger" [level=1]
  - combobox "New expense, in one line"
  - button "Photos or files that go with it"
  - button "Add"
  - region "Expenses":
    - combobox "Period"
    - combobox "Report"
    - combobox "Type"
    - combobox "Tag"
    - combobox "Receipt"
    - table "Expenses":
      - rowgroup:
        - row:
          - columnheader "Date"
          - columnheader "Select"
          - columnheader "Type"
          - columnheader "Notes"
          - columnheader "Tags"
          - columnheader "Report"
          - columnheader "Receipt"
          - columnheader "As entered"
          - columnheader "Amount"
      - rowgroup:
        - row:
          - rowheader /total 45.00 USD/
        - row:
          - cell "Select lunch 45.00 USD":
            - checkbox "Select lunch 45.00 USD"
          - cell "lunch":
            - link "lunch"
          - cell "with jack"
    - navigation "Pages":
      - link "Trash"
- status:
  - paragraph: Added lunch, 45.00 USD
  - button "Undo"
"""
# A region that is there before, and stays there, is what browsers tell the changes of.
LIVE = """() => {
  window.told = [];
  for (const region of document.querySelectorAll("[role=status], [role=alert]")) {
    new MutationObserver(() => region.textContent.trim() && told.push(region.textContent.replace(/\\s+/g, " ").trim()))
      .observe(region, { childList: true, characterData: true, subtree: true });
  }
}"""
# The browser can go on without a net.
READY = "async () => Boolean(navigator.serviceWorker.controller && await kept.owner())"
# What is moving, or would with the next change.
MOVING = """() => {
  const styles = [...document.querySelectorAll("*")].flatMap((part) => [null, "::before", "::after"]
    .map((pseudo) => getComputedStyle(part, pseudo)));
  const found = [];
  if (styles.some(({ animationName }) => animationName !== "none")) found.push("animation");
  if (styles.some(({ transitionDuration }) => parseFloat(transitionDuration))) found.push("transition");
  return found;
}"""


def at_the_line(page: Page, server: LiveServer) -> None:
    come_in(page, server.public_url, server.newcomer())
    expect(line(page)).to_be_focused()


@pytest.fixture
def page(chromium: Browser, server: LiveServer) -> Iterator[Page]:
    with tab(chromium, service_workers="allow", tolerated="ERR_|htmx:|Failed to fetch") as page:
        at_the_line(page, server)
        yield page


def line(page: Page) -> Locator:
    return page.locator("#line")


def told(page: Page, words: str) -> None:
    """Wait until something was read out."""
    heard = "words => told.some((each) => each.includes(words))"
    assert eventually(lambda: page.evaluate(heard, words)), page.evaluate("told")


def test_what_there_is_has_a_name(page: Page) -> None:
    line(page).press_sequentially("lunch 45 with jack")
    line(page).press("Enter")

    expect(page.locator("#list tbody tr[id]", has_text="with jack")).to_be_visible()
    expect(page.locator("body")).to_match_aria_snapshot(LEDGER)


def test_what_happens_is_read_out(page: Page) -> None:
    page.evaluate(LIVE)

    line(page).press_sequentially("lunch 45 with jack")
    told(page, "Understood as")
    line(page).press("Enter")
    told(page, "Added lunch, 45.00 USD")
    page.get_by_role("button", name="Undo").click()
    told(page, "1 expense deleted")
    page.get_by_role("button", name="Undo").click()
    told(page, "1 expense restored")
    page.locator("#list .notes", has_text="with jack").click()
    page.get_by_role("textbox", name="Notes").fill("with ana")
    page.get_by_role("button", name="Save").click()
    told(page, "Saved")


def test_what_is_refused_is_read_out(page: Page) -> None:
    page.evaluate(LIVE)

    line(page).press_sequentially("lunch with jack")

    told(page, "'lunch with jack': there is no amount")


def test_what_is_kept_without_a_net_is_read_out(page: Page) -> None:
    assert eventually(lambda: page.evaluate(READY))
    page.evaluate(LIVE)
    page.context.set_offline(True)

    line(page).fill("taxi 12")
    line(page).press("Enter")

    told(page, "Kept in this browser until it is sent: taxi 12")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_wants_no_motion(
    chromium: Browser, server: LiveServer, motion: Literal["reduce", "no-preference"]
) -> None:
    with tab(chromium, reduced_motion=motion) as page:
        at_the_line(page, server)
        page.get_by_role("button", name="Start the timer").click()
        expect(page.get_by_role("button", name="Stop the timer")).to_be_visible()
        expect(page.locator("#dock .toast")).to_be_visible()

        moving = page.evaluate(MOVING)

    assert moving == ([] if motion == "reduce" else ["animation", "transition"])
