"""The page of one report: what is in it, and what is done with it."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_read
from expenses.selectors import expense_row
from reports.selectors import ReportNotFound, report_default, report_row
from reports.status import CLOSED, STEPS, Status
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg
from tests.pages import account_of, page, shown
from tests.web.people import at_browser, csrf
from web.ledger import page as ledger
from web.reports import report as view

SYMBOLS = (
    '<symbol id="receipt" viewBox="0 0 16 16"><path d="M4 2.5h8v11l-2-1.25-2 1.25-2-1.25-2 1.25zM6.25 5.75h3.5M6.25 '
    '8.5h3.5"/></symbol>\n<symbol id="down" viewBox="0 0 16 16"><path d="M8 2.75v7.5M4.75 7.25L8 10.5l3.25-3.25M3 '
    '13.25h10"/></symbol>\n'
)
SCRIPT = '<script src="/assets/drag.js" defer></script>\n'
CSRF = '<input type="hidden" name="csrfmiddlewaretoken" value="KEY">'
WHOLE = """<div class="stack">
<div>
<p class="soft noprint"><a href="/reports/">Reports</a></p>
<div class="head">
<div><h1><bdi>Berlin &lt;3</bdi></h1>
<p class="soft">16 to 17 Nov 2026, 2 expenses</p></div>
<p class="big num">778.42 <small>USD</small></p>
<form class="acts" method="post" action="/reports/{id}/state/">
{csrf}
<button class="btn first" name="status" value="S">Submit</button>
<button class="btn" name="status" value="X">Archive</button>
</form>
<details class="menu"><summary class="btn">\
<svg class="i" aria-hidden="true"><use href="#down"/></svg>Export</summary>
<div><a href="/reports/{id}/print/">Print <small>with receipts</small></a>
<a href="/reports/{id}/export.csv">CSV <small>for a spreadsheet</small></a>
<a href="/reports/{id}/export.json">JSON <small>for programs</small></a>
<a href="/reports/{id}/export.xml">XML <small>for older programs</small></a>
<a href="/reports/{id}/export.qif">QIF <small>for accounting software</small></a>
<a href="/reports/{id}/export.ofx">OFX <small>as banks send it</small></a></div></details>
<details class="menu"><summary class="btn">More</summary>
<div><a href="/reports/{id}/rename/">Rename</a>
<form method="post" action="/reports/{id}/default/">{csrf}<button>Make it the default</button></form>
<a class="bad" href="/reports/{id}/delete/">Delete</a>
<a href="/?report={id}">Show in the ledger</a></div></details>
</div>
<ol class="steps" aria-label="State">
<li aria-current="step"><b>Active</b></li>
<li><b>Submitted</b></li>
<li><b>Approved</b></li>
<li><b>Paid</b></li>
</ol>
</div>
<div class="cols r stack">
<div class="stack">
<section aria-labelledby="lines">
<h2 id="lines">Expenses</h2>
<form method="post" action="/reports/{id}/move/" data-drag>
{csrf}
<table class="flow" role="table" aria-labelledby="lines">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader" class="tick">\
<span class="vh">Move</span></th><th scope="col" role="columnheader">Date</th>\
<th scope="col" role="columnheader">Type</th><th scope="col" role="columnheader">Notes</th>\
<th scope="col" role="columnheader" class="rcpt"><span class="vh">Receipt</span></th>\
<th scope="col" role="columnheader" class="raw">As entered</th>\
<th scope="col" role="columnheader" class="amt">Amount</th></tr></thead>
<tbody role="rowgroup">
<tr role="row"><td role="cell" class="tick"><label>\
<input type="checkbox" name="expense" value="{flight}" aria-label="Flight, 16 Nov, 648.20"></label></td>\
<td role="cell"><time datetime="2026-11-16">16 Nov</time></td>\
<th role="rowheader" scope="row" class="type"><a href="{flight_row}"><bdi>Flight</bdi></a></th>\
<td role="cell">to Berlin, &lt;economy&gt; <span class="soft">#clientx</span></td>\
<td role="cell" class="rcpt"><svg class="i" aria-hidden="true"><use href="#receipt"/></svg>\
<span class="vh">Receipt</span></td>\
<td role="cell" class="raw"></td><td role="cell" class="amt">648.20 <small>USD</small></td></tr>
<tr role="row"><td role="cell" class="tick"><label>\
<input type="checkbox" name="expense" value="{ticket}" aria-label="Ticket, 17 Nov, 130.22"></label></td>\
<td role="cell"><time datetime="2026-11-17">17 Nov</time></td>\
<th role="rowheader" scope="row" class="type"><a href="{ticket_row}"><bdi>Ticket</bdi></a></th>\
<td role="cell">two days</td><td role="cell" class="rcpt"></td>\
<td role="cell" class="raw">120.00 EUR × 1.0852 =</td>\
<td role="cell" class="amt">130.22 <small>USD</small></td></tr>
</tbody>
<tfoot role="rowgroup"><tr role="row"><th role="rowheader" scope="row" colspan="6">Total</th>\
<td role="cell" class="amt">778.42 <small>USD</small></td></tr></tfoot>
</table>
<div class="acts moving"><label for="id_to">Move to</label><span class="sel"><select name="to" id="id_to">
  <option value="{default}">My Expenses</option>
