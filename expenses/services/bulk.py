"""Many new expenses at once, by hand: the ORM takes three times as long for each row as all the rest."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from accounts.names import name_key
from expenses.selectors import RATE_PLACES
from expenses.selectors.filters import stored

_COLUMNS: Final = (
    "user_id", "report_id", "status", "type", "type_key", "amount", "raw_amount", "unit", "rate", "notes", "notes_key",
    "sourceid", "date", "created", "modified",
)  # fmt: skip
_INSERT: Final = f"INSERT INTO expenses_expense ({', '.join(_COLUMNS)}) VALUES ({', '.join(['%s'] * len(_COLUMNS))})"


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
        cursor.executemany(_INSERT, [_columns(user_id, each) for each in expenses])
        cursor.execute("SELECT id FROM expenses_expense WHERE user_id = %s AND id > %s ORDER BY id", [user_id, last])
        ids = [expense_id for (expense_id,) in cursor.fetchall()]
        cursor.executemany(
            "INSERT INTO expenses_expensetag (user_id, expense_id, tag_id) VALUES (%s, %s, %s)",
            _links(user_id, zip(ids, expenses, strict=True)),
        )
        cursor.execute(
            "INSERT INTO expenses_imported (user_id, expense_id, source_id)"
            " SELECT user_id, id, %s FROM expenses_expense WHERE user_id = %s AND id > %s",
            [source_id, user_id, last],
        )
    return ids


def _columns(user_id: int, each: NewExpense) -> tuple[Any, ...]:
    return (
        user_id, each.report_id, each.status, each.type, name_key(each.type), _scaled(each.amount, 3),
        _scaled(each.raw_amount, 3), each.unit, None if each.rate is None else _scaled(each.rate, RATE_PLACES),
        each.notes, name_key(each.notes), each.sourceid, stored(each.date), each.created, each.modified,
    )  # fmt: skip


def _links(user_id: int, expenses: Iterable[tuple[int, NewExpense]]) -> list[tuple[int, int, int]]:
    return [(user_id, expense_id, tag_id) for expense_id, each in expenses for tag_id in each.tags]


def _scaled(number: Decimal, places: int) -> int:
    return int(number.scaleb(places))
