"""Rows of the ledger, in the words and figures of a page."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from accounts.selectors import Account
from expenses.exports.row import TagRow
from expenses.selectors import LedgerRow, Total
from reports.status import CLOSED
from web.figures import counted, money, worked


class Line(NamedTuple):
    """One expense. ``entered`` is the amount as one would type it, ``worked`` how it came to be."""

    id: int
    version: int
    moment: datetime
    type: str
    notes: str
    tags: tuple[TagRow, ...]
    report_id: int
    report: str
    is_locked: bool
    receipts: int
    entered: str
    worked: str
    amount: str
    thousandths: int


class Day(NamedTuple):
    """A day's expenses that are on the page, and the total of all that it has."""

    day: date
    total: str
    lines: list[Line]


def line_of(row: LedgerRow, owner: Account) -> Line:
    """Return a row of the ledger as a page shows it."""
    expense, amount = row.expense, money(row.expense.amount, owner.currency)
    return Line(
        id=expense.id,
        version=row.version,
        moment=datetime.fromisoformat(expense.date),
        type=expense.type,
        notes=expense.notes,
        tags=expense.tags,
        report_id=expense.report_id,
        report=expense.report,
        is_locked=row.report_status in CLOSED,
        receipts=row.receipts,
        entered=counted(expense.raw_amount, expense.unit or owner.currency).removesuffix(f" {owner.currency}"),
        worked=worked(expense),
        amount=amount,
        thousandths=expense.amount,
    )


def days_of(rows: Sequence[LedgerRow], totals: Mapping[str, Total], owner: Account) -> Iterator[Day]:
    """Yield the days of a page, in its order."""
    for day, lines in groupby((line_of(row, owner) for row in rows), key=lambda line: line.moment.date()):
        yield Day(day, money(totals[day.isoformat()].amount, owner.currency), list(lines))
