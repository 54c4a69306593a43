"""The page "Reports": all of a person's, by state, and a new one."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from reports.selectors import report_default, report_named, report_rows
from reports.status import Status
from tests.cast import NOON, open_account, spend
from tests.pages import account_of, page, shown
from tests.web.people import at_browser, csrf

PATH = "/reports/"
STATES = ["Active", "Rejected", "Submitted", "Approved", "Paid", "Archived"]
ASKING = """<div><h1>Reports</h1>
<p class="soft">Folders to file expenses in and to hand them in with. \
An expense that names none is filed in the default one.</p></div>
<form method="post" class="asking" novalidate>
<input type="hidden" name="csrfmiddlewaretoken" value="KEY">
<div class="field"><label for="id_name">New report</label>\
<input type="text" name="name" autocomplete="off" id="id_name"></div>
<button class="btn first">Make it</button>
</form>"""
HEAD = (
    '<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">Report</th>'
    '<th scope="col" role="columnheader">Days</th><th scope="col" role="columnheader" class="num">Expenses</th>'
    '<th scope="col" role="columnheader" class="amt">Amount</th></tr></thead>'
)


def make(owner: Account, name: str, status: Status = Status.ACTIVE) -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status).id


def row(report_id: int, name: str, days: str, expenses: int, amount: str, *, small: str = "") -> str:
    return (
        f'<tr role="row"><th role="rowheader" scope="row"><a href="/reports/{report_id}/"><bdi>{name}</bdi></a>{small}'
        f'</th><td role="cell">{days}</td><td role="cell" class="num" data-l="expenses">{expenses}</td>'
        f'<td role="cell" class="amt">{amount} <small>USD</small></td></tr>'
    )


def group(number: int, state: str, *rows: str, total: tuple[int, str]) -> str:
    expenses, amount = total
    return "\n".join([
        f'<section aria-labelledby="state{number}">', f'<h2 id="state{number}">{state}</h2>',
        f'<table class="flow sums" role="table" aria-labelledby="state{number}">', HEAD, '<tbody role="rowgroup">',
        *rows, "</tbody>",
        '<tfoot role="rowgroup"><tr role="row"><th role="rowheader" scope="row" colspan="2">Total</th>'
        f'<td role="cell" class="num" data-l="expenses">{expenses}</td>'
        f'<td role="cell" class="amt">{amount} <small>USD</small></td></tr></tfoot>',
        "</table>", "</section>",
    ])  # fmt: skip


@pytest.fixture
def client(alice: Account) -> Client:
    return at_browser(alice)


def test_it_works(
    alice: Account, bob: Account, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    default = report_default(user_id=alice.id).id
    berlin, lyon, paid = (make(alice, name) for name in ("Berlin <3", "Lyon", "Paid one"))
    for day, text in [(28, "lunch 45"), (30, "hotel 1200.50"), (31, "refund -2.50")]:
        spend(alice, text, report_id=berlin, day=datetime(2026, 10, day, 12, 30))
    spend(alice, "lunch 3", report_id=paid, day=datetime(2026, 1, 2, 12, 30))
    services.report_update(user_id=alice.id, report_id=paid, status=Status.ARCHIVED, now=NOON)
    make(bob, "Bob's")

    with django_assert_num_queries(4):  # session, user, account, and one for all the reports
        response = client.get(PATH)

    assert response.status_code == 200
    groups = [
        group(
            1, "Active",
            row(default, "My Expenses", "20 Nov 2026", 1, "0.00", small=" <small>default</small>"),
            row(lyon, "Lyon", "", 0, "0.00"),
            row(berlin, "Berlin &lt;3", "28 to 31 Oct 2026", 3, "1,243.00"),
            total=(4, "1,243.00"),
        ),
        group(2, "Archived", row(paid, "Paid one", "2 Jan 2026", 1, "3.00"), total=(1, "3.00")),
    ]  # fmt: skip
    main = "\n".join(['<div class="stack">', ASKING, *groups, "</div>"])
    assert shown(response) == page("Reports", main, account=account_of("alice@example.com", here="Reports"))


def test_states_stand_in_the_order_of_work(alice: Account, client: Client) -> None:
    for status in reversed(Status):
        make(alice, status.name, status)

    text = shown(client.get(PATH))

    states = [text.index(f">{state}</h2>") for state in STATES]
    assert states == sorted(states)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (datetime(2026, 11, 16, 0, 0), datetime(2026, 11, 16, 23, 59), "16 Nov 2026"),
        (datetime(2026, 11, 16), datetime(2026, 11, 20), "16 to 20 Nov 2026"),
        (datetime(2026, 10, 31), datetime(2026, 11, 1), "31 Oct to 1 Nov 2026"),
        (datetime(2025, 11, 20), datetime(2026, 11, 20), "20 Nov 2025 to 20 Nov 2026"),
    ],
)
def test_days(alice: Account, client: Client, first: datetime, last: datetime, days: str) -> None:
    report_id = make(alice, "Berlin")
    for day in (last, first):
        spend(alice, "lunch 4", report_id=report_id, day=day)

    assert f'<bdi>Berlin</bdi></a></th><td role="cell">{days}</td>' in shown(client.get(PATH))


def test_a_currency_without_cents(db: None) -> None:
    carla = open_account("carla@example.com", currency="JPY")
    spend(carla, "lunch 12345")

    assert "12,345 <small>JPY</small>" in shown(at_browser(carla).get(PATH))


class TestNew:
    def test_it_is_made(self, alice: Account, client: Client) -> None:
        response = client.post(PATH, {"name": " Berlin fair "})

        made = report_named(user_id=alice.id, name="Berlin fair")
        assert (response.status_code, response.headers["Location"]) == (302, f"/reports/{made.id}/")
        assert "<p>“Berlin fair” is open.</p>" in shown(client.get(response.headers["Location"]))

    def test_twice_is_once(self, alice: Account, client: Client) -> None:
        first, second = (client.post(PATH, {"name": "Berlin"}).headers["Location"] for _ in range(2))

        assert first == second
        assert len(report_rows(user_id=alice.id)) == 2

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("", "Name &#x27;&#x27;: 1 to 200 characters on one line are wanted"),
            ("  ", "Name &#x27;&#x27;: 1 to 200 characters on one line are wanted"),
            ("x" * 201, f"Name &#x27;{'x' * 40}&#x27;: 1 to 200 characters on one line are wanted"),
            ("a\0b", "Null characters are not allowed."),
            ("handed in", "Name &#x27;handed in&#x27;: a report of yours has this name"),
        ],
    )
    def test_a_name_that_can_not_be(self, alice: Account, client: Client, typed: str, said: str) -> None:
        make(alice, "Handed in", Status.SUBMITTED)

        response = client.post(PATH, {"name": typed})

        text = shown(response)
        assert response.status_code == 200
        assert f'<small class="bad" id="id_name_error">{said}</small>' in text
        assert f'value="{typed}" ' in text or not typed
        assert 'aria-invalid="true"' in text
        assert len(report_rows(user_id=alice.id)) == 2

    def test_a_form_without_a_name(self, client: Client) -> None:
        assert "1 to 200 characters on one line are wanted" in shown(client.post(PATH))


def test_who_is_not_signed_in_signs_in() -> None:
    for method in (Client().get, Client().post):
        response = method(PATH)
        assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={PATH}")


def test_nothing_is_made_without_a_token_of_the_page(alice: Account) -> None:
    client = at_browser(alice, strict=True)

    assert client.post(PATH, {"name": "Berlin"}).status_code == 403
    client.get(PATH)
    assert client.post(PATH, {"name": "Berlin", "csrfmiddlewaretoken": csrf(client)}).status_code == 302
    assert len(report_rows(user_id=alice.id)) == 2


def test_other_methods(client: Client) -> None:
    assert client.put(PATH).status_code == 405
