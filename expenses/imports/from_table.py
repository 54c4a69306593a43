"""The expenses in the rows of a table, as a mapping of its columns says.

A row without day or amount is wrong, as is one whose cells are not what their columns hold; the others are not harmed
by it. Our own CSV comes in by the same way: its guarded cells and its words for tags are read as they were written
(``expenses.exports.as_csv``), in other files a ``'`` before a formula is as surely not meant.
"""

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from accounts.currencies import MINOR_DIGITS
from accounts.sentences import sentence, why
from expenses.exports.as_csv import GUARDED
from expenses.imports.amounts import read_amount
from expenses.imports.columns import Mapping
from expenses.imports.days import read_day
from expenses.imports.entry import Entry, Reading, Wrong
from expenses.imports.table import Record, Table

_TAG_WORD: Final = re.compile(r'#(?:"((?:[^"]|"")*)"|([^\s"]+))')
_TAG_ENDS: Final = re.compile(r"[,;|]")
_STYLES: Final = {"ymd": "2010-08-31", "dmy": "31.08.2010", "mdy": "08/31/2010"}
_DELETED: Final = "-1"
_NUMBERS: Final = {
    "amount": sentence("amount"), "income": sentence("income"), "share": sentence("share"),
    "raw_amount": sentence("raw amount"), "rate": sentence("rate"),
}  # fmt: skip


class _BadCell(ValueError):
    """A cell is not what its column holds. The message may be shown."""


class _BadNumber(_BadCell):
    def __init__(self, role: str, cell: str, like: str) -> None:
        super().__init__(
            sentence(
                "%(role)s %(cell)s: a number like %(like)s is wanted", role=_NUMBERS[role], cell=_shown(cell), like=like
            )
        )


def entries_of(table: Table, mapping: Mapping) -> Reading:
    """Return the expenses of a table, and its rows that are none."""
    entries, wrong = [], []
    for record in table.records:
        try:
            entries.append(_entry(record, mapping))
        except _BadCell as reason:
            wrong.append(Wrong(record.line, why(reason)))
    return Reading(entries, wrong)


def _entry(record: Record, mapping: Mapping) -> Entry:
    said = _said(record, mapping)
    if said.get("status") == [_DELETED]:
        raise _BadCell(sentence("status %(cell)s: an expense that is not deleted is wanted", cell=_shown(_DELETED)))
    sign = -1 if mapping.flip else 1
    amount = sign * _amount(said, mapping)
    raw_amount = sign * _number("raw_amount", said, mapping) if "raw_amount" in said and "unit" in said else None
    return Entry(
        line=record.line,
        date=_date(said, mapping),
        amount=amount,
        type=" ".join(said.get("type", ())) or mapping.other_type,
        currency=_currency(said),
        notes=" ".join(said.get("notes", ())),
        tags=tuple(name for cell in said.get("tags", ()) for name in tag_names(cell)),
        report=_one("report", said),
        sourceid=_one("sourceid", said),
        raw_amount=raw_amount,
        unit=_one("unit", said) if raw_amount is not None else "",
        rate=_rate(said) if raw_amount is not None else None,
    )


def _said(record: Record, mapping: Mapping) -> Map[str, Sequence[str]]:
    """Return the cells that are not empty, by what they are."""
    said: dict[str, list[str]] = {}
    for role, cell in zip(mapping.roles, record.cells, strict=False):
        if role and (text := cell.strip()):
            said.setdefault(role, []).append(text[1:] if text[0] == "'" and text[1:2] in GUARDED else text)
    return said


def _one(role: str, said: Map[str, Sequence[str]]) -> str:
    return said[role][0] if role in said else ""


def _date(said: Map[str, Sequence[str]], mapping: Mapping) -> datetime:
    cell = _one("date", said)
    try:
        return read_day(cell, style=mapping.date_style)
    except ValueError:
        like = _STYLES[mapping.date_style]
        raise _BadCell(sentence("date %(cell)s: a day like %(like)s is wanted", cell=_shown(cell), like=like)) from None


def _amount(said: Map[str, Sequence[str]], mapping: Mapping) -> Decimal:
    """Return what was spent: less what came, and of what several share only one's own part."""
    if "amount" not in said and "income" not in said:
        raise _BadNumber("amount", "", f"12{mapping.decimal_mark}50")
    spent = _number("amount", said, mapping) if "amount" in said else Decimal(0)
    came = abs(_number("income", said, mapping)) if "income" in said else Decimal(0)
    if "share" not in said:
        return (abs(spent) if "income" in mapping.roles else spent) - came
    balance = _number("share", said, mapping)
    return -balance if balance < 0 else spent - balance


def _number(role: str, said: Map[str, Sequence[str]], mapping: Mapping) -> Decimal:
    cell = said[role][0]
    try:
        return read_amount(cell, mark=mapping.decimal_mark)
    except ValueError:
        raise _BadNumber(role, cell, f"12{mapping.decimal_mark}50") from None


def _rate(said: Map[str, Sequence[str]]) -> Decimal | None:
    cell = _one("rate", said)
    try:
        return Decimal(cell) if cell else None
    except InvalidOperation:
        raise _BadNumber("rate", cell, "0.585") from None


def _shown(cell: str) -> str:
    return repr(cell[:40])


def _currency(said: Map[str, Sequence[str]]) -> str:
    code = _one("currency", said).upper()
    if code and code not in MINOR_DIGITS:
        raise _BadCell(sentence("currency %(cell)s: a code of ISO 4217, like EUR, is wanted", cell=_shown(code)))
    return code


def tag_names(cell: str) -> list[str]:
    """Return the tags in a cell: words behind a ``#`` as our own files have them, or names between commas."""
    if cell.startswith("#"):
        return [bare or quoted.replace('""', '"') for quoted, bare in _TAG_WORD.findall(cell)]
    return [name for part in _TAG_ENDS.split(cell) if (name := part.strip().lstrip("#"))]
