"""The overview: every figure leads to the rows that it is the sum of."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses.models import Expense
from expenses.services import expense_delete, report_create, report_update
from reports.status import Status
from tests.cast import NOON, spend
from tests.web.ledger.seen import text_of, total
from tests.web.people import at_browser

LINKS = re.compile(r'<a href="([^"]*)"(?: tabindex="-1")? aria-label="[^"]*: (\S+) USD">')
CELLS = re.compile(r'<a (?:class="big" )?href="([^"]*)">([−\d.,]+)</a> <small>USD')
PARTS = re.compile(r'<tr><th scope="row"><a href="([^"]*)">.*?<td class="amt">(\S+) <small>USD', re.DOTALL)


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def browser(alice: Account) -> Client:
    return at_browser(alice)


@pytest.fixture
def ledger(alice: Account) -> int:
    """Return a report of Alice's; her ledger has a bit of everything."""
    trip = report_create(user_id=alice.id, name="Trip & <fair>", now=NOON).id
    for text, report_id in [
        ("lunch 12 with jack #cash #clientx", None),
        ("Lunch 3.50 date 2026-11-01", trip),
        ("lunch 100 date 2026-11-28", None),
        ("hotel 1150 #cash date 2026-10-20", trip),
        ("hotel 7 date 2026-10-21", trip),
        ("hotel -500 #cash date 2026-06-30", trip),
        ("Travel: Taxi & more 20 #r&d date 2025-12-01", None),
        ("lunch 40 date 2025-11-20", None),
        ("lunch 41 date 2025-11-30", None),
        ("hotel 9 date 2025-10-02", None),
        ("lunch 1 date 2021-02-03", trip),
    ]:
        spend(alice, text, report_id=report_id)
    expense_delete(owner=alice, expense_id=spend(alice, "lunch 1000 #cash").id, now=NOON)
    return trip


def seen(browser: Client, query: str = "") -> str:
    response = browser.get(f"/overview/?{query}")
    assert response.status_code == 200
    return str(response.content.decode())


def sections(html: str) -> dict[str, str]:
    """Return what is read under each heading."""
    parts = re.split("<h2[^>]*>", html.partition("</main>")[0].replace("<", " <"))[1:]
    return {text_of(part.partition("</h2>")[0]): text_of(part.partition("</h2>")[2]) for part in parts}


def test_it_works(browser: Client, ledger: int) -> None:
    found = sections(seen(browser))

    assert list(found) == [
        "This month so far", "1 Dec 2025 to 30 Nov 2026", "By type", "By tag", "By report", "Biggest expenses",
        "Unusual expenses",
    ]  # fmt: skip
    assert found["This month so far"] == (
        "1 to 20 Nov 2026 15.50 USD"
        " 1 to 20 Oct 2026 1,150.00 USD now −1,134.50, −99 % 1 to 20 Nov 2025 40.00 USD now −24.50, −61 %"
    )
    assert (
        "1 Dec 2025 to 20 Nov 2026 692.50 USD 1 Dec 2024 to 20 Nov 2025 49.00 USD now +643.50, +1,313 %"
        in (found["1 Dec 2025 to 30 Nov 2026"])
    )
    assert found["1 Dec 2025 to 30 Nov 2026"].partition("Month ")[2] == (
        "Expenses Amount A year before Difference"
        " December 2025 1 20.00 USD none +20.00 USD"
        " June 2026 1 −500.00 USD none −500.00 USD"
        " October 2026 2 1,157.00 USD 9.00 USD +1,148.00 USD"
        " November 2026, so far 4 115.50 USD 81.00 USD"
        " Total 8 792.50 USD 90.00 USD"
    )
    assert found["By type"].endswith(
        "hotel 657.00 USD 83 % Lunch 115.50 USD 15 % Travel: Taxi & more 20.00 USD 3 %"
        " Sample Expense 0.00 USD 0 % Total 792.50 USD"
    )
    assert found["By tag"].startswith(
        "Tag Bar Amount Share #cash 662.00 USD 84 % #r&d 20.00 USD 3 % #clientx 12.00 USD 2 %"
    )
    assert found["By report"].endswith("Trip & <fair> 660.50 USD 83 % My Expenses 132.00 USD 17 % Total 792.50 USD")
    assert found["Biggest expenses"].startswith(
        "Date Type Notes Report Amount 20 Oct 2026 hotel Trip & <fair> 1,150.00 USD 28 Nov 2026 lunch My Expenses"
    )
    assert found["Unusual expenses"].endswith("None here.")


