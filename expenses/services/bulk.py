"""Many new expenses at once, by hand: the ORM takes three times as long for each row as all the rest.

PostgreSQL takes them by COPY, its own way for many rows: an import takes half as long as by one INSERT after the other.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from accounts.names import name_key
from expenses.selectors import RATE_PLACES
from expenses.selectors.filters import stored

_COLUMNS: Final = (
    "user_id", "report_id", "status", "type", "type_key", "amount", "raw_amount", "unit", "rate", "notes", "notes_key",
    "sourceid", "date", "created", "modified",
)  # fmt: skip
_TAG_COLUMNS: Final = ("user_id", "expense_id", "tag_id")


class NewExpense(NamedTuple):
    """An expense about to be stored; ``tags`` are ids in order, the two instants microseconds since 1970."""

    report_id: int
    status: int
    type: str
    amount: Decimal
    raw_amount: Decimal
    unit: str
    rate: Decimal | None
    notes: str
    sourceid: str
    date: datetime
    created: int
    modified: int
    tags: Sequence[int]


def expenses_put(*, user_id: int, expenses: Sequence[NewExpense], source_id: int) -> list[int]:
    """Store expenses that came by an import, and return their ids, which grow in the same order.

    The caller holds the owner's clock: no other expense of his comes meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM expenses_expense WHERE user_id = %s", [user_id])
        (last,) = cursor.fetchone()
        _put(cursor, "expenses_expense", _COLUMNS, (_values(user_id, each) for each in expenses))
        cursor.execute("SELECT id FROM expenses_expense WHERE user_id = %s AND id > %s ORDER BY id", [user_id, last])
        ids = [expense_id for (expense_id,) in cursor.fetchall()]
        tagged = zip(ids, expenses, strict=True)
        links = ((user_id, expense_id, tag_id) for expense_id, each in tagged for tag_id in each.tags)
        _put(cursor, "expenses_expensetag", _TAG_COLUMNS, links)
        cursor.execute(
            "INSERT INTO expenses_imported (user_id, expense_id, source_id)"
            " SELECT user_id, id, %s FROM expenses_expense WHERE user_id = %s AND id > %s",
            [source_id, user_id, last],
        )
    return ids


def _put(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Store rows in their order."""
    names = ", ".join(columns)
    if connection.vendor == "postgresql":
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))


def _values(user_id: int, each: NewExpense) -> tuple[Any, ...]:
    return (
        user_id, each.report_id, each.status, each.type, name_key(each.type), _scaled(each.amount, 3),
        _scaled(each.raw_amount, 3), each.unit, None if each.rate is None else _scaled(each.rate, RATE_PLACES),
        each.notes, name_key(each.notes), each.sourceid, stored(each.date), each.created, each.modified,
    )  # fmt: skip


def _scaled(number: Decimal, places: int) -> int:
    return int(number.scaleb(places))
