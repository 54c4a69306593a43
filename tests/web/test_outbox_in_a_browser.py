"""What is typed and photographed without a net, in a real browser: kept, sent in order, and never added twice.

``relay`` is the net: it is cut, loses answers and brings requests twice. A browser that is closed keeps its profile.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser import FLAGS, PATIENCE, tab
from tests.callers import eventually
from tests.expenses.pictures import jpeg
from tests.live import LiveServer, start_server
from tests.relay import Relay, relayed
from tests.tools import program
from tests.web.test_every_page import faults
from tests.web.test_in_a_browser import sign_in

pytestmark = pytest.mark.once

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
PHONE: Final = {"width": 320, "height": 640}
# What a browser says of a net that is away and of what is refused, and htmx of what it could not send.
LOST: Final = "ERR_EMPTY_RESPONSE|htmx:afterRequest|htmx:sendError|Failed to fetch|status of (422|500)"
READY: Final = """async () => Boolean(navigator.serviceWorker.controller)
  && (await kept.owner()) === document.querySelector("[data-owner]").dataset.owner"""
PHOTO: Final[Any] = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
# What a phone does when another app shares: a form that nobody sees is sent to the address of the manifest.
SHARE: Final = """([fields, photos]) => {
  const form = Object.assign(document.createElement("form"), {
    action: "/share/", method: "post", enctype: "multipart/form-data", hidden: true,
  });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("textarea"), { name, value }));
  }
  const files = new DataTransfer();
  for (const name of photos) files.items.add(new File([Uint8Array.from(atob(PHOTO), (c) => c.charCodeAt(0))], name));
  const input = Object.assign(document.createElement("input"), { name: "receipt", type: "file", multiple: true });
  input.files = files.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    with relayed() as relay:
        yield relay


