"""The ledger as a person pages through it: newest first, by key, so that no page costs more than the first."""

import re
from collections.abc import Generator, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from expenses.exports.row import Costly, ExpenseRow
from expenses.selectors.filters import Condition, joined, stored
from expenses.selectors.rows import ExpenseNotFound, row_made, rows_fetched, select_rows
from expenses.selectors.searching import LedgerFilter, day_conditions, ledger_conditions
from expenses.selectors.standby import reading

_TOKEN: Final = re.compile("([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})_([0-9]{1,18})")
_COLUMNS: Final = ("r.status", "(SELECT count(*) FROM expenses_receipt q WHERE q.expense_id = e.id)", "e.modified")
_UNREAD: Final[frozenset[Costly]] = frozenset(
    {"category_id", "category", "created", "modified", "receipt_id", "receipt_image"}
)
_ORDER: Final = {"<": "e.date DESC, e.id DESC", ">": "e.date, e.id"}
_FROM: Final = "FROM expenses_expense e WHERE"
_DAY: Final = {"sqlite": "substr(e.date, 1, 10)", "postgresql": "left(e.date::text, 10)"}
# In two parts: ten amounts may come to more than SQLite's largest number, and that is an error there.
_STEP: Final = 1_000_000
TOTAL: Final = f"count(e.id), COALESCE(SUM(e.amount / {_STEP}), 0), COALESCE(SUM(e.amount %% {_STEP}), 0)"
"""The SQL that adds expenses ``e`` up, in the columns that ``total_made`` takes."""


class BadPosition(ValueError):
    """The text names no place in a ledger. The message may be shown."""

    def __init__(self, token: str) -> None:
        super().__init__(
            f"position {token[:40]!r}: one like 2026-11-20T12:00:00_17, as links to pages hold it, is wanted"
        )


class Position(NamedTuple):
    """A place in the order of the ledger; it stays one when the expense that stood there is gone."""

    date: datetime
    id: int

    @property
    def token(self) -> str:
        """Return the text that stands for it in a link, and that ``position_read`` reads."""
        return f"{self.date.isoformat()}_{self.id}"


def position_read(token: str) -> Position:
    """Return the place that a token names. Raises BadPosition."""
    match = _TOKEN.fullmatch(token)
    try:
        if match is not None:
            return Position(datetime.fromisoformat(match[1]), int(match[2]))
    except ValueError:
        pass  # no calendar has the day
    raise BadPosition(token)


class LedgerRow(NamedTuple):
    """An expense as a page shows it: without category, receipt, ``created`` and ``modified``, which are left unread.

    ``report_status`` is a letter of ``reports.status.Status``; ``receipts`` is how many there are. ``version`` is the
    exact ``modified``, in microseconds since 1970: a change may name the one that it is of.
    """

    expense: ExpenseRow
    report_status: str
    receipts: int
    version: int

    @property
    def position(self) -> Position:
        return Position(datetime.fromisoformat(self.expense.date), self.expense.id)


class Page(NamedTuple):
    """Rows, newest first, and where to go on: ``after`` the last of them, ``before`` the first.

    Each is None where no more are there. Both are on an empty page, from which one starts anew.
    """

    rows: list[LedgerRow]
    after: Position | None = None
    before: Position | None = None


class Total(NamedTuple):
    """How many expenses, and the sum of their amounts in thousandths of the owner's base currency."""

    expenses: int
    amount: int


def ledger_page(
    *,
    user_id: int,
    matching: LedgerFilter,
    after: Position | None = None,
    before: Position | None = None,
    limit: int = 100,
) -> Page:
    """Return the ``limit`` newest rows after a place in the ledger (older ones), or those right before it (newer ones).

    Give one of the two, or none for the first page. The rows are those of one statement.
    """
    ahead, behind = ("<", ">") if before is None else (">", "<")
    source = reading(user_id=user_id)
    rows = _rows(source, user_id, matching, ahead, after or before, limit=limit + 1)
    if not rows:
        return Page([])
    has_more, rows = len(rows) > limit, rows[:limit]
    onward = rows[-1].position if has_more else None
    start = rows[0].position
    back = start if (after or before) and _is_any(source, user_id, matching, behind, start) else None
    return Page(rows, onward, back) if before is None else Page(rows[::-1], back, onward)


def ledger_matching(
    *, user_id: int, matching: LedgerFilter, unread: frozenset[Costly] = frozenset()
) -> Generator[ExpenseRow]:
    """Yield all that is meant, by date and id: the rows of one statement, fetched as they are taken."""
    where, values = ledger_conditions(user_id, matching)
    yield from rows_fetched(
        f"{select_rows(unread=unread)} WHERE {where} ORDER BY e.date, e.id", values, user_id=user_id
    )


