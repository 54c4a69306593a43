"""A report as it is printed, with its receipts behind it."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_read
from expenses.selectors import expense_receipts, expense_row
from reports.status import Status
from tests.cast import NOON, open_account, spend
from tests.expenses import pictures
from tests.pages import account_of, page, shown
from tests.web.people import at_browser
from web.reports import paper

SCRIPT = '<script src="/assets/print.js" defer></script>\n'
MEDIA = "/static/xpenser/media/Receipts"
WHOLE = """<article class="paper stack">
<div class="head">
<div><h1><bdi>Berlin &lt;3</bdi></h1>
<p class="soft">carol@example.com, 16 to 17 Nov 2026, 2 expenses, Submitted, as of 20 Nov 2026 13:05</p></div>
<p class="big num">778.42 <small>USD</small></p>
<button class="btn first" type="button" data-print hidden>Print</button>
</div>
<section aria-labelledby="lines">
<h2 id="lines">Expenses</h2>
<table class="flow" role="table" aria-labelledby="lines">
<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Date</th>\
<th scope="col" role="columnheader">Type</th><th scope="col" role="columnheader">Notes</th>\
<th scope="col" role="columnheader" class="rcpt">Receipt</th>\
<th scope="col" role="columnheader" class="raw">As entered</th>\
<th scope="col" role="columnheader" class="amt">Amount</th></tr></thead>
<tbody role="rowgroup">
<tr role="row"><td role="cell"><time datetime="2026-11-16">16 Nov 2026</time></td>\
<th role="rowheader" scope="row" class="type"><bdi>Flight</bdi></th>\
<td role="cell">to Berlin, &lt;economy&gt; <span class="soft">#clientx</span></td>\
<td role="cell" class="rcpt"><a href="#receipt1">1</a>, <a href="#receipt2">2</a></td>\
<td role="cell" class="raw"></td><td role="cell" class="amt">648.20 <small>USD</small></td></tr>
<tr role="row"><td role="cell"><time datetime="2026-11-17">17 Nov 2026</time></td>\
<th role="rowheader" scope="row" class="type"><bdi>Ticket</bdi></th><td role="cell">two days</td>\
<td role="cell" class="rcpt"></td><td role="cell" class="raw">120.00 EUR × 1.0852 =</td>\
<td role="cell" class="amt">130.22 <small>USD</small></td></tr>
</tbody>
<tfoot role="rowgroup"><tr role="row"><th role="rowheader" scope="row" colspan="5">Total</th>\
<td role="cell" class="amt">778.42 <small>USD</small></td></tr></tfoot>
</table>
</section>
<section aria-labelledby="totals">
<h2 id="totals">By type</h2>
<table class="sums" aria-labelledby="totals">
<thead><tr><th scope="col">Type</th><th scope="col" class="num">Expenses</th>\
<th scope="col" class="amt">Amount</th></tr></thead>
<tbody>
<tr><th scope="row"><bdi>Flight</bdi></th><td class="num">1</td><td class="amt">648.20 <small>USD</small></td></tr>
<tr><th scope="row"><bdi>Ticket</bdi></th><td class="num">1</td><td class="amt">130.22 <small>USD</small></td></tr>
</tbody>
</table>
</section>
<section aria-labelledby="missing">
<h2 id="missing">Without a receipt</h2>
<ul>
<li><bdi>Ticket</bdi>, 17 Nov 2026, 130.22 USD</li>
</ul>
</section>
<div class="signs"><span>Submitted by</span><span>Approved by</span></div>
<figure class="annex" id="receipt1">
<figcaption><b>Receipt 1</b> <bdi>Flight</bdi>, 16 Nov 2026, 648.20 USD</figcaption>
<img src="{media}/{second}" alt="Receipt 1">
</figure>
<figure class="annex" id="receipt2">
<figcaption><b>Receipt 2</b> <bdi>Flight</bdi>, 16 Nov 2026, 648.20 USD</figcaption>
<p><a href="{media}/{first}">Receipt 2 is a file of its own (PDF): print it, and put it here.</a></p>
</figure>
</article>"""


@pytest.fixture(autouse=True)
def an_hour_later() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False):
        yield


@pytest.fixture
def carol(db: None) -> Account:
    """Somebody whose clock is an hour ahead of the server's."""
    return open_account("carol@example.com", zone="Europe/Berlin")


