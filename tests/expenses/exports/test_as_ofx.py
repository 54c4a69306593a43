"""The OFX that leaves the ledger, as another program reads it."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ofxtools.Parser import OFXTree

from expenses.exports.as_ofx import as_ofx
from expenses.exports.row import ExpenseRow
from tests.expenses.exports import LUNCH, rows, tags

pytestmark = pytest.mark.once


def written(*expenses: ExpenseRow, currency: str = "USD") -> bytes:
    return b"".join(as_ofx(expenses, currency=currency))


def read(file: bytes) -> Any:
    """The one statement of a file; ofxtools refuses what the specification does not allow."""
    tree = OFXTree()
    tree.parse(BytesIO(file))
    (statement,) = tree.convert().statements
    return statement


def test_it_works() -> None:
    refund = LUNCH._replace(
        id=677, type="Taxi & <bus>", amount=-7_500, notes="", tags=tags("client x"), date="2010-05-22 01:00:00"
    )

    statement = read(written(LUNCH, refund, currency="EUR"))

    assert (statement.curdef, statement.acctid) == ("EUR", "expenses")
    assert (statement.ledgerbal.balamt, statement.ledgerbal.dtasof) == (Decimal("-37.50"), noon(22))
    assert (statement.banktranlist.dtstart, statement.banktranlist.dtend) == (noon(21), noon(22))
    assert [(t.trntype, t.dtposted, t.trnamt, t.fitid, t.name, t.memo) for t in statement.transactions] == [
        ("DEBIT", noon(21), Decimal("-45.00"), "676", "Lunch", "with jack"),
        ("CREDIT", noon(22), Decimal("7.50"), "677", "Taxi & <bus>", '#"client x"'),
    ]


def noon(day: int) -> datetime:
    return datetime(2010, 5, day, 12, tzinfo=UTC)


def test_without_rows_and_without_words() -> None:
    assert list(read(written(LUNCH._replace(status=-1))).transactions) == []
    assert read(written(LUNCH._replace(notes=""))).transactions[0].memo is None


def test_what_is_too_long_is_cut() -> None:
    (one,) = read(written(LUNCH._replace(type="x" * 200, notes="y" * 300 + "\n"))).transactions

    assert (one.name, one.memo) == ("x" * 32, "y" * 255)


# A type is never blank; any of its signs may be XML's.
_named = st.builds(
    lambda row, kind: row._replace(type=kind), rows, st.from_regex(r"[A-Za-z&<>\]é🍜]{1,40}", fullmatch=True)
)


@settings(max_examples=30)  # ofxtools takes its time
@given(st.lists(_named, max_size=3))
def test_whatever_is_written_is_read(expenses: list[ExpenseRow]) -> None:
    ordered = sorted(expenses, key=lambda row: row.date)

    statement = read(written(*ordered))

    live = [row for row in ordered if row.status == 1]
    assert [(t.fitid, t.trnamt) for t in statement.transactions] == [
        (str(row.id), -Decimal(row.amount).scaleb(-3)) for row in live
    ]
