"""What is typed and photographed without a net, in a real browser: kept, sent in order, and never added twice.

``relay`` is the net: it is cut, loses answers and brings requests twice. A browser that is closed keeps its profile.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser import FLAGS, PATIENCE, come_in, tab
from tests.callers import eventually
from tests.expenses.pictures import jpeg
from tests.live import LiveServer, start_peopled_server
from tests.relay import Relay, relayed
from tests.tools import program
from tests.web.test_every_page import faults
from tests.web.test_in_a_browser import sign_in

pytestmark = pytest.mark.once

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
PHONE: Final = {"width": 320, "height": 640}
# What a browser says of a net that is away and of what is refused, and htmx of what it could not send.
LOST: Final = (
    r"ERR_EMPTY_RESPONSE|htmx:afterRequest|htmx:sendError|Failed to fetch|status of [45]\d\d|Error Code (403|503)"
    "|not opened"
)
READY: Final = """async () => Boolean(navigator.serviceWorker.controller)
  && (await kept.owner()) === document.querySelector("[data-owner]").dataset.owner"""
PHOTO, OTHER, A, B = (
    FilePayload(name=f"{name}.jpg", mimeType="image/jpeg", buffer=jpeg()) for name in ("photo", "other", "a", "b")
)
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
    with start_peopled_server(tmp_path_factory.mktemp("server"), PUBLIC_URL=relay.url) as server:
        relay.port = server.port
        yield server


@pytest.fixture
def net(relay: Relay) -> Iterator[Relay]:
    """The relay as it was: whole."""
    yield relay
    relay.is_cut = False
    relay.says.clear()
    relay.stalls.clear()
    relay.loses.clear()
    assert (relay.doubles, relay.fails) == (set(), set())
    relay.passed.clear()


@pytest.fixture
def person(server: LiveServer) -> str:
    return server.newcomer()


@pytest.fixture
def page(chromium: Browser, net: Relay, person: str) -> Iterator[Page]:
    with tab(chromium, viewport=PHONE, service_workers="allow", tolerated=LOST) as page:
        come_in_for_good(page, net, person)
        yield page


def come_in_for_good(page: Page, net: Relay, person: str) -> None:
    """Sign in, and wait until the browser can go on without a net."""
    come_in(page, net.url, person)
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
    expect(waiting(page).get_by_text("The server can’t be reached.")).to_be_visible()
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
    expect(waiting(page).get_by_text("The server can’t be reached.")).to_be_visible()  # nor does the worker
    net.loses = set()
    net.doubles = {"POST /outbox/"}
    waiting(page).get_by_role("button", name="Send now").click()

    expect(waiting(page)).to_have_text(re.compile("Added lunch, 45.00 USD"))
    assert net.passed.count("POST /outbox/") >= 3  # a browser that hears nothing tries again by itself, too
    assert added(server, person) == [("lunch", 0)]


def test_a_page_is_there_without_a_net(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    net.is_cut = True
    page.goto(f"{net.url}/overview/")
    expect(line(page)).to_be_focused()
    assert page.locator("html").evaluate("html => html.scrollWidth") <= PHONE["width"]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Photos or files that go with it").click()
    chooser.value.set_files([PHOTO, OTHER])
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
        come_in_for_good(page, net, person)
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
    line(page).fill("lunch 45 with jack")
    line(page).press("Enter")  # it is refused at once, and may never be seen to wait
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

    page.evaluate("""async () => {
      const form = document.getElementById("entry");
      form.elements.q.value = "lunch 45";
      const twice = [add(form), add(form)];
      form.elements.q.value = "taxi 12";
      await Promise.all(twice);
    }""")

    expect(waiting(page).get_by_role("listitem")).to_have_text(re.compile("lunch 45"))
    expect(line(page)).to_have_value("taxi 12")


def test_what_may_have_got_through_is_asked_about(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    """The server forgets keys after a week."""
    net.loses = {"POST /add/"}
    net.says = {"GET /outbox/": (503, [])}
    type_in(page, "lunch 45 with jack")
    page.evaluate("""async () => {
      const [line] = await kept.lines(await kept.owner());
      await kept.change(line.id, { tried: line.tried - 6.5 * 24 * 3600 * 1000 });
    }""")
    net.says, net.loses = {}, set()

    waiting(page).get_by_role("button", name="Send now").click()

    expect(waiting(page)).to_contain_text("it may be in the ledger already")
    assert added(server, person) == [("lunch", 0)]
    waiting(page).get_by_role("button", name="Send", exact=True).click()
    expect(rows(page, "with jack")).to_have_count(2)


def test_another_person_neither_sees_nor_sends_it(page: Page, net: Relay, server: LiveServer, person: str) -> None:
    other = server.newcomer()
    net.is_cut = True
    # Once nobody is signed in, the page's question what the line means would lead away from it.
    with page.expect_event("requestfailed", lambda request: "/understood" in request.url):
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
    come_in_for_good(page, net, person)

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
    expect(waiting(page)).to_contain_text("Shared by another app: a.jpg, b.jpg")
    waiting(page).get_by_role("button", name="Take along with the next line").click()
    expect(waiting(page)).to_contain_text("With the next line: a.jpg, b.jpg")
    assert added(server, person) == []
    line(page).press("Enter")
    expect(rows(page, "am kanal").get_by_role("link", name="2 receipts of hotel")).to_be_visible()
    assert added(server, person) == [("hotel", 2)]
    assert "POST /share/" not in net.passed


def test_what_is_typed_once_the_net_is_back_goes_behind_what_waits(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    net.is_cut = True
    type_in(page, "lunch 45 with jack")
    net.says = {"GET /outbox/": (503, [])}  # the worker has no chance yet
    net.is_cut = False

    type_in(page, "taxi 12")
    expect(waiting(page).get_by_role("listitem")).to_contain_text(["lunch 45", "taxi 12"])
    assert added(server, person) == []
    net.says = {}
    waiting(page).get_by_role("button", name="Send now").click()

    expect(rows(page, "taxi")).to_be_visible()
    assert added(server, person) == [("lunch", 0), ("taxi", 0)]


def test_a_tab_that_is_killed_before_it_is_answered_loses_nothing(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    """What another tab adds meanwhile stays behind it."""
    net.stalls = {"POST /add/", "GET /outbox/"}
    line(page).fill("lunch 45 with jack")
    line(page).press("Enter")
    assert eventually(lambda: page.evaluate("async () => (await kept.lines(await kept.owner())).length"))
    other = page.context.new_page()
    other.goto(net.url)
    type_in(other, "taxi 12")
    expect(waiting(other)).not_to_contain_text("lunch")  # the first tab is at it
    page.close()
    net.stalls = set()
    other.evaluate("() => wake({})")

    expect(rows(other, "taxi")).to_be_visible()
    expect(rows(other, "with jack")).to_be_visible()
    assert added(server, person) == [("lunch", 0), ("taxi", 0)]


def test_what_was_typed_as_the_session_ended_is_sent_after_the_next_sign_in(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    page.context.clear_cookies(name="sessionid")
    line(page).fill("lunch 45 with jack")
    line(page).press("Enter")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    sign_in(page, person)

    expect(rows(page, "with jack")).to_be_visible()
    assert added(server, person) == [("lunch", 0)]


def test_a_form_whose_token_is_old_is_sent_all_the_same(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    page.evaluate("() => document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((each) => each.value = 'x')")
    line(page).fill("lunch 45 with jack")
    line(page).press("Enter")

    expect(rows(page, "with jack")).to_be_visible()
    expect(page.locator("#lost")).to_be_hidden()
    assert added(server, person) == [("lunch", 0)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (500, "The server made a mistake, which its log tells. It is tried again."),
        (507, "The server’s disk is full. It is sent once there is room."),
        (418, "It is tried again. The server answered: 418"),
    ],
)
def test_it_says_what_the_server_said(page: Page, net: Relay, status: int, words: str) -> None:
    net.says = {"POST /add/": (503, []), "POST /outbox/": (status, [])}

    type_in(page, "lunch 45")

    expect(waiting(page)).to_contain_text(words)
    expect(waiting(page).get_by_text("The server can’t be reached.")).to_be_hidden()


def test_a_server_that_asks_for_patience_is_tried_again_by_itself(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    net.says = {"POST /add/": (503, []), "GET /outbox/": (503, [("Retry-After", "1")])}
    type_in(page, "lunch 45 with jack")
    expect(waiting(page)).to_contain_text("The server can’t take it just now. It is sent in a moment.")

    net.says = {}

    expect(rows(page, "with jack")).to_be_visible()
    assert added(server, person) == [("lunch", 0)]


def test_what_is_removed_while_another_is_sent_is_not_sent(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    net.is_cut = True
    type_in(page, "lunch 45 with jack")
    type_in(page, "taxi 12")
    net.stalls = {"POST /outbox/"}
    net.is_cut = False
    waiting(page).get_by_role("button", name="Send now").click()
    assert eventually(lambda: page.evaluate("async () => (await kept.lines(await kept.owner()))[0].tried"))
    waiting(page).get_by_role("listitem").last.get_by_role("button", name="Remove").click()
    expect(waiting(page).get_by_role("listitem")).to_have_count(1)

    net.stalls = set()

    expect(rows(page, "with jack")).to_be_visible()
    expect(waiting(page).get_by_role("listitem")).to_have_count(0)
    assert added(server, person) == [("lunch", 0)]


def test_photos_that_are_chosen_in_one_tab_are_not_lost_to_another(page: Page, net: Relay) -> None:
    other = page.context.new_page()
    other.goto(net.url)
    page.locator("#photos").set_input_files(A)
    expect(waiting(other)).to_contain_text("With the next line: a.jpg")
    net.is_cut = True

    type_in(other, "hotel 118")

    expect(waiting(page).get_by_role("listitem")).to_contain_text("a.jpg")
    expect(waiting(page).get_by_text("With the next line:")).to_be_hidden()


def test_a_store_that_did_not_open_once_is_tried_again(page: Page, net: Relay) -> None:
    """What is kept is to last, and is read out."""
    page.add_init_script("""
      const { open } = IDBFactory.prototype;
      let times = 0;
      IDBFactory.prototype.open = function (...given) {
        if (!times++) throw new DOMException("not opened", "UnknownError");
        return open.apply(this, given);
      };
      window.asked = 0;
      StorageManager.prototype.persist = async () => (window.asked += 1) > 0;
    """)
    page.reload()
    told = page.locator("#outbox-told")
    expect(told).to_have_role("status")
    assert page.evaluate("window.asked") == 0
    net.is_cut = True

    type_in(page, "lunch 45 with jack")

    expect(told).to_have_text("Kept in this browser until it is sent: lunch 45 with jack")
    assert not told.evaluate("told => told.closest('[hidden]')")
    type_in(page, "taxi 12")
    assert page.evaluate("window.asked") == 1


def test_what_is_of_a_closed_account_is_shown_to_be_removed(
    page: Page, net: Relay, server: LiveServer, person: str
) -> None:
    other = server.newcomer()
    net.is_cut = True
    page.locator("#photos").set_input_files(A)
    type_in(page, "lunch 45 with jack")
    page.locator("#photos").set_input_files(B)
    expect(waiting(page)).to_contain_text("With the next line: b.jpg")
    page.context.clear_cookies(name="sessionid")
    net.is_cut = False
    assert server.manage("deluser", person, "--yes").returncode == 0

    come_in_for_good(page, net, other)
    waiting(page).get_by_text("Of an account that is closed").click()

    items = waiting(page).get_by_role("listitem")
    expect(items).to_contain_text(["lunch 45 with jack", "b.jpg"])
    for left in (1, 0):
        items.first.get_by_role("button", name="Remove").click()
        expect(items).to_have_count(left)
    expect(waiting(page)).to_be_hidden()
    assert added(server, other) == []


def test_a_server_that_says_nothing_is_not_waited_for(page: Page, net: Relay) -> None:
    """One that is slow is, as long as it says that it is alive."""
    (worker,) = page.context.service_workers
    worker.evaluate("""() => {
      const { setTimeout } = self;
      self.setTimeout = (work, delay) => setTimeout(work, delay / 50);
    }""")
    net.stalls = {"GET /overview/"}
    net.passed.clear()
    page.evaluate("() => location.assign('/overview/')")
    assert eventually(lambda: net.passed.count("GET /healthz") > 2)
    net.stalls = set()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()

    net.stalls = {"GET /", "GET /healthz"}
    page.goto(net.url)

    expect(page.get_by_text("The server can’t be reached.").first).to_be_visible()


@pytest.mark.parametrize("referrer", ["origin", "no-referrer"])
def test_another_site_puts_nothing_to_the_next_line(
    page: Page, net: Relay, server: LiveServer, person: str, referrer: str
) -> None:
    page.goto(f"{server.url}/healthz")  # 127.0.0.1 is another site than localhost
    page.evaluate(
        """referrer => document.head.append(Object.assign(document.createElement("meta"), {
          name: "referrer", content: referrer,
        }))""",
        referrer,
    )
    share = SHARE.replace("PHOTO", repr(b64encode(jpeg()).decode())).replace("/share/", f"{net.url}/share/")
    page.evaluate(share, [{"title": "hotel", "text": "118", "url": ""}, ["a.jpg"]])
    if referrer == "origin":
        expect(page.get_by_text("Another site sent this, and no app of this device.")).to_be_visible()
        page.goto(net.url)
        expect(waiting(page)).to_be_hidden()
    else:
        expect(waiting(page)).to_contain_text("Shared by another app: a.jpg")
    line(page).fill("taxi 12")
    line(page).press("Enter")

    expect(rows(page, "taxi")).to_be_visible()
    assert added(server, person) == [("taxi", 0)]


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
