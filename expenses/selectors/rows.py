"""Expenses as their owner sees them, by hand-written SQL: one statement, hence one snapshot.

Its columns are what the wires print, so that no converter runs for each row (the ORM's ways were measured at 1.0 to
20 times the time).
"""

from collections.abc import Generator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.db import connection

from accounts.sentences import sentence
from expenses.exports.row import Costly, ExpenseRow, TagRow
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
_REPORT: Final = "JOIN reports_report r ON r.id = e.report_id"
_TYPE: Final = "LEFT JOIN expenses_expensetype k ON k.user_id = e.user_id AND k.name_key = e.type_key"
_CATEGORY: Final = "LEFT JOIN expenses_category c ON c.id = k.category_id"
_RECEIPT: Final = "LEFT JOIN expenses_receipt p ON p.user_id = e.user_id AND p.expense_id = e.id AND p.position = 0"


class _Column(NamedTuple):
    """SQL: how a column is read, what stands for it where it is left unread, and what it takes to join."""

    read: str
    unread: str = ""
    joins: tuple[str, ...] = ()


def _columns(vendor: str, offset: int) -> Mapping[str, _Column]:
    """Return the columns of ``ExpenseRow``, in its order; ``offset`` is the server's zone in seconds."""
    sql = _SQL[vendor]
    return {
        "id": _Column("e.id"),
        "status": _Column("e.status"),
        "user_id": _Column("e.user_id"),
        "report_id": _Column("e.report_id"),
        "report": _Column("r.name", "''", (_REPORT,)),
        "type": _Column("e.type"),
        "category_id": _Column("k.category_id", "NULL", (_TYPE,)),
        "category": _Column("COALESCE(c.name, '')", "''", (_TYPE, _CATEGORY)),
        "amount": _Column("e.amount"),
        "raw_amount": _Column("e.raw_amount"),
        "unit": _Column("e.unit"),
        "rate": _Column("e.rate"),
        "notes": _Column("e.notes"),
        "sourceid": _Column("e.sourceid"),
        "date": _Column(sql.wall_clock.format("e.date")),
        "created": _Column(sql.instant.format("e.created", offset), "''"),
        "modified": _Column(sql.instant.format("e.modified", offset), "''"),
        "receipt_id": _Column("p.id", "NULL", (_RECEIPT,)),
        "receipt_image": _Column("COALESCE(p.image, '')", "''", (_RECEIPT,)),
        "tags": _Column(sql.tags),
    }


def select_rows(*more: str, source: str = "expenses_expense", unread: frozenset[Costly] = frozenset()) -> str:
    """Return the SELECT of ``ExpenseRow``'s columns, and ``more``, of expenses ``e`` and their reports ``r``.

    ``source`` is the expenses' table, or a question in parentheses that finds some of its rows. With the report's
    name ``unread`` there is no ``r``.
    """
    columns, joins = _parts(connection.vendor, settings.SERVER_OFFSET_SECONDS, unread)
    return f"SELECT {', '.join((columns, *more))} FROM {source} e {joins}"


@cache
def _parts(vendor: str, offset: int, unread: frozenset[Costly]) -> tuple[str, str]:
    columns = _columns(vendor, offset)
    texts = [column.unread if name in unread else column.read for name, column in columns.items()]
    joins = dict.fromkeys(join for name, column in columns.items() if name not in unread for join in column.joins)
    return ", ".join(texts), " ".join(joins)


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


def expense_rows(
    *, user_id: int, matching: ExpenseFilter, newest_first: bool = False, unread: frozenset[Costly] = frozenset()
) -> Generator[ExpenseRow]:
    """Yield a person's expenses by date and id; newest date first, but equal dates by id still, if asked.

    The rows are those of one statement, fetched as they are taken: however many there are, few are in memory, and
    none is missed or doubled because somebody writes meanwhile.
    """
    where, values = conditions(user_id, matching)
    # SQLite would walk the index on date to save sorting, and so the whole history; the plus takes that away.
    is_picky = matching.modified is not None or matching.tags
    by_date = "+e.date" if connection.vendor == "sqlite" and is_picky else "e.date"
    order = f"{by_date} DESC, e.id" if newest_first else f"{by_date}, e.id"
    yield from rows_fetched(f"{select_rows(unread=unread)} WHERE {where} ORDER BY {order}", values, user_id=user_id)


def rows_fetched(statement: str, values: Sequence[Any], *, user_id: int) -> Generator[ExpenseRow]:
    """Yield a person's expenses of a statement that ``select_rows`` begins, fetched as they are taken.

    Until they are all taken, or the generator is closed, PostgreSQL can be asked nothing else on this connection.
    """
    source: Any = reading(user_id=user_id)  # of a kind of ours, xpenser.sqlite or xpenser.postgresql
    with source.streaming_cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := cursor.fetchmany(_CHUNK):
            yield from map(row_made, chunk)


def expense_row(*, user_id: int, expense_id: int, with_deleted: bool = False) -> ExpenseRow:
    """Return one expense. Raises ExpenseNotFound, also where it is somebody else's or deleted."""
    live = "" if with_deleted else " AND e.status = 1"
    database: Any = connection  # of a kind of ours, too; five joins take longer to plan than to be done
    with database.keyed_cursor() as cursor:
        cursor.execute(
            f"{select_rows()} WHERE e.id = %s AND e.user_id = %s{live}",
            [expense_id, user_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise ExpenseNotFound(expense_id)
    return row_made(row)
