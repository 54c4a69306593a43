import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from expenses.services import expense_delete, report_create, report_update
from reports.status import Status
from tests.cast import NOON, spend
from tests.web.ledger.seen import Row, days, htmx, notes, rows, text_of, total
from tests.web.people import at_browser
from web.ledger.page import ROWS

pytestmark = pytest.mark.every_case


def test_it_works(alice: Account, browser: Client) -> None:
    lunch = spend(alice, "lunch 45 with <jack> #clientx #cash")
    train = spend(alice, "train -38 EUR at 1.0861 Hamburg date 2026-11-19")

    response = browser.get("/")

    assert response.status_code == 200
    sample = rows(response)[1]
    assert sample.type == "Sample Expense"
    assert rows(response) == [
        Row(lunch.id, "lunch", "with <jack>", "#clientx #cash", "My Expenses", "", "45.00 USD"),
        sample,
        Row(train.id, "train", "Hamburg", "", "My Expenses", "−38.00 EUR × 1.0861 =", "−41.27 USD"),
    ]
    assert days(response) == ["Fri 20 Nov total 45.00 USD", "Thu 19 Nov total −41.27 USD"]
    assert total(response) == "3 expenses 3.73 USD"


def test_amounts_to_look_for_are_in_ones_own_currency(browser: Client) -> None:
    text = browser.get("/").content.decode()

    assert re.findall(r'<label for="id_(?:least|most)">(.*?)</label>', text) == ["At least (USD)", "At most (USD)"]


def test_a_stranger_sees_what_this_is(alice: Account) -> None:
    spend(alice, "lunch 45 unseen")

    response = Client().get("/")

    assert b"unseen" not in response.content
    assert b"An expense server is running here." in response.content


def test_nobody_sees_anothers(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45 unseen")

    assert [row.type for row in rows(at_browser(bob).get("/"))] == ["Sample Expense"]


def test_what_is_deleted_is_in_the_trash(alice: Account, browser: Client) -> None:
    gone = spend(alice, "lunch 45")
    expense_delete(owner=alice, expense_id=gone.id, now=NOON)

    assert [row.type for row in rows(browser.get("/"))] == ["Sample Expense"]
    assert [row.id for row in rows(browser.get("/trash/"))] == [gone.id]
    assert b'value="restore"' in browser.get("/trash/").content
    assert b'id="entry"' not in browser.get("/trash/").content


def test_what_is_handed_in_is_locked(alice: Account, browser: Client) -> None:
    report = report_create(user_id=alice.id, name="Fair", now=NOON)
    spend(alice, "lunch 45", report_id=report.id)
    report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    line = rows(browser.get("/"))[0]

    assert line.report == "Fair closed, locked"
    assert f'href="/expenses/{line.id}/"' not in browser.get("/").content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=jack", ["jack"]),
        ("q=JACK", ["jack"]),
        ("q=45", ["jack"]),
        ("q=clientx", ["jack"]),
        ("period=2026-11", ["jack", "ana"]),
        ("period=2025", ["long ago"]),
        ("period=2026-02", []),
        ("period=2026-11-19", ["ana"]),
        ("period=2025..2026-11-19", ["ana", "long ago"]),
        ("report=*", ["jack", "ana", "long ago"]),
        ("type=Dinner", ["ana"]),
        ("type=dinner", ["ana"]),
        ("tag=clientx", ["jack"]),
        ("receipt=yes", []),
        ("receipt=no&period=2025", ["long ago"]),
        ("since=2026-11-20", ["jack"]),
        ("until=2026-11-19&since=2026-11-01", ["ana"]),
        ("least=20&most=30", ["ana"]),
        ("most=1,000", ["jack", "ana", "long ago"]),
    ],
)
def test_the_address_says_what_is_shown(alice: Account, browser: Client, query: str, expected: list[str]) -> None:
    spend(alice, "lunch 45 jack #clientx")
    spend(alice, "dinner 20 ana date 2026-11-19")
    spend(alice, "hotel 100 long ago date 2025-01-05")

    response = browser.get(f"/?{query}")

    assert [each for each in notes(response) if "click on it" not in each] == expected