@pytest.mark.parametrize(
    "query",
    [
        "", "period=2026-10", "period=2025-10-02..2026-10-20", "tag=cash&period=all", "report={trip}&period=2026",
        "period=all",
    ],
)  # fmt: skip
def test_every_figure_is_the_sum_of_the_rows_behind_it(browser: Client, ledger: int, query: str) -> None:
    html = seen(browser, query.format(trip=ledger))

    pictured, listed, parts = (pattern.findall(html) for pattern in (LINKS, CELLS, PARTS))
    found = {(unescape(href), amount) for href, amount in pictured + listed + parts}

    assert len(pictured) > 0
    assert len(listed) > 1
    assert {*pictured} <= {*listed}  # the table behind the picture has every figure
    for href, amount in found:
        assert re.fullmatch(rf"\d+ expenses? {re.escape(amount)} USD", total(browser.get(href))), (href, amount)


@pytest.mark.parametrize(
    ("query", "left_out"), [("tag=cash", "By tag"), ("type=lunch", "By type"), ("report={trip}", "By report")]
)
def test_what_is_chosen_is_not_split_by_itself(browser: Client, ledger: int, query: str, left_out: str) -> None:
    whole = [*sections(seen(browser))]

    found = sections(seen(browser, query.format(trip=ledger)))

    assert [*found] == [heading for heading in whole if heading != left_out]


@pytest.mark.parametrize(
    ("query", "heading", "step"),
    [
        ("period=2026-11", "November 2026", "Day"),
        ("period=2025", "2025", "Month"),
        ("period=all", "3 Feb 2021 to 28 Nov 2026", "Year"),
        ("since=2026-10-21", "21 Oct to 28 Nov 2026", "Day"),
        ("until=2025-11-20", "3 Feb 2021 to 20 Nov 2025", "Year"),
        ("since=2026-11-02&until=2026-11-03&period=all", "", ""),
    ],
)
def test_the_period_says_in_which_steps(browser: Client, ledger: int, query: str, heading: str, step: str) -> None:
    found = sections(seen(browser, query))

    assert ("Nothing on these days" in found) == (not heading)
    assert not heading or f"Show the figures {step} Expenses" in found[heading]


def test_only_this_month_is_compared_once(browser: Client, ledger: int) -> None:
    assert seen(browser, "period=2026-11").count('class="figures"') == 1
    assert seen(browser, "period=2026-10").count('class="figures"') == 2
    # Nothing of a time to come can be compared up to today.
    assert "1 to 31 Dec" not in seen(browser, "period=2026-12")


def test_many_types_stand_behind_a_click(alice: Account, browser: Client) -> None:
    for place in range(11):
        spend(alice, f"type{place:02} {place + 1}")

    found = sections(seen(browser, "since=2026-11-20&until=2026-11-20"))["By type"]

    assert found.startswith("Type Bar Amount Share type10 11.00 USD 17 %")
    assert "type01 2.00 USD 3 % Show 2 more Type Bar Amount Share type00 1.00 USD 2 % Sample Expense 0.00" in found
    assert found.endswith("Total 66.00 USD")


def test_a_small_share_is_told_as_such_and_none_of_a_refund(alice: Account, browser: Client) -> None:
    spend(alice, "rent 1000")
    spend(alice, "stamp 1")
    spend(alice, "refund -1")

    assert sections(seen(browser))["By type"].endswith(
        "stamp 1.00 USD < 1 % Sample Expense 0.00 USD 0 % refund −1.00 USD Total 1,000.00 USD"
    )


