"""The owner's clock: what orders the changes of a ledger, and what a change of many rows counts by."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from accounts.fields import EPOCH, microseconds
from accounts.selectors import Account, base_currency
from expenses.models import Clock

_TAKE = """
UPDATE expenses_clock SET last = CASE WHEN last >= %s THEN last + %s ELSE %s + %s END
WHERE user_id = %s RETURNING last
"""


class AccountClosed(Exception):
    """The account was closed since somebody was let in to it."""


def clock_take(*, user_id: int, now: datetime, count: int = 1) -> int:
    """Take ``count`` instants for changes of the owner's ledger and return the first, in microseconds since 1970.

    They are later than all that were taken before, also when the machine's clock was put back. The row stays
    locked until the transaction ends, so that no later instant is ever committed first: a client that has seen an
    instant has seen all before it. Raises AccountClosed.
    """
    instant = microseconds(now)
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [instant, count, instant, count - 1, user_id])
        row = cursor.fetchone()
    if row is None:
        raise AccountClosed
    return int(row[0]) - count + 1


def clock_hold(*, user_id: int) -> int:
    """Return the last instant that was taken, in microseconds since 1970; nobody takes one until the transaction ends.

    Raises AccountClosed.
    """
    return _last(Clock.objects.select_for_update(), user_id)


def clock_read(*, user_id: int) -> int:
    """Return the last instant that was taken, as ``clock_hold`` does, and keep nobody waiting. Raises AccountClosed."""
    return _last(Clock.objects.all(), user_id)


def _last(clocks: QuerySet[Clock], user_id: int) -> int:
    for last in clocks.filter(pk=user_id).values_list("last", flat=True):
        return microseconds(last)
    raise AccountClosed


def ledger_take(*, owner: Account, now: datetime) -> tuple[Account, int]:
    """Take an instant, as ``clock_take`` does, for a change that says what something is worth, and return both.

    The owner is returned as he is now: another request may have changed his base currency since this one asked who he
    is, and nobody does until the transaction ends.
    """
    taken = clock_take(user_id=owner.id, now=now)
    return owner._replace(currency=base_currency(user_id=owner.id)), taken


def instant(taken: int) -> datetime:
    """Return the moment that ``clock_take`` gave as a number."""
    return EPOCH + timedelta(microseconds=taken)


def touch(*, user_id: int, now: datetime, where: str, values: list[int | str]) -> None:
    """Move ``modified`` of the owner's expenses ``e`` for which the SQL condition holds, each to an instant of its own.

    Their order among themselves is kept. Call it before the change if the change decides which rows are meant. The
    condition alone chooses the index; one that has none should name the owner itself.
    """
    # SQLite would walk all that the owner has for the sake of the order; the plus takes his indexes away.
    meant = f"FROM expenses_expense e WHERE +e.user_id = %s AND {where}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {meant}", [user_id, *values])
        (count,) = cursor.fetchone()
        if not count:
            return
        first = clock_take(user_id=user_id, now=now, count=count)
        cursor.execute(
            "UPDATE expenses_expense SET modified = %s + n.place FROM"
            f" (SELECT e.id, row_number() OVER (ORDER BY e.modified, e.id) - 1 AS place {meant}) AS n"
            " WHERE expenses_expense.id = n.id",
            [first, user_id, *values],
        )