@pytest.fixture(scope="module")
def server(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with start_server(tmp_path_factory.mktemp("server"), PUBLIC_URL=relay.url) as server:
        relay.port = server.port
        yield server


@pytest.fixture
def net(relay: Relay) -> Iterator[Relay]:
    """The relay as it was: whole."""
    yield relay
    relay.is_cut = False
    assert (relay.loses, relay.doubles, relay.fails) == (set(), set(), set())
    relay.passed.clear()


@pytest.fixture
def person(server: LiveServer) -> str:
    return server.newcomer()


@pytest.fixture
def page(chromium: Browser, net: Relay, person: str) -> Iterator[Page]:
    with tab(chromium, viewport=PHONE, service_workers="allow", tolerated=LOST) as page:
        come_in(page, net, person)
        yield page


def come_in(page: Page, net: Relay, person: str) -> None:
    """Sign in, and wait until the browser can go on without a net."""
    page.goto(f"{net.url}/accounts/login/")
    sign_in(page, person)
    page.wait_for_url(f"{net.url}/")
    assert eventually(lambda: page.evaluate(READY))


def line(page: Page) -> Locator:
    return page.get_by_label("New expense, in one line", exact=True).and_(page.locator("#line"))


def waiting(page: Page) -> Locator:
    return page.get_by_role("region", name="Not sent yet")


def type_in(page: Page, text: str) -> None:
    line(page).fill(text)
    line(page).press("Enter")
    expect(waiting(page)).to_contain_text(text)
    expect(line(page)).to_have_value("")


def rows(page: Page, words: str = "") -> Locator:
    return page.locator("#list tbody tr[id]", has_text=words)


def added(server: LiveServer, person: str) -> list[tuple[str, int]]:
    """Return type and number of receipts of what was added, in that order."""
    return server.sql(
        "SELECT e.type, (SELECT count(*) FROM expenses_receipt r WHERE r.expense_id = e.id)"
        f" FROM expenses_expense e JOIN accounts_user u ON u.id = e.user_id WHERE u.email = '{person}'"
        " AND e.type <> 'Sample Expense' ORDER BY e.id"
    )


def test_a_page_that_is_open_keeps_what_it_can_t_send(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.is_cut = True
    type_in(page, "lunch 45 with jack")
    type_in(page, "taxi 12")
    page.get_by_role("button", name="Start the timer").click()
    expect(waiting(page)).to_contain_text("time start")
    expect(waiting(page)).to_contain_text("The server can’t be reached.")
    expect(page.locator("#lost")).to_be_hidden()
    assert added(server, person) == []

    net.is_cut = False
    waiting(page).get_by_role("button", name="Send now").click()

    expect(waiting(page)).to_have_text(re.compile(r"^\s*Added lunch, 45.00 USD\s+Added taxi, 12.00 USD\s+Added time"))
    expect(rows(page, "with jack")).to_be_visible()
    assert added(server, person) == [("lunch", 0), ("taxi", 0), ("time", 0)]


def test_an_answer_that_is_lost_doubles_nothing(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.loses = {"POST /add/", "POST /outbox/"}

    type_in(page, "lunch 45 with jack")  # the server has it, and the page does not know
    expect(waiting(page)).to_contain_text("The server can’t be reached.")  # nor does the worker
    net.doubles = {"POST /outbox/"}
    waiting(page).get_by_role("button", name="Send now").click()

    expect(waiting(page)).to_have_text(re.compile("Added lunch, 45.00 USD"))
    assert net.passed.count("POST /outbox/") >= 3  # a browser may try again by itself, too
    assert added(server, person) == [("lunch", 0)]


def test_a_page_is_there_without_a_net(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.is_cut = True
    page.goto(f"{net.url}/overview/")
    expect(line(page)).to_be_focused()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Photos or files that go with it").click()
    chooser.value.set_files([PHOTO, {**PHOTO, "name": "other.jpg"}])
    expect(waiting(page)).to_contain_text("With the next line: photo.jpg, other.jpg")
    type_in(page, "hotel 118 am kanal")
    type_in(page, "taxi 12")
    expect(waiting(page).get_by_role("listitem").first).to_contain_text("photo.jpg, other.jpg")
    waiting(page).get_by_role("listitem").last.get_by_role("button", name="Remove").click()
    expect(waiting(page).get_by_role("listitem")).to_have_count(1)
    page.close()  # whatever the tab had in mind is gone

    net.is_cut = False
    again = page.context.new_page()
    again.goto(net.url)

    expect(rows(again, "am kanal").get_by_role("link", name="2 receipts of hotel")).to_be_visible()
    assert added(server, person) == [("hotel", 2)]


def test_a_browser_that_was_closed_has_it_still(
    chromium: Browser, net: Relay, server: LiveServer, person: str, tmp_path: Path
) -> None:
    with profile(chromium, tmp_path) as page:
        come_in(page, net, person)
        net.is_cut = True
        page.goto(net.url)
        type_in(page, "lunch 45 with jack")

    with profile(chromium, tmp_path) as page:
        page.goto(net.url)
        expect(waiting(page)).to_contain_text("lunch 45 with jack")
        net.is_cut = False
        page.get_by_role("link", name="Try again").click()
        expect(rows(page, "with jack")).to_be_visible()

    assert added(server, person) == [("lunch", 0)]


def test_what_is_refused_says_why_and_is_corrected(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.is_cut = True
    for text in ("lunch with jack", "dinner with ana", "taxi 12"):
        type_in(page, text)

    net.is_cut = False
    waiting(page).get_by_role("button", name="Send now").click()

    expect(rows(page, "taxi")).to_be_visible()  # it keeps nothing else waiting
    lunch, dinner = waiting(page).get_by_role("listitem").all()
    expect(lunch).to_contain_text("'lunch with jack': there is no amount")
    expect(waiting(page).get_by_role("button", name="Send now")).to_be_hidden()
    page.reload()
    expect(dinner).to_contain_text("'dinner with ana': there is no amount")
    dinner.get_by_role("button", name="Remove").click()
    expect(waiting(page).get_by_role("listitem")).to_have_count(1)
    lunch.get_by_role("textbox").fill("lunch 45 with jack")
    lunch.get_by_role("textbox").press("Enter")

    expect(rows(page, "with jack")).to_be_visible()
    expect(waiting(page)).to_have_text(re.compile("Added lunch, 45.00 USD"))
    assert added(server, person) == [("taxi", 0), ("lunch", 0)]


def test_where_the_server_fails_at_one_the_others_go_on(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    net.is_cut = True
    type_in(page, "lunch 45 with jack")
    type_in(page, "taxi 12")
    net.fails = {"POST /outbox/"}
    net.is_cut = False

    page.evaluate("() => wake({})")
    expect(rows(page, "taxi")).to_be_visible()
    page.evaluate("() => wake({})")
    expect(rows(page, "with jack")).to_be_visible()

    assert added(server, person) == [("taxi", 0), ("lunch", 0)]


def test_photos_that_are_refused_are_left_out(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    page.locator("#photos").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"hi"})
    expect(waiting(page)).to_contain_text("With the next line: a.jpg")
    type_in(page, "lunch 45 with jack")
    field = waiting(page).get_by_role("textbox", description=re.compile("receipt starts with the bytes"))
    expect(field).to_have_value("lunch 45 with jack")
    page.evaluate(AXE_SCRIPT)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert faults(page) == []

    waiting(page).get_by_role("button", name="Leave out").and_(page.locator("li button")).click()
    expect(field).to_be_focused()
    field.press("Enter")

    expect(rows(page, "with jack")).to_be_visible()
    assert added(server, person) == [("lunch", 0)]


@pytest.mark.parametrize("what", ["photos", "line"])
def test_what_can_t_be_kept_stays_where_it_is(page: Page, net: Relay, what: str) -> None:
    net.is_cut = True
    page.evaluate("""() => {
      const { transaction } = IDBDatabase.prototype;
      IDBDatabase.prototype.transaction = function (names, mode, options) {
        if (mode === "readwrite") throw new DOMException("full", "QuotaExceededError");
        return transaction.call(this, names, mode, options);
      };
    }""")

    line(page).fill("lunch 45 with jack")
    if what == "photos":
        page.locator("#photos").set_input_files(PHOTO)
    else:
        line(page).press("Enter")

    expect(waiting(page).get_by_role("alert")).to_contain_text("This browser could not keep that")
    expect(line(page)).to_have_value("lunch 45 with jack")


def test_a_form_that_was_sent_twice_is_kept_once(page: Page, net: Relay) -> None:
    """What was sent is kept, and not what stands there by now."""
    net.is_cut = True
    line(page).fill("taxi 12")

    page.evaluate("""async () => {
      const form = document.getElementById("entry");
      const sent = { q: "lunch 45", once: form.elements.once.value };
      await Promise.all([keep(form, sent, 1), keep(form, sent, 2)]);
    }""")

    expect(waiting(page).get_by_role("listitem")).to_have_text(re.compile("lunch 45"))
    expect(line(page)).to_have_value("taxi 12")


def test_what_may_have_got_through_is_asked_about(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    """The server forgets keys after a week."""
    net.loses = {"POST /add/", "POST /outbox/"}
    type_in(page, "lunch 45 with jack")
    expect(waiting(page)).to_contain_text("The server can’t be reached.")
    page.evaluate("""async () => {
      const [line] = await kept.lines(await kept.owner());
      await kept.change(line.id, { tried: line.tried - 6.5 * 24 * 3600 * 1000 });
    }""")

    waiting(page).get_by_role("button", name="Send now").click()

    expect(waiting(page)).to_contain_text("it may be in the ledger already")
    assert added(server, person) == [("lunch", 0)]
    waiting(page).get_by_role("button", name="Send", exact=True).click()
    expect(rows(page, "with jack")).to_have_count(2)


def test_another_person_neither_sees_nor_sends_it(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    other = server.newcomer()
    net.is_cut = True
    type_in(page, "lunch 45 with jack")
    page.context.clear_cookies(name="sessionid")

    net.is_cut = False
    waiting(page).get_by_role("button", name="Send now").click()
    waiting(page).get_by_role("link", name="Sign in to send").click()
    sign_in(page, other)
    page.wait_for_url(f"{net.url}/")
    assert eventually(lambda: page.evaluate(READY))
    page.evaluate("() => wake({})")
    expect(waiting(page)).to_be_hidden()
    net.is_cut = True
    page.goto(net.url)
    expect(page.get_by_text("The server can’t be reached.").first).to_be_visible()
    expect(waiting(page)).to_be_hidden()
    net.is_cut = False
    page.goto(f"{net.url}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()
    assert added(server, other) == []
    come_in(page, net, person)

    expect(rows(page, "with jack")).to_be_visible()
    assert (added(server, person), added(server, other)) == ([("lunch", 0)], [])


def test_who_signed_out_leaves_no_page_behind(page: Page, net: Relay) -> None:
    net.is_cut = True
    type_in(page, "lunch 45")
    net.is_cut = False
    net.loses = {"POST /outbox/"}
    page.goto(f"{net.url}/accounts/logout/")
    expect(waiting(page)).to_contain_text("It stays in this browser until you sign in here again.")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()

    net.is_cut = True
    with pytest.raises(Exception, match=r"ERR_EMPTY_RESPONSE|ERR_FAILED"):
        page.goto(net.url)


def test_what_another_app_shares_waits_for_a_look(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.is_cut = True

    for amount, photo in ((100, "a.jpg"), (118, "b.jpg")):
        shared = {"title": "hotel", "text": f"{amount}\nam kanal", "url": ""}
        page.evaluate(SHARE.replace("PHOTO", repr(b64encode(jpeg()).decode())), [shared, [photo]])
        page.wait_for_url(f"**/?line=hotel+{amount}+am+kanal")
    expect(line(page)).to_have_value("hotel 118 am kanal")
    net.is_cut = False
    page.get_by_role("link", name="Try again").click()

    expect(page.locator("#understood")).to_contain_text("type hotel")
    expect(waiting(page)).to_contain_text("With the next line: a.jpg, b.jpg")
    assert added(server, person) == []
    line(page).press("Enter")
    expect(rows(page, "am kanal").get_by_role("link", name="2 receipts of hotel")).to_be_visible()
    assert added(server, person) == [("hotel", 2)]
    assert "POST /share/" not in net.passed


@contextmanager
def profile(chromium: Browser, folder: Path) -> Iterator[Page]:
    """Give a page of a browser of its own, which finds its profile in a folder and leaves it there."""
    context = chromium.browser_type.launch_persistent_context(
        folder, executable_path=program("chromium-headless-shell"), args=FLAGS, timeout=PATIENCE, viewport=None
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context.pages[0]
    finally:
        context.close()