def test_the_unusual_is_told_with_the_usual(alice: Account, browser: Client) -> None:
    for amount in range(10, 19):
        spend(alice, f"lunch {amount}")
    locked = report_create(user_id=alice.id, name="Fair", now=NOON).id
    party = spend(alice, "lunch 200 party")
    dinner = spend(alice, "lunch 150 farewell", report_id=locked)
    report_update(user_id=alice.id, report_id=locked, status=Status.SUBMITTED, now=NOON)

    html = seen(browser)

    assert sections(html)["Unusual expenses"].endswith(
        "20 Nov 2026 lunch party My Expenses 15.00 200.00 USD 20 Nov 2026 lunch farewell Fair 15.00 150.00 USD"
    )
    assert f'href="/expenses/{party.id}/"' in html
    assert f'href="/expenses/{dinner.id}/"' not in html  # it can't be changed


class TestNothing:
    def test_a_new_ledger_teaches(self, browser: Client) -> None:
        found = sections(seen(browser))

        assert [*found] == ["Nothing to draw yet"]
        assert "lunch 45 with jack #clientx type, amount, notes, tag" in found["Nothing to draw yet"]

    def test_an_empty_one_too(self, alice: Account, browser: Client) -> None:
        expense_delete(owner=alice, expense_id=Expense.objects.get(user_id=alice.id).pk, now=NOON)

        assert [*sections(seen(browser, "period=all"))] == ["Nothing to draw yet"]

    def test_a_period_without_expenses_says_when_there_were_some(self, alice: Account, browser: Client) -> None:
        spend(alice, "lunch 5 date 2019-02-03 #cash")

        html = seen(browser, "period=2018&tag=cash")

        assert sections(html)["Nothing on these days"] == "The newest expense like this is of 2019. Show 2019"
        assert 'href="/overview/?tag=cash&amp;period=2019"' in html
        assert "2019" in sections(seen(browser, "tag=cash&period=2019"))

    def test_days_that_run_backwards(self, browser: Client, ledger: int) -> None:
        assert "Nothing on these days" in sections(seen(browser, "since=2026-11-20&until=2026-11-01"))

    def test_nothing_like_it(self, browser: Client, ledger: int) -> None:
        assert [*sections(seen(browser, "tag=none&period=all"))] == ["Nothing fits"]

    def test_what_is_no_period_is_told(self, browser: Client, ledger: int) -> None:
        html = seen(browser, "period=soon&report=4711")

        assert "&#x27;soon&#x27;: a month like 2026-11 or a year like 2026 is wanted" in html
        assert "4711 is not one of the available choices." in html


def test_nobody_sees_what_is_not_theirs(bob: Account, ledger: int) -> None:
    html = seen(at_browser(bob), f"period=all&report={ledger}&tag=cash")

    assert "Trip" not in html
    assert "USD" not in html


def test_strangers_sign_in_first(client: Client, db: None) -> None:
    assert client.get("/overview/")["Location"].startswith("/accounts/login/?next=/overview/")


def test_how_much_is_asked(browser: Client, ledger: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for query in ("period=2026", "period=2026&type=hotel"):
        with django_assert_num_queries(13):
            seen(browser, query)


def test_the_day_before_the_calendar(alice: Account, browser: Client) -> None:
    spend(alice, "lunch 5", day=date(1, 1, 31))
    spend(alice, "lunch 6", day=date(9999, 12, 31))

    assert (
        "Year Expenses Amount 31 Jan to 31 Dec 0001 1 5.00 USD 2026, so far 1 0.00 USD 9999, so far 1 6.00 USD"
    ) in sections(seen(browser, "period=all"))["31 Jan 0001 to 31 Dec 9999"]
    assert "Month Expenses Amount January 0001 1 5.00 USD" in sections(seen(browser, "period=0001"))["1"]
