"""Which expenses a question is about, and the SQL that says so of the row ``e``."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import Any, Literal, NamedTuple

from django.conf import settings
from django.db import connection

from accounts.fields import microseconds
from accounts.names import lookup_key, name_key

Operator = Literal["lt", "lte", "gt", "gte", "exact"]
Condition = tuple[str, list[Any]]
TAG_JOIN = """FROM expenses_expensetag l JOIN expenses_tag t ON t.id = l.tag_id
WHERE l.user_id = e.user_id AND l.expense_id = e.id"""
_SIGN: Mapping[Operator, str] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">=", "exact": "="}
_EXACT = Context(prec=100)
_LONGEST_NOTES = 80_000  # characters: those that are kept, each spelled in four


class AmountBound(NamedTuple):
    operator: Operator
    amount: Decimal


class DateBound(NamedTuple):
    """A plain date with "exact" means the whole day; with another operator it means its midnight."""

    operator: Operator
    moment: date


class InstantBound(NamedTuple):
    """``moment`` is in the server's zone, as ``created`` and ``modified`` are printed; a plain date as above."""

    operator: Operator
    moment: date


@dataclass(frozen=True, slots=True)
class ExpenseFilter:
    """Which expenses are meant; all the conditions hold at once.

    ``report_id`` None means every report. ``tags`` means any of them, by name or id. Names and notes compare
    without case. Deleted expenses are left out unless ``with_deleted``.
    """

    report_id: int | None = None
    type: str | None = None
    notes: str | None = None
    amount: AmountBound | None = None
    date: DateBound | None = None
    created: InstantBound | None = None
    modified: InstantBound | None = None
    tags: tuple[str, ...] = ()
    with_deleted: bool = False


def conditions(user_id: int, matching: ExpenseFilter) -> Condition:
    # SQLite would walk all that the owner has and try each row; the plus takes his indexes away, and leaves the tags'.
    by_tag = connection.vendor == "sqlite" and matching.tags and matching.modified is None
    parts: list[Condition] = [("+e.user_id = %s" if by_tag else "e.user_id = %s", [user_id])]
    if not matching.with_deleted:
        parts.append(("e.status = 1", []))
    parts += _equalities(matching)
    if matching.tags:
        parts.append(_tag_condition(user_id, matching.tags))
    if matching.amount is not None:
        parts.append(amount_condition(matching.amount))
    if matching.date is not None:
        parts += date_conditions(matching.date)
    parts += _instant_conditions("e.created", matching.created)
    parts += _instant_conditions("e.modified", matching.modified)
    return joined(parts, " AND ")


def joined(parts: Iterable[Condition], word: str) -> Condition:
    parts = [*parts]
    return word.join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _equalities(matching: ExpenseFilter) -> Iterator[Condition]:
    if matching.report_id is not None:
        yield "e.report_id = %s", [matching.report_id]
    if matching.type is not None:
        yield "e.type_key = %s", [lookup_key(matching.type)]  # no key is NULL
    if matching.notes is not None:
        yield "e.notes_key = %s", [None if len(matching.notes) > _LONGEST_NOTES else name_key(matching.notes)]


def amount_condition(bound: AmountBound, column: str = "e.amount") -> Condition:
    """Compare with a whole number of thousandths; a bound between two of them is moved to the nearer side."""
    scaled = bound.amount.scaleb(3, _EXACT)
    whole = int(scaled.to_integral_value(ROUND_FLOOR if bound.operator in {"gt", "lte"} else ROUND_CEILING))
    if bound.operator == "exact" and whole != scaled:
        return "1 = 0", []
    return f"{column} {_SIGN[bound.operator]} %s", [whole]


def date_conditions(bound: DateBound) -> Iterator[Condition]:
    day = None if isinstance(bound.moment, datetime) else bound.moment
    moment = bound.moment if isinstance(bound.moment, datetime) else datetime.combine(bound.moment, time.min)
    if day and bound.operator == "exact":
        yield "e.date >= %s", [stored(moment)]
        yield "e.date <= %s", [stored(datetime.combine(day, time(23, 59, 59)))]
    else:
        yield f"e.date {_SIGN[bound.operator]} %s", [stored(moment)]


def stored(wall_clock: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(wall_clock.replace(tzinfo=UTC))


def _instant_conditions(column: str, bound: InstantBound | None) -> Iterator[Condition]:
    """Compare instants with what is printed of them, a second: "gt" finds all but its very start.

    A client that sends back the last second it saw gets that second's rows once more, and misses none.
    """
    if bound is None:
        return
    moment = bound.moment if isinstance(bound.moment, datetime) else datetime.combine(bound.moment, time.min)
    start = microseconds(moment.replace(tzinfo=UTC)) - settings.SERVER_OFFSET_SECONDS * 1_000_000
    end = start + (1_000_000 if isinstance(bound.moment, datetime) else 86_400_000_000)
    if bound.operator == "exact":
        yield f"{column} >= %s", [start]
        yield f"{column} < %s", [end]
    elif bound.operator == "lte":
        yield f"{column} < %s", [start + 1_000_000]
    else:
        yield f"{column} {_SIGN[bound.operator]} %s", [start]


def _tag_condition(user_id: int, tags: Iterable[str]) -> Condition:
    """Begin with the tags: to look each expense's up would walk the whole history for a tag that few have."""
    keys = [lookup_key(tag) for tag in tags]
    ids = [int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) < 19]
    meant = f"t.name_key IN ({', '.join(['%s'] * len(keys))})"
    if ids:
        meant = f"({meant} OR t.id IN ({', '.join(['%s'] * len(ids))}))"
    tagged = "SELECT l.expense_id FROM expenses_tag t JOIN expenses_expensetag l ON l.tag_id = t.id"
    return f"e.id IN ({tagged} WHERE t.user_id = %s AND {meant})", [user_id, *keys, *ids]
