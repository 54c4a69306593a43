import unicodedata
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from quiffen import Qif, Transaction

from expenses.exports.as_csv import tag_words
from expenses.exports.as_qif import as_qif
from expenses.exports.row import ExpenseRow
from tests.expenses.exports import LUNCH, rows, tags

pytestmark = pytest.mark.once


def written(*expenses: ExpenseRow) -> str:
    return b"".join(as_qif(expenses, currency="USD")).decode()


def read(text: str) -> list[Transaction]:
    accounts = Qif.parse_string(text).accounts.values()
    return [transaction for account in accounts for transaction in account.transactions["Cash"]]


def one_line(text: str) -> str:
    return "".join(" " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character for character in text)


def test_it_works() -> None:
    refund = LUNCH._replace(id=677, type="Taxi", category="", amount=-7_500, notes="", tags=tags("client x"))
    mileage = LUNCH._replace(
        id=678,
        type="Mileage",
        category="Travel: by car/van",
        notes="to\r\nBerlin é",
        tags=tags("a", "b"),
        date="2009-12-31 23:59:59",
    )

    assert written(LUNCH, refund, mileage, LUNCH._replace(notes="", tags=())) == (
        "!Type:Cash\n"
        "D05/21/2010\nT-45.00\nN676\nPLunch\nMwith jack\nLMeals\n^\n"
        'D05/21/2010\nT7.50\nN677\nPTaxi\nM#"client x"\nLTaxi\n^\n'
        "D12/31/2009\nT-45.00\nN678\nPMileage\nMto  Berlin é #a #b\nLTravel- by car-van\n^\n"
        "D05/21/2010\nT-45.00\nN676\nPLunch\nLMeals\n^\n"
    )


def test_without_rows_there_is_the_header() -> None:
    assert list(as_qif([], currency="USD")) == [b"!Type:Cash\n"]


def test_deleted_expenses_are_left_out() -> None:
    assert written(LUNCH._replace(status=-1)) == "!Type:Cash\n"


@pytest.mark.parametrize(
    ("thousandths", "shown"),
    [(0, "0.00"), (10, "-0.01"), (-10, "0.01"), (1_234, "-1.2340"), (-1, "0.0010"), (10**18 - 1, f"-{'9' * 15}.9990")],
)
def test_no_amount_has_three_decimals(thousandths: int, shown: str) -> None:
    assert f"\nT{shown}\n" in written(LUNCH._replace(amount=thousandths))


@pytest.mark.parametrize(
    ("category", "shown"), [("a:b:c", "a-b-c"), ("n/a", "n-a"), ("x|y", "x-y"), ("[Cash]", "(Cash)"), ("a\nb", "a b")]
)
def test_a_category_is_one_category(category: str, shown: str) -> None:
    assert f"\nL{shown}\n" in written(LUNCH._replace(category=category))
    assert f"\nL{shown}\n" in written(LUNCH._replace(category="", type=category))


@given(st.lists(rows, max_size=5))
def test_a_reader_finds_everything_in_place(exported: list[ExpenseRow]) -> None:
    live = [row for row in exported if row.status == 1]

    transactions = read(written(*exported))

    assert len(transactions) == len(live)
    for transaction, row in zip(transactions, live, strict=True):
        assert transaction.date == datetime.fromisoformat(row.date[:10])
        assert transaction.amount == Decimal(-row.amount).scaleb(-3)
        assert transaction.check_number == row.id
        assert transaction.payee == one_line(row.type)
        assert (transaction.memo or "").startswith(one_line(row.notes))
        assert (transaction.memo or "").endswith(one_line(tag_words(row.tags)))
        assert transaction.category.hierarchy == one_line(row.category or row.type).translate(
            str.maketrans(":/|[]", "---()")
        )
        assert transaction.to_account is None


def test_rows_are_read_as_the_chunks_are_taken() -> None:
    taken: list[int] = []

    def expenses() -> Iterator[ExpenseRow]:
        for number in range(2500):
            taken.append(number)
            yield LUNCH._replace(id=number)

    chunks = as_qif(expenses(), currency="USD")

    assert [(next(chunks).count(b"^\n"), len(taken)) for _ in range(4)] == [
        (0, 0),
        (1000, 1000),
        (1000, 2000),
        (500, 2500),
    ]
    assert list(chunks) == []


def test_a_page_of_deleted_expenses_does_not_end_the_file() -> None:
    deleted = [LUNCH._replace(status=-1)] * 1500

    assert written(*deleted, LUNCH).count("^\n") == 1


@pytest.mark.parametrize("character", ["\r", "\t", "\v", "\x1e", "\x7f", "\x85", "\u2028", "\u2029"])
def test_nothing_breaks_a_line(character: str) -> None:
    torn = f"one{character}^two"

    text = written(LUNCH._replace(type=torn, notes=torn, category=torn))

    assert text.endswith("\nPone ^two\nMone ^two\nLone ^two\n^\n")
