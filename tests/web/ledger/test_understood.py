import re

import pytest
from django.test import Client

from accounts.selectors import Account
from expenses.services import report_create
from tests.cast import NOON, spend
from tests.web.ledger.seen import htmx, text_of, total
from tests.web.people import at_browser


def asked(browser: Client, text: str) -> str:
    response = browser.get("/understood/", {"q": text}, headers=htmx())
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "lunch 45 with jack #clientx",
            "Understood as type lunch amount 45.00 USD date Fri 20 Nov 2026, 12:00, assumed notes with jack "
            "tags #clientx report My Expenses, assumed",
        ),
        (
            "mileage 100 to the airport date 2026-11-19",
            "Understood as type mileage entered 100 mi × 0.725 IRS rate from 1 Jan 2026 on, Notice 2026-10 "
            "amount 72.50 USD date Thu 19 Nov 2026, 12:00 notes to the airport report My Expenses, assumed",
        ),
        (
            "@fair hotel 20 EUR at 1.5",
            "Understood as type hotel entered 20.00 EUR × 1.50 amount 30.00 USD "
            "date Fri 20 Nov 2026, 12:00, assumed report Fair",
        ),
        ("time start", "Understood as type time entered 0 min × 0.00/h no hourly rate is set amount 0.00 USD "
                       "date Fri 20 Nov 2026, 12:00, assumed "
                       "report My Expenses, assumed"),
        ("lunch", "'lunch': there is no amount, a number between blanks or commas; write it like: "
                  "lunch 45 with jack #clientx"),
        ("", ""),
        ("  ", ""),
    ],
)  # fmt: skip
def test_it_works(alice: Account, browser: Client, text: str, said: str) -> None:
    report_create(user_id=alice.id, name="Fair", now=NOON)

    assert text_of(asked(browser, text)) == said
    assert total(browser.get("/")) == "1 expense 0.00 USD"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("yesterday lunch 12", "yesterday"),
        ("lunch 12 with jack, Yesterday.", "Yesterday"),
        ("lunch 12 2026-11-18", "2026-11-18"),
        ("lunch 12 for 11/18/2026", "11/18/2026"),
        ("lunch 12 date yesterday", ""),
        ("yesterday lunch 12 date 2026-11-18", ""),
        ("lunch 12 today 2026-11-32", ""),
    ],
)
def test_a_day_that_is_read_as_a_word_is_told(browser: Client, text: str, word: str) -> None:
    hints = re.findall(r'<span class="chip warn">(.*?)</span>', asked(browser, text))

    assert hints == ([f"“{word}” is a word here; for that day end with: date {word}"] if word else [])


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("l", ["lunch "]),
        ("LUN", ["lunch "]),
        ("lunch", []),
        ("lunch 45 #c", ["lunch 45 #clientx", "lunch 45 #Cash"]),
        ("lunch 45 #clientx", []),
        ("lunch 45 #clientx l", []),
        ("lunch 45 l", []),
        ("x", []),
        ("", []),
    ],
)
def test_it_offers_how_to_go_on(alice: Account, browser: Client, text: str, offered: list[str]) -> None:
    spend(alice, "lunch 45 #clientx")
    spend(alice, "lunch 45 #Cash #clientx")

    options = asked(browser, text).partition('<datalist id="completions">')[2].partition("</datalist>")[0]

    assert options == "".join(f'<option value="{each}">' for each in offered)


def test_others_words_are_not_offered(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45 #clientx")

    assert "lunch" not in asked(at_browser(bob), "lun").partition("<datalist")[2]