def make(owner: Account, name: str = "Berlin <3") -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def spend_in(owner: Account, report_id: int, text: str, day: int = 16) -> ExpenseRow:
    return spend(owner, text, report_id=report_id, day=datetime(2026, 11, day, 12, 30))


def attach(owner: Account, row: ExpenseRow, data: bytes) -> str:
    """Attach a receipt and return its name."""
    services.expense_update(owner=owner, expense_id=row.id, fields={}, now=NOON, picture=receipt_read(data))
    return expense_row(user_id=owner.id, expense_id=row.id).receipt_image


def printed(owner: Account, report_id: int) -> str:
    return shown(at_browser(owner).get(f"/reports/{report_id}/print/"))


def test_it_works(carol: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    report_id = make(carol)
    ticket = spend_in(carol, report_id, "Ticket 120 EUR at 1.0852 two days", 17)
    flight = spend_in(carol, report_id, "Flight 648.20 to Berlin, <economy> #clientx")
    first, second = attach(carol, flight, pictures.pdf()), attach(carol, flight, pictures.jpeg())
    gone = spend_in(carol, report_id, "lunch 99")
    services.expense_delete(owner=carol, expense_id=gone.id, now=NOON)
    services.report_update(user_id=carol.id, report_id=report_id, status=Status.SUBMITTED, now=NOON)
    client = at_browser(carol)

    with django_assert_num_queries(6):  # session, user, account; report, expenses, receipts
        response = client.get(f"/reports/{report_id}/print/")

    assert ticket.id < flight.id
    assert shown(response) == page(
        "Berlin <3", WHOLE.format(media=MEDIA, first=first, second=second),
        account=account_of("carol@example.com", here="Reports"), scripts=SCRIPT,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "is_shown"),
    [
        (pictures.jpeg(), True),
        (pictures.png(), True),
        (pictures.gif(), True),
        (pictures.webp(), True),
        (pictures.pdf(), False),
    ],
)
def test_each_kind_of_receipt(alice: Account, data: bytes, is_shown: bool) -> None:
    report_id = make(alice)
    image = attach(alice, spend_in(alice, report_id, "lunch 4"), data)

    text = printed(alice, report_id)

    assert (f'<img src="{MEDIA}/{image}" alt="Receipt 1">' in text) == is_shown
    assert (f'<a href="{MEDIA}/{image}">Receipt 1 is a file of its own ({image[-4:].strip(".")})' in text) != is_shown
    assert "Without a receipt" not in text


def test_a_picture_that_few_browsers_show_is_shown_as_another(alice: Account) -> None:
    report_id = make(alice)
    lunch = spend_in(alice, report_id, "lunch 4")
    attach(alice, lunch, pictures.heic())
    (row,) = expense_receipts(user_id=alice.id, expense_id=lunch.id)

    assert f'<img src="/receipts/{row.id}/large.jpg" alt="Receipt 1">' in printed(alice, report_id)


def test_an_empty_one(alice: Account) -> None:
    text = printed(alice, make(alice))

    assert '<p class="soft">alice@example.com, 0 expenses, Active, as of 20 Nov 2026 12:05</p>' in text
    assert "Without a receipt" not in text
    assert "<figure" not in text


def test_what_nobody_would_sign(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "MOST", 2)
    report_id = make(alice)
    texts = []
    for number in range(3):
        spend_in(alice, report_id, f"lunch {number}")
        texts.append(printed(alice, report_id))

    assert ["<figure" in text or "Submitted by" in text for text in texts] == [True, True, False]
    assert re.search("<h1><bdi>Berlin &lt;3</bdi> is too long to print</h1>", texts[2])
    assert "It holds 3 expenses, and at most 2 are printed. Move some to another report, or export it." in texts[2]
    assert f'href="/reports/{report_id}/export.csv"' in texts[2]


def test_other_methods(alice: Account) -> None:
    assert at_browser(alice).post(f"/reports/{make(alice)}/print/").status_code == 405
