"""Expenses as JSON, for programs: byte for byte a list of the old service's API v1.0, which programs know.

The members of an expense and their order are the wire's (wire §1.2), the blanks those of a piston server
(wire §1.4, P): indented by four, one after each comma, text unescaped.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from json.encoder import encode_basestring as _quoted
from typing import Final

from expenses.exports.row import ExpenseRow, TagRow
from expenses.money import two_decimals

_ROWS_PER_CHUNK: Final = 500


def as_json(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the list in chunks of whole rows; an empty one is ``[]``.

    ``rows`` is read as the chunks are taken. ``currency``, the owner's base currency, goes nowhere: all exports are
    called alike.
    """
    texts, before = map(_json_row, rows), "[\n"
    while batch := list(islice(texts, _ROWS_PER_CHUNK)):
        yield (before + ", \n".join(batch)).encode()
        before = ", \n"
    yield b"[]" if before == "[\n" else b"\n]"


def _json_row(row: ExpenseRow) -> str:
    receipt = ""
    if row.receipt_id is not None:
        receipt = (
            f'        "receipt": {{\n            "image": {_quoted(row.receipt_image)}, \n'
            f'            "id": {row.receipt_id}\n        }}, \n'
        )
    return (
        f'    {{\n        "status": {row.status}, \n{receipt}        "rawamount": "{two_decimals(row.raw_amount)}", \n'
        f'        "notes": {_quoted(row.notes)}, \n        "created": "{row.created}", \n'
        f'        "modified": "{row.modified}", \n        "amount": "{two_decimals(row.amount)}", \n'
        f'        "date": "{row.date}", \n        "type": {_quoted(row.type)}, \n        "id": {row.id}, \n'
        f'        "tags": {_json_tags(row.tags)}, \n        "report_id": {row.report_id}\n    }}'
    )


@lru_cache(maxsize=1024)
def _json_tags(tags: tuple[TagRow, ...]) -> str:
    if not tags:
        return "[]"
    objects = [
        f'            {{\n                "name": {_quoted(tag.name)}, \n                "id": {tag.id}\n            }}'
        for tag in tags
    ]
    return "[\n" + ", \n".join(objects) + "\n        ]"