def test_the_total_follows_the_filter(alice: Account, browser: Client) -> None:
    spend(alice, "lunch 45 #clientx")
    spend(alice, "lunch 5 #clientx")
    spend(alice, "lunch 20")

    assert total(browser.get("/?tag=clientx")) == "2 expenses 50.00 USD"
    assert days(browser.get("/?tag=clientx")) == ["Fri 20 Nov total 50.00 USD"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        (
            "period=2026-13",
            "'2026-13': a month like 2026-11 or a year like 2026 is wanted, or two such with .. between",
        ),
        ("period=soon", "'soon': a month like 2026-11 or a year like 2026 is wanted, or two such with .. between"),
        ("since=soon", "Enter a valid date."),
        (
            "least=many",
            "'many': a number is wanted, with a unit if it has one, and nothing else; write it like: 12.50 or 20 EUR",
        ),
        ("report=4711", "Select a valid choice. 4711 is not one of the available choices."),
    ],
)
def test_what_can_t_be_looked_for_is_told_and_left_out(
    alice: Account, browser: Client, query: str, refusal: str
) -> None:
    spend(alice, "lunch 45 jack")

    response = browser.get(f"/?{query}&q=jack")

    assert response.status_code == 200
    assert f'<p class="bad">{refusal}</p>'.replace("'", "&#x27;") in response.content.decode()
    assert notes(response) == ["jack"]


def test_pages_lead_on_and_back(alice: Account, browser: Client) -> None:
    for number in range(ROWS + 2):
        spend(alice, f"lunch {number + 1} n{number}", now=NOON + timedelta(minutes=number))

    first = browser.get("/?type=lunch")
    on = text_between(first, 'rel="next" href="', '"')
    second = browser.get(on)
    back = browser.get(text_between(second, 'rel="prev" href="', '"'))

    assert notes(first) == [f"n{number}" for number in range(ROWS + 1, 1, -1)]
    assert notes(second) == ["n1", "n0"]
    assert b'rel="next"' not in second.content
    assert notes(back) == notes(first)
    assert days(second) == days(first)  # of the whole day, though the page has a part of it


def test_a_link_to_nowhere_shows_the_newest(alice: Account, browser: Client) -> None:
    spend(alice, "lunch 45 jack")

    assert notes(browser.get("/?after=nowhere"))[0] == "jack"


def test_an_empty_ledger_shows_how_to_begin(alice: Account, browser: Client) -> None:
    sample = rows(browser.get("/"))[0]
    expense_delete(owner=alice, expense_id=sample.id, now=NOON)

    text = browser.get("/").content.decode()

    assert "Nothing written yet" in text
    assert '<a href="/?line=lunch%2045%20with%20jack%20%23clientx">lunch 45 with jack #clientx</a>' in text
    assert 'value="lunch 45 with jack #clientx"' in browser.get("/?line=lunch 45 with jack %23clientx").content.decode()
    assert "Nothing fits" in browser.get("/?q=nothing").content.decode()
    assert "Nothing in the trash" not in browser.get("/trash/").content.decode()


def test_an_empty_trash(browser: Client) -> None:
    assert "Nothing in the trash" in browser.get("/trash/").content.decode()


def test_the_timer_runs_in_the_bar(alice: Account, browser: Client) -> None:
    spend(alice, "time start contract", now=NOON - timedelta(minutes=67))

    timer = text_between(browser.get("/"), 'id="timer"', "</form>")

    assert 'value="time stop"' in timer
    assert text_of(timer.partition(">")[2]) == "1:07 contract"
    assert 'value="time start"' in text_between(at_browser_of_nobody(alice, browser), 'id="timer"', "</form>")


def at_browser_of_nobody(alice: Account, browser: Client) -> Any:
    """Return the page once the timer was stopped."""
    spend(alice, "time stop")
    return browser.get("/")


def test_each_page_takes_as_many_questions(alice: Account, browser: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(20):
        spend(alice, f"lunch {number} #tag{number}")
    with django_assert_max_num_queries(13):
        browser.get("/")


def test_its_policy_holds_it_to_our_own(browser: Client) -> None:
    response = browser.get("/")

    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "no-store"
    assert b" style=" not in response.content
    assert b"<script>" not in response.content


@pytest.mark.parametrize("path", ["/", "/trash/"])
def test_it_is_only_read(browser: Client, path: str) -> None:
    assert browser.post(path).status_code == 405


def text_between(response: Any, start: str, end: str) -> str:
    text: str = response.content.decode()
    return text.partition(start)[2].partition(end)[0].replace("&amp;", "&")


def test_a_filter_answers_with_the_list_and_leaves_what_is_typed(alice: Account, browser: Client) -> None:
    spend(alice, "lunch 45 jack #clientx")
    spend(alice, "dinner 20 ana")

    response = browser.get("/?tag=clientx", headers=htmx("/"))

    assert notes(response) == ["jack"]
    assert b'id="entry"' not in response.content
    assert response.content.lstrip().startswith(b'<section class="list" id="list"')