</select></span><button class="btn">Move</button></div>
</form>
</section>
<section class="noprint" aria-labelledby="receipts">
<h2 id="receipts">Receipts</h2>
<ul class="strip">
<li><a href="/expenses/{flight}/receipts/"><span class="shot">\
<svg class="i" aria-hidden="true"><use href="#receipt"/></svg></span><bdi>Flight</bdi>, 16 Nov\
<small>648.20 USD</small></a></li>
<li><a href="/expenses/{ticket}/receipts/"><span class="shot none"></span><bdi>Ticket</bdi>, 17 Nov\
<small>none yet</small></a></li>
</ul>
</section>
</div>
<div class="stack">
<section aria-labelledby="totals">
<h2 id="totals">By type</h2>
<table aria-labelledby="totals">
<thead><tr><th scope="col">Type</th><th scope="col" class="num">Expenses</th>\
<th scope="col" class="amt">Amount</th></tr></thead>
<tbody>
<tr><th scope="row"><bdi>Flight</bdi></th><td class="num soft">1</td>\
<td class="amt">648.20 <small>USD</small></td></tr>
<tr><th scope="row"><bdi>Ticket</bdi></th><td class="num soft">1</td>\
<td class="amt">130.22 <small>USD</small></td></tr>
</tbody>
<tfoot><tr><th scope="row">Total</th><td class="num">2</td>\
<td class="amt">778.42 <small>USD</small></td></tr></tfoot>
</table>
</section>
<nav class="noprint" aria-labelledby="others">
<h2 id="others">Other open reports</h2>
<ul class="side drop">
<li><a href="/reports/{default}/" data-drop="{default}"><bdi>My Expenses</bdi></a></li>
</ul>
</nav>
<section class="noprint" aria-labelledby="history">
<h2 id="history">History</h2>
<ol class="log">
<li>Made<small><time datetime="2026-11-20T12:00:00+00:00" title="2026-11-20 12:00">5 minutes ago</time></small></li>
</ol>
</section>
</div>
</div>
</div>"""


@pytest.fixture(autouse=True)
def five_minutes_later() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        yield


@pytest.fixture
def client(alice: Account) -> Client:
    return at_browser(alice)


@pytest.fixture
def berlin(alice: Account) -> int:
    return make(alice)


def make(owner: Account, name: str = "Berlin <3", status: Status = Status.ACTIVE) -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status).id


def spend_in(owner: Account, report_id: int, text: str, day: int = 16) -> ExpenseRow:
    return spend(owner, text, report_id=report_id, day=datetime(2026, 11, day, 12, 30))


def row_of(row: ExpenseRow) -> str:
    """Return the address of an expense's row in the ledger."""
    moment = row.date.replace(" ", "T").replace(":", "%3A")
    return f"/?report={row.report_id}&amp;after={moment}_{row.id + 1}#e{row.id}"


