"""The bytes of the classic API: Django's own JSON of 2009 on one line (wire §1.1), and a page for a person."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from json.encoder import encode_basestring_ascii as _quoted
from typing import Final

from expenses.exports.row import Costly, ExpenseRow
from expenses.money import two_decimals

JSON_TYPE: Final = "application/json"
UNREAD: Final[frozenset[Costly]] = frozenset({"report", "category", "receipt_id", "receipt_image"})
"""What a list does not look at."""
_ROWS: Final = 500


def as_json(value: object) -> bytes:
    """Return a value on one line, in ASCII."""
    return json.dumps(value).encode("ascii")


def expenses_as_json(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the same as ``as_json`` of the rows' wire objects, many rows at a time and several times faster.

    ``currency`` goes nowhere: all lists are called alike (``expenses.exports.formats``).
    """
    texts, before = map(_json_row, rows), "["
    while batch := list(islice(texts, _ROWS)):
        yield (before + ", ".join(batch)).encode("ascii")
        before = ", "
    yield b"[]" if before == "[" else b"]"


def _json_row(row: ExpenseRow) -> str:
    category = "null" if row.category_id is None else row.category_id
    tags = ", ".join([str(tag.id) for tag in row.tags])
    return (
        f'{{"pk": {row.id}, "model": "xpense.expense", "fields": {{"category": {category}, "status": {row.status}, '
        f'"rawamount": "{two_decimals(row.raw_amount)}", "sourceid": {_quoted(row.sourceid)}, '
        f'"notes": {_quoted(row.notes)}, "created": "{row.created}", "modified": "{row.modified}", '
        f'"report": {row.report_id}, "amount": "{two_decimals(row.amount)}", "user": {row.user_id}, '
        f'"date": "{row.date}", "type": {_quoted(row.type)}, "tags": [{tags}]}}}}'
    )
