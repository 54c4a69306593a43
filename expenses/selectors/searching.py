"""Which expenses a page of the ledger is about: what a person looks for, and filters by."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import connection

from accounts.names import lookup_key, name_key
from expenses.grammar import read_number
from expenses.money import LIMIT
from expenses.selectors.filters import (
    AmountBound,
    Condition,
    DateBound,
    amount_condition,
    date_conditions,
    joined,
)

MOST_WORDS = 10
"""Each is looked for in every row; the last is all that is left of a longer text, with its blanks."""
POSITION = {"sqlite": "instr", "postgresql": "strpos"}
"""The function that tells where in a text another one begins."""


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """Which expenses are meant; all the conditions hold at once.

    Each word of ``text`` must be a part of the type, the notes or a tag, without regard to case, or be a number and
    the amount or raw amount; with ``#`` before it, a part of a tag. ``types``, ``tags`` and ``report_ids`` mean any of
    them. Days and amounts (in the base currency) are inclusive. With ``deleted`` the deleted ones are meant alone.
    """

    text: str = ""
    first_day: date | None = None
    last_day: date | None = None
    types: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    report_ids: tuple[int, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    has_receipt: bool | None = None
    deleted: bool = False


def ledger_conditions(user_id: int, matching: LedgerFilter) -> Condition:
    """Return what holds of the rows ``e`` that are meant, and its values. Which tags are meant is asked first."""
    parts: list[Condition] = [("e.user_id = %s", [user_id]), (f"e.status = {-1 if matching.deleted else 1}", [])]
    parts += _labels(user_id, matching)
    parts += _bounds(matching)
    parts += [_word_condition(user_id, word) for word in matching.text.split(maxsplit=MOST_WORDS - 1)]
    if matching.has_receipt is not None:
        wanted = "" if matching.has_receipt else "NOT "
        parts.append((f"{wanted}EXISTS (SELECT 1 FROM expenses_receipt q WHERE q.expense_id = e.id)", []))
    return joined(parts, " AND ")


def _labels(user_id: int, matching: LedgerFilter) -> Iterator[Condition]:
    if matching.types:
        yield f"e.type_key IN ({_marks(matching.types)})", [lookup_key(name) for name in matching.types]
    if matching.tags:
        keys = [lookup_key(name) for name in matching.tags]
        tag_ids = _tag_ids(user_id, f"name_key IN ({_marks(keys)})", keys)
        # Of some days, each expense is asked; else all that have the tag, of which there may be more in other years.
        is_of_days = matching.first_day is not None and matching.last_day is not None
        yield _has_tag(tag_ids) if is_of_days and tag_ids else _tagged(tag_ids)
    if matching.report_ids:
        yield f"e.report_id IN ({_marks(matching.report_ids)})", [*matching.report_ids]


def _bounds(matching: LedgerFilter) -> Iterator[Condition]:
    yield from day_conditions(matching.first_day, matching.last_day)
    if matching.least is not None:
        yield amount_condition(AmountBound("gte", _in_range(matching.least)))
    if matching.most is not None:
        yield amount_condition(AmountBound("lte", _in_range(matching.most)))


def _in_range(amount: Decimal) -> Decimal:
    """Return an amount that the databases have a number for; none in the ledger is as large, in either direction."""
    return max(-LIMIT, min(LIMIT, amount))


def day_conditions(first: date | None, last: date | None) -> Iterator[Condition]:
    if first is not None:
        yield from date_conditions(DateBound("gte", first))
    if last is not None:
        yield from date_conditions(DateBound("lte", datetime.combine(last, time(23, 59, 59))))


def _word_condition(user_id: int, word: str) -> Condition:
    position, part = POSITION[connection.vendor], name_key(word.strip())
    tag_ids = _tag_ids(user_id, f"{position}(name_key, %s) > 0", [part.removeprefix("#")])
    if part.startswith("#"):
        return _tagged(tag_ids)
    parts: list[Condition] = [(f"{position}(e.{key}, %s) > 0", [part]) for key in ("type_key", "notes_key")]
    if tag_ids:
        # Not as in _tagged: beside an OR, PostgreSQL reads such a list anew for each row once it is long.
        parts.append(_has_tag(tag_ids))
    if (number := read_number(word)) is not None:
        parts += [amount_condition(AmountBound("exact", number), column) for column in ("e.amount", "e.raw_amount")]
    either, values = joined(parts, " OR ")
    return f"({either})", values


def _tag_ids(user_id: int, named: str, values: list[Any]) -> list[int]:
    """Return the ids of the person's tags for which a condition holds: with them the databases know how many rows to
    expect, and where to begin."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM expenses_tag WHERE user_id = %s AND {named}", [user_id, *values])
        return [tag_id for (tag_id,) in cursor.fetchall()]


def _has_tag(tag_ids: list[int]) -> Condition:
    links = f"l.expense_id = e.id AND l.user_id = e.user_id AND l.tag_id IN ({_marks(tag_ids)})"
    return f"EXISTS (SELECT 1 FROM expenses_expensetag l WHERE {links})", [*tag_ids]


def _tagged(tag_ids: list[int]) -> Condition:
    if not tag_ids:
        return "1 = 0", []
    return f"e.id IN (SELECT l.expense_id FROM expenses_expensetag l WHERE l.tag_id IN ({_marks(tag_ids)}))", [*tag_ids]


def _marks(values: Sized) -> str:
    return ", ".join(["%s"] * len(values))