def path(report_id: int, *parts: str) -> str:
    return "/".join(["/reports", str(report_id), *parts, ""])


def set_status(owner: Account, report_id: int, status: Status) -> None:
    services.report_update(user_id=owner.id, report_id=report_id, status=status, now=NOON)


def buttons(text: str) -> list[tuple[str, str]]:
    """Return the states that are offered, with the words on the buttons."""
    return re.findall('<button class="btn(?: first)?" name="status" value="(.)">(.*?)</button>', text)


def refusal(text: str) -> str:
    (said,) = re.findall('<div class="note wrong" role="alert"><p class="bad">(.*?)</p></div>', text)
    return str(said)


def test_it_works(
    alice: Account, bob: Account, client: Client, berlin: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    flight = spend_in(alice, berlin, "Flight 648.20 to Berlin, <economy> #clientx")
    flight = services.expense_update(
        owner=alice, expense_id=flight.id, fields={}, now=NOON, picture=receipt_read(jpeg())
    )
    ticket = spend_in(alice, berlin, "Ticket 120 EUR at 1.0852 two days", 17)
    spend_in(bob, make(bob), "lunch 1000")

    with django_assert_num_queries(8):  # session, user, account; report, expenses (2), open reports, types
        response = client.get(path(berlin))

    main = WHOLE.format(
        id=berlin, csrf=CSRF, flight=flight.id, ticket=ticket.id,
        default=report_default(user_id=alice.id).id, flight_row=row_of(flight), ticket_row=row_of(ticket),
    )  # fmt: skip
    assert response.status_code == 200
    assert shown(response) == page(
        "Berlin <3", main, account=account_of("alice@example.com", here="Reports"), scripts=SCRIPT, symbols=SYMBOLS
    )


def test_each_expense_leads_to_its_row_in_the_ledger(
    alice: Account, client: Client, berlin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "ROWS", 1)
    for day in (17, 16, 16, 18):
        spend_in(alice, berlin, "lunch 4", day)

    links = re.findall('class="type"><a href="(.*?)#(.*?)"', shown(client.get(path(berlin))))

    assert len(links) == 4
    for href, anchor in links:
        shown_there = re.findall('<tr role="row" id="(.*?)"', shown(client.get(href.replace("&amp;", "&"))))
        assert shown_there == [anchor]


def test_an_empty_one(client: Client, berlin: int) -> None:
    text = shown(client.get(path(berlin)))

    assert '<p class="soft">0 expenses</p>' in text
    assert "None so far." in text
    for absent in ("<table", "drag.js", "Receipts", "Other open reports", 'action="/reports/{berlin}/move/"'):
        assert absent not in text


def test_the_default_one_is_not_handed_in(alice: Account, client: Client) -> None:
    default = report_default(user_id=alice.id).id

    text = shown(client.get(path(default)))

    assert '<p class="soft">20 Nov 2026, 1 expense, default</p>' in text
    assert "To hand this one in, make another the default first." in text
    assert buttons(text) == []
    assert f'href="{path(default, "rename")}"' in text
    for absent in ("delete/", "default/", "/move/"):
        assert path(default) + absent not in text


@pytest.mark.parametrize("status", list(Status))
def test_each_state(alice: Account, client: Client, berlin: int, status: Status) -> None:
    spend_in(alice, berlin, "lunch 4")
    set_status(alice, berlin, status)

    text = shown(client.get(path(berlin)))

    is_closed = status in CLOSED
    assert [letter for letter, _ in buttons(text)] == list(STEPS[status])
    assert text.count('<button class="btn first"') == 1
    assert ("It is closed" in text) == is_closed
    assert (path(berlin, "move") in text) == (not is_closed)
    assert ('colspan="5"' in text) == is_closed
    assert (path(berlin, "delete") in text) == (not is_closed)
    assert (path(berlin, "default") in text) == (status is Status.ACTIVE)
    stages = re.findall("<li(.*?)><b>(.*?)</b></li>", text)
    at = stages.index((' aria-current="step"', status.name.capitalize()))
    assert [mark for mark, _ in stages] == [' class="done"'] * at + [' aria-current="step"'] + [""] * (
        len(stages) - at - 1
    )


def test_words_of_the_steps(alice: Account, client: Client, berlin: int) -> None:
    set_status(alice, berlin, Status.SUBMITTED)

    assert buttons(shown(client.get(path(berlin)))) == [("A", "Approve"), ("R", "Reject"), ("U", "Reopen")]


def test_history_names_the_last_change(alice: Account, client: Client, berlin: int) -> None:
    services.report_update(user_id=alice.id, report_id=berlin, name="Bonn", now=NOON + timedelta(minutes=4))

    text = shown(client.get(path(berlin)))

    assert re.search("Last change of name, state or default<small><time [^>]*>1 minute ago<", text)


class TestPages:
    @pytest.fixture(autouse=True)
    def short(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Three expenses are more than a page."""
        monkeypatch.setattr(view, "ROWS", 2)

    def test_from_the_first_day_on_and_back(self, alice: Account, client: Client, berlin: int) -> None:
        for day in (3, 1, 2):
            spend_in(alice, berlin, f"lunch {day}", day)

        first = shown(client.get(path(berlin)))
        (later,) = re.findall('href="(.[^"]*)">Later</a>', first)
        second = shown(client.get(path(berlin) + later))
        (earlier,) = re.findall('href="(.[^"]*)">Earlier</a>', second)

        assert later.startswith("?before=2026-11-02T12:30:00_")
        assert [re.findall(r"<td role=\"cell\"><time[^>]*>(.*?)<", text) for text in (first, second)] == [
            ["1 Nov", "2 Nov"], ["3 Nov"],
        ]  # fmt: skip
        assert "Earlier" not in first
        assert "Later" not in second
        assert shown(client.get(path(berlin) + earlier)) == first
        for text in (first, second):
            assert '<td role="cell" class="amt">6.00' not in text  # no total of a page would be that of the report
            assert '<p class="big num">6.00 <small>USD</small></p>' in text

    @pytest.mark.parametrize("query", ["after=x", "before=", "before=2026-02-30T00:00:00_1"])
    def test_a_place_that_is_none(self, alice: Account, client: Client, berlin: int, query: str) -> None:
        spend_in(alice, berlin, "lunch 4")

        assert shown(client.get(f"{path(berlin)}?{query}")) == shown(client.get(path(berlin)))


class TestState:
    @pytest.mark.parametrize(("before", "after"), [(before, after) for before in Status for after in STEPS[before]])
    def test_a_step(self, alice: Account, client: Client, berlin: int, before: Status, after: Status) -> None:
        set_status(alice, berlin, before)

        response = client.post(path(berlin, "state"), {"status": after.value})

        assert (response.status_code, response.headers["Location"]) == (302, path(berlin))
        assert report_row(user_id=alice.id, report_id=berlin).status == after
        assert f"<p>“Berlin &lt;3”: {after.name.capitalize()}.</p>" in shown(client.get(path(berlin)))

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ("P", "Report &#x27;Berlin &lt;3&#x27; is active by now, and does not become paid"),
            ("Q", "Status &#x27;Q&#x27;: one of active, submitted, approved, rejected, paid, archived is wanted"),
            ("", "Status &#x27;&#x27;: one of active, submitted, approved, rejected, paid, archived is wanted"),
        ],
    )
    def test_none_that_is_offered(self, alice: Account, client: Client, berlin: int, sent: str, said: str) -> None:
        response = client.post(path(berlin, "state"), {"status": sent})

        assert response.status_code == 200
        assert refusal(shown(response)) == said
        assert report_row(user_id=alice.id, report_id=berlin).status == Status.ACTIVE

    def test_of_the_default(self, alice: Account, client: Client) -> None:
        default = report_default(user_id=alice.id)

        response = client.post(path(default.id, "state"), {"status": "S"})

        assert refusal(shown(response)) == (
            "Report &#x27;My Expenses&#x27; is the default one: make another the default first"
        )
        assert report_default(user_id=alice.id) == default


class TestDefault:
    def test_it_is_made_so(self, alice: Account, client: Client, berlin: int) -> None:
        response = client.post(path(berlin, "default"))

        assert (response.status_code, response.headers["Location"]) == (302, path(berlin))
        assert report_default(user_id=alice.id).id == berlin
        assert "<p>“Berlin &lt;3” takes what names no other report.</p>" in shown(client.get(path(berlin)))

    def test_one_that_is_handed_in(self, alice: Account, client: Client, berlin: int) -> None:
        set_status(alice, berlin, Status.PAID)

        response = client.post(path(berlin, "default"))

        assert (
            refusal(shown(response))
            == "Report &#x27;Berlin &lt;3&#x27; is not open, so it can&#x27;t be the default one"
        )
        assert report_default(user_id=alice.id).id != berlin


class TestRename:
    def test_it_asks(self, client: Client, berlin: int) -> None:
        response = client.get(path(berlin, "rename"))

        assert response.status_code == 200
        assert '<input type="text" name="name" value="Berlin &lt;3" autocomplete="off"' in shown(response)
        assert f'<a class="btn" href="{path(berlin)}">Keep it</a>' in shown(response)

    def test_it_does_it(self, alice: Account, client: Client, berlin: int) -> None:
        response = client.post(path(berlin, "rename"), {"name": "Bonn"})

        assert (response.status_code, response.headers["Location"]) == (302, path(berlin))
        assert report_row(user_id=alice.id, report_id=berlin).name == "Bonn"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("my expenses", "Name &#x27;my expenses&#x27;: a report of yours has this name"),
            ("a\tb", "Name &#x27;a\\tb&#x27;: 1 to 200 characters on one line are wanted"),
        ],
    )
    def test_a_name_that_can_not_be(self, alice: Account, client: Client, berlin: int, typed: str, said: str) -> None:
        text = shown(client.post(path(berlin, "rename"), {"name": typed}))

        assert f'<small class="bad" id="id_name_error">{said}</small>' in text
        assert f'value="{typed}"' in text
        assert report_row(user_id=alice.id, report_id=berlin).name == "Berlin <3"


class TestDelete:
    def test_it_asks_where_its_expenses_go(self, alice: Account, client: Client, berlin: int) -> None:
        default, lyon = report_default(user_id=alice.id).id, make(alice, "Lyon")
        make(alice, "Handed in", Status.SUBMITTED)
        make(alice, "Put away", Status.ARCHIVED)
        services.report_update(user_id=alice.id, report_id=lyon, make_default=True, now=NOON)
        spend_in(alice, berlin, "lunch 4.50")

        text = shown(client.get(path(berlin, "delete")))

        assert "<h1>Delete <bdi>Berlin &lt;3</bdi>?</h1>" in text
        assert "1 expense of 4.50 USD is filed in it. The report itself can't be brought back." in text
        assert '<input type="radio" name="expenses" value="" id="id_expenses_0" checked>Move to another report' in text
        assert '<input type="radio" name="expenses" value="delete" id="id_expenses_1">Delete it too' in text
        assert re.findall(r'<option value="(\d+)"( selected)?>', text) == [(str(default), ""), (str(lyon), " selected")]
        assert report_row(user_id=alice.id, report_id=berlin).name == "Berlin <3"

    def test_they_move(self, alice: Account, client: Client, berlin: int) -> None:
        lyon, row = make(alice, "Lyon"), spend_in(alice, berlin, "lunch 4.50")

        response = client.post(path(berlin, "delete"), {"expenses": "", "to": lyon})

        assert (response.status_code, response.headers["Location"]) == (302, "/reports/")
        assert expense_row(user_id=alice.id, expense_id=row.id).report_id == lyon
        assert "<p>“Berlin &lt;3” is deleted.</p>" in shown(client.get("/reports/"))
        with pytest.raises(ReportNotFound):
            report_row(user_id=alice.id, report_id=berlin)

    def test_they_go_too(self, alice: Account, client: Client, berlin: int) -> None:
        default, row = report_default(user_id=alice.id).id, spend_in(alice, berlin, "lunch 4.50")

        client.post(path(berlin, "delete"), {"expenses": "delete", "to": default})

        gone = expense_row(user_id=alice.id, expense_id=row.id, with_deleted=True)
        assert (gone.status, gone.report_id) == (-1, default)

    def test_an_empty_one_asks_only_once(self, alice: Account, client: Client, berlin: int) -> None:
        text = shown(client.get(path(berlin, "delete")))
        (to,) = re.findall(r'<input type="hidden" name="to" value="(\d+)" id="id_to">', text)

        response = client.post(path(berlin, "delete"), {"to": to})

        assert "radio" not in text
        assert (response.status_code, response.headers["Location"]) == (302, "/reports/")

    @pytest.mark.parametrize("to", ["", "0", "x", "itself", "closed", "bob"])
    def test_to_where_nothing_can_go(self, alice: Account, bob: Account, client: Client, berlin: int, to: str) -> None:
        closed, theirs = make(alice, "Handed in", Status.SUBMITTED), make(bob)
        row = spend_in(alice, berlin, "lunch 4.50")
        to = {"itself": str(berlin), "closed": str(closed), "bob": str(theirs)}.get(to, to)

        response = client.post(path(berlin, "delete"), {"expenses": "", "to": to})

        assert response.status_code == 200
        assert '<small class="bad" id="id_to_error">' in shown(response)
        assert expense_row(user_id=alice.id, expense_id=row.id).report_id == berlin

    def test_the_default_one_is_not(self, alice: Account, client: Client, berlin: int) -> None:
        default = report_default(user_id=alice.id)

        response = client.post(path(default.id, "delete"), {"expenses": "", "to": berlin})

        assert refusal(shown(response)).startswith("Report &#x27;My Expenses&#x27; is the default one")
        assert report_default(user_id=alice.id) == default

    def test_one_that_is_handed_in_is_not(self, alice: Account, client: Client, berlin: int) -> None:
        set_status(alice, berlin, Status.SUBMITTED)

        response = client.post(path(berlin, "delete"), {"to": report_default(user_id=alice.id).id})

        assert refusal(shown(response)) == (
            "Report &#x27;Berlin &lt;3&#x27; was handed in (status S) and can&#x27;t be changed"
        )
        assert report_row(user_id=alice.id, report_id=berlin).status == Status.SUBMITTED


class TestMove:
    def test_it_works(self, alice: Account, client: Client, berlin: int) -> None:
        lyon, rows = make(alice, "Lyon"), [spend_in(alice, berlin, f"lunch {number}") for number in (1, 2, 3)]

        response = client.post(path(berlin, "move"), {"expense": [rows[0].id, rows[2].id], "to": lyon})

        assert (response.status_code, response.headers["Location"]) == (302, path(berlin))
        found = [expense_row(user_id=alice.id, expense_id=row.id).report_id for row in rows]
        assert found == [lyon, berlin, lyon]
        assert "<p>2 expenses are in “Lyon” now.</p>" in shown(client.get(path(berlin)))

    def test_one(self, alice: Account, client: Client, berlin: int) -> None:
        lyon, row = make(alice, "Lyon"), spend_in(alice, berlin, "lunch 1")

        response = client.post(path(berlin, "move"), {"expense": row.id, "to": lyon}, follow=True)

        assert "<p>1 expense is in “Lyon” now.</p>" in shown(response)

    @pytest.mark.every_case
    @pytest.mark.parametrize("sent", [[], ["x"], ["9" * 19], [""]])
    def test_nothing(self, alice: Account, client: Client, berlin: int, sent: list[str]) -> None:
        spend_in(alice, berlin, "lunch 1")

        response = client.post(path(berlin, "move"), {"expense": sent, "to": report_default(user_id=alice.id).id})

        assert response.status_code == 200
        assert refusal(shown(response)) == "Tick what is to be moved."

    @pytest.mark.parametrize("to", ["", "0", "itself", "closed", "bob"])
    def test_nowhere(self, alice: Account, bob: Account, client: Client, berlin: int, to: str) -> None:
        closed, theirs = make(alice, "Handed in", Status.SUBMITTED), make(bob)
        row, other = spend_in(alice, berlin, "lunch 1"), spend_in(alice, berlin, "lunch 2")
        to = {"itself": str(berlin), "closed": str(closed), "bob": str(theirs)}.get(to, to)

        text = shown(client.post(path(berlin, "move"), {"expense": [row.id], "to": to}))

        assert '<div class="acts moving"><p class="bad">' in text
        assert f'value="{row.id}" checked aria-label' in text
        assert f'value="{other.id}" aria-label' in text
        assert expense_row(user_id=alice.id, expense_id=row.id) == row

    def test_what_is_not_hers_and_so_nothing(self, alice: Account, bob: Account, client: Client, berlin: int) -> None:
        row, theirs = spend_in(alice, berlin, "lunch 1"), spend(bob, "lunch 2")

        text = shown(
            client.post(
                path(berlin, "move"), {"expense": [row.id, theirs.id], "to": report_default(user_id=alice.id).id}
            )
        )

        assert refusal(text) == f"Expense {theirs.id}: no expense of yours has this id"
        assert f'value="{row.id}" checked aria-label' in text
        assert expense_row(user_id=alice.id, expense_id=row.id) == row

    def test_out_of_one_that_is_handed_in(self, alice: Account, client: Client, berlin: int) -> None:
        row = spend_in(alice, berlin, "lunch 1")
        set_status(alice, berlin, Status.SUBMITTED)

        response = client.post(path(berlin, "move"), {"expense": row.id, "to": report_default(user_id=alice.id).id})

        assert "was handed in (status S) and can&#x27;t be changed" in refusal(shown(response))
        assert expense_row(user_id=alice.id, expense_id=row.id) == row


PAGES = [[], ["rename"], ["delete"], ["print"], ["export.csv"]]
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("state", {"status": "S"}),
    ("default", {}),
    ("rename", {"name": "Mine"}),
    ("delete", {"to": "1"}),
    ("move", {"expense": "1", "to": "1"}),
]


def address(report_id: int, parts: list[str]) -> str:
    return path(report_id, *parts).removesuffix("/" if "export.csv" in parts else "")


@pytest.mark.parametrize("parts", PAGES)
def test_a_stranger_finds_nothing(alice: Account, bob: Account, berlin: int, parts: list[str]) -> None:
    assert at_browser(bob).get(address(berlin, parts)).status_code == 404
    assert at_browser(bob).get(address(0, parts)).status_code == 404
    assert at_browser(alice).get(address(berlin, parts)).status_code == 200


@pytest.mark.parametrize("parts", PAGES)
def test_who_is_not_signed_in_signs_in(parts: list[str]) -> None:
    response = Client().get(address(1, parts))

    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={address(1, parts)}")


@pytest.mark.parametrize(("part", "sent"), CHANGES)
def test_a_stranger_changes_nothing(alice: Account, bob: Account, berlin: int, part: str, sent: dict[str, Any]) -> None:
    before = report_row(user_id=alice.id, report_id=berlin)

    assert at_browser(bob).post(path(berlin, part), sent).status_code == 404
    assert Client().post(path(berlin, part), sent).status_code == 302
    assert report_row(user_id=alice.id, report_id=berlin) == before


@pytest.mark.parametrize(("part", "sent"), CHANGES)
def test_nothing_changes_without_a_token_of_the_page(
    alice: Account, berlin: int, part: str, sent: dict[str, Any]
) -> None:
    client, before = at_browser(alice, strict=True), report_row(user_id=alice.id, report_id=berlin)

    assert client.post(path(berlin, part), sent).status_code == 403
    assert report_row(user_id=alice.id, report_id=berlin) == before
    client.get(path(berlin))
    sent = {**sent, "csrfmiddlewaretoken": csrf(client)}
    assert client.post(path(berlin, part), sent).status_code in {200, 302}


@pytest.mark.parametrize("part", ["state", "default", "move"])
def test_a_change_is_not_read(client: Client, berlin: int, part: str) -> None:
    assert client.get(path(berlin, part)).status_code == 405


@pytest.mark.every_case
@pytest.mark.parametrize(
    "address", ["/reports/x/", "/reports/" + "9" * 19 + "/", "/reports/1/export.pdf", "/reports/1"]
)
def test_other_addresses(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
