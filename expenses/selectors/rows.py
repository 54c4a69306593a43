"""Expenses as their owner sees them, by hand-written SQL: one statement, hence one snapshot.

Its columns are what the wires print, so that no converter runs for each row (the ORM's ways were measured at 1.0 to
20 times the time).
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection

from accounts.sentences import sentence
from expenses.exports.row import ExpenseRow, TagRow
from expenses.selectors.filters import TAG_JOIN, ExpenseFilter, conditions
from expenses.selectors.rates import RATE_PLACES
from expenses.selectors.standby import reading

_CHUNK = 2000


class ExpenseNotFound(Exception):
    """The person has no such expense. The message may be shown."""

    def __init__(self, expense_id: int) -> None:
        super().__init__(sentence("expense %(expense_id)s: no expense of yours has this id", expense_id=expense_id))


class _Sql(NamedTuple):
    """What SQLite and PostgreSQL spell differently. Instants are microseconds since 1970."""

    wall_clock: str
    instant: str
    tags: str


_SQL: Mapping[str, _Sql] = {
    "sqlite": _Sql(
        wall_clock="substr({0}, 1, 19)",
        instant="strftime('%%Y-%%m-%%d %%H:%%M:%%S', {0} / 1000000 + {1}, 'unixepoch')",
        tags=(f"(SELECT json_group_array(json_array(id, name)) FROM (SELECT t.id, t.name {TAG_JOIN} ORDER BY l.id))"),
    ),
    "postgresql": _Sql(
        wall_clock="left({0}::text, 19)",
        instant="to_char(to_timestamp({0} / 1000000 + {1}), 'YYYY-MM-DD HH24:MI:SS')",
        tags=f"(SELECT json_agg(json_build_array(t.id, t.name) ORDER BY l.id)::text {TAG_JOIN})",
    ),
}
_JOINS = """
JOIN reports_report r ON r.id = e.report_id
LEFT JOIN expenses_expensetype k ON k.user_id = e.user_id AND k.name_key = e.type_key
LEFT JOIN expenses_category c ON c.id = k.category_id
LEFT JOIN expenses_receipt p ON p.user_id = e.user_id AND p.expense_id = e.id AND p.position = 0
"""


def select_rows(*more: str, source: str = "expenses_expense") -> str:
    """Return the SELECT of ``ExpenseRow``'s columns, and ``more``, of expenses ``e`` and their reports ``r``.

    ``source`` is the expenses' table, or a question in parentheses that finds some of its rows.
    """
    return f"{_select_of(connection.vendor, settings.SERVER_OFFSET_SECONDS, more)} FROM {source} e {_JOINS}"


@cache
def _select_of(vendor: str, offset: int, more: tuple[str, ...]) -> str:
    """Return the columns of ``ExpenseRow``, in its order; ``offset`` is the server's zone in seconds."""
    sql = _SQL[vendor]
    columns = (
        "e.id", "e.status", "e.user_id", "e.report_id", "r.name", "e.type", "k.category_id", "COALESCE(c.name, '')",
        "e.amount", "e.raw_amount", "e.unit", "e.rate", "e.notes", "e.sourceid", sql.wall_clock.format("e.date"),
        sql.instant.format("e.created", offset), sql.instant.format("e.modified", offset),
        "p.id", "COALESCE(p.image, '')", sql.tags, *more,
    )  # fmt: skip
    return f"SELECT {', '.join(columns)}"


def row_made(row: Sequence[Any]) -> ExpenseRow:
    """Return the expense of which the columns of ``select_rows`` were read."""
    rate = "" if row[11] is None else _rate_text(row[11])
    return ExpenseRow._make((*row[:11], rate, *row[12:19], _tags(row[19])))


def _rate_text(scaled: int) -> str:
    whole, rest = divmod(scaled, 10**RATE_PLACES)
    return f"{whole}.{rest:0{RATE_PLACES}d}".rstrip("0").rstrip(".")


# Most expenses share their tags with others: looking the set up takes a quarter of the time of reading it.
@lru_cache(maxsize=1024)
def _tags(aggregate: str | None) -> tuple[TagRow, ...]:
    if aggregate is None or aggregate == "[]":
        return ()
    return tuple([TagRow(*pair) for pair in orjson.loads(aggregate)])


def expense_rows(*, user_id: int, matching: ExpenseFilter, newest_first: bool = False) -> Iterator[ExpenseRow]:
    """Yield a person's expenses by date and id; newest date first, but equal dates by id still, if asked.

    The rows are those of one statement, fetched as they are taken: however many there are, few are in memory, and
    none is missed or doubled because somebody writes meanwhile.
    """
    where, values = conditions(user_id, matching)
    # SQLite would walk the index on date to save sorting, and so the whole history; the plus takes that away.
    is_picky = matching.modified is not None or matching.tags
    by_date = "+e.date" if connection.vendor == "sqlite" and is_picky else "e.date"
    order = f"{by_date} DESC, e.id" if newest_first else f"{by_date}, e.id"
    yield from rows_fetched(f"{select_rows()} WHERE {where} ORDER BY {order}", values, user_id=user_id)


def rows_fetched(statement: str, values: Sequence[Any], *, user_id: int) -> Iterator[ExpenseRow]:
    """Yield a person's expenses of a statement that ``select_rows`` begins, fetched as they are taken."""
    with reading(user_id=user_id).chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(_CHUNK):
            yield from map(row_made, chunk)


def expense_row(*, user_id: int, expense_id: int, with_deleted: bool = False) -> ExpenseRow:
    """Return one expense. Raises ExpenseNotFound, also where it is somebody else's or deleted."""
    live = "" if with_deleted else " AND e.status = 1"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{select_rows()} WHERE e.id = %s AND e.user_id = %s{live}",
            [expense_id, user_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise ExpenseNotFound(expense_id)
    return row_made(row)