def ledger_row(*, user_id: int, expense_id: int) -> LedgerRow:
    """Return one expense, deleted or not. Raises ExpenseNotFound, also where it is somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_select()} WHERE e.id = %s AND e.user_id = %s", [expense_id, user_id])
        row = cursor.fetchone()
    if row is None:
        raise ExpenseNotFound(expense_id)
    return _ledger_row(row)


def ledger_rows(*, user_id: int, ids: Sequence[int]) -> list[LedgerRow]:
    """Return those of a person's expenses that have one of a few ids, in no order; deleted ones, too."""
    if not ids:
        return []
    marks = ", ".join(["%s"] * len(ids))
    with connection.cursor() as cursor:
        # SQLite would walk all that the person has for two of them; the plus takes his indexes away.
        cursor.execute(f"{_select()} WHERE +e.user_id = %s AND e.id IN ({marks})", [user_id, *ids])
        return [_ledger_row(row) for row in cursor.fetchall()]


def ledger_largest(*, user_id: int, matching: LedgerFilter, limit: int) -> list[LedgerRow]:
    """Return the expenses of the largest amounts, the newer first where they are equal."""
    where, values = ledger_conditions(user_id, matching)
    order = "e.amount DESC, e.date DESC, e.id DESC"
    # Their ids alone: whole rows would be sorted whole.
    largest = f"SELECT e.id {_FROM} {where} ORDER BY {order} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"{_select()} WHERE e.id IN ({largest}) ORDER BY {order}", [*values, limit])
        return [_ledger_row(row) for row in cursor.fetchall()]


def ledger_total(*, user_id: int, matching: LedgerFilter) -> Total:
    """Return how many expenses are meant, and their sum."""
    where, values = ledger_conditions(user_id, matching)
    with reading(user_id=user_id).cursor() as cursor:
        cursor.execute(f"SELECT {TOTAL} {_FROM} {where}", values)
        return total_made(*cursor.fetchone())


def ledger_totals_by_day(*, user_id: int, matching: LedgerFilter, first: date, last: date) -> dict[str, Total]:
    """Return the totals of whole days, from ``first`` to ``last``, by the day as ``2026-11-20``."""
    where, values = joined([ledger_conditions(user_id, matching), *day_conditions(first, last)], " AND ")
    with reading(user_id=user_id).cursor() as cursor:
        cursor.execute(f"SELECT {_DAY[connection.vendor]}, {TOTAL} {_FROM} {where} GROUP BY 1", values)
        return {day: total_made(*total) for day, *total in cursor.fetchall()}


def _rows(
    source: BaseDatabaseWrapper, user_id: int, matching: LedgerFilter, sign: str, at: Position | None, *, limit: int
) -> list[LedgerRow]:
    """Return rows on one side of a place, the nearest first.

    The inner question walks an index; only the rows that it finds are joined and have their tags put together.
    """
    where, values = _beyond(user_id, matching, sign, at)
    nearest = f"(SELECT e.* {_FROM} {where} ORDER BY {_ORDER[sign]} LIMIT %s)"
    with source.cursor() as cursor:
        cursor.execute(
            f"{_select(nearest)} ORDER BY {_ORDER[sign]}",
            [*values, limit],
        )
        return [_ledger_row(row) for row in cursor.fetchall()]


def _is_any(source: BaseDatabaseWrapper, user_id: int, matching: LedgerFilter, sign: str, at: Position) -> bool:
    """Tell whether any row stands on one side of a place.

    The nearest is asked for: PostgreSQL would look for any by reading the table from its beginning.
    """
    where, values = _beyond(user_id, matching, sign, at)
    with source.cursor() as cursor:
        cursor.execute(f"SELECT e.id {_FROM} {where} ORDER BY {_ORDER[sign]} LIMIT 1", values)
        return cursor.fetchone() is not None


def _beyond(user_id: int, matching: LedgerFilter, sign: str, at: Position | None) -> Condition:
    where, values = ledger_conditions(user_id, matching)
    if at is None:
        return where, values
    return f"{where} AND (e.date, e.id) {sign} (%s, %s)", [*values, stored(at.date), at.id]


def total_made(expenses: int, steps: int, rest: int) -> Total:
    """Return the total of which the columns of TOTAL were read."""
    return Total(expenses, int(steps) * _STEP + int(rest))  # PostgreSQL's sums are Decimals


def _select(source: str = "expenses_expense") -> str:
    return select_rows(*_COLUMNS, source=source, unread=_UNREAD)


def _ledger_row(row: tuple[Any, ...]) -> LedgerRow:
    return LedgerRow(row_made(row), *row[-3:])
