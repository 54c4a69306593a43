"""Expenses as XML, for older programs: byte for byte a list of the old service's API v1.0 (wire §1.4, P).

On one line, without attributes, a ``<resource>`` for each expense.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final
from xml.sax.saxutils import escape

from expenses.exports.row import ExpenseRow, TagRow
from expenses.money import two_decimals

HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n<response>'
FOOT: Final = "</response>"

_ROWS_PER_CHUNK: Final = 500
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_PLAIN: Final = re.compile(f"[&<>]|{_NOT_XML.pattern}")


def as_xml(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the document in chunks of whole rows. ``rows`` is read as the chunks are taken.

    ``currency``, the owner's base currency, goes nowhere: all exports are called alike.
    """
    texts = map(_xml_row, rows)
    yield HEAD.encode()
    while batch := list(islice(texts, _ROWS_PER_CHUNK)):
        yield "".join(batch).encode()
    yield FOOT.encode()


def xml_text(text: str) -> str:
    """Return text as it may stand in XML 1.0; what may not is left out: an old client stops reading at it."""
    return escape(_NOT_XML.sub("", text)) if _NOT_PLAIN.search(text) else text


def _xml_row(row: ExpenseRow) -> str:
    receipt = ""
    if row.receipt_id is not None:
        receipt = f"<receipt><image>{xml_text(row.receipt_image)}</image><id>{row.receipt_id}</id></receipt>"
    return (
        f"<resource><status>{row.status}</status>{receipt}<rawamount>{two_decimals(row.raw_amount)}</rawamount>"
        f"<notes>{xml_text(row.notes)}</notes><created>{row.created}</created><modified>{row.modified}</modified>"
        f"<amount>{two_decimals(row.amount)}</amount><date>{row.date}</date><type>{xml_text(row.type)}</type>"
        f"<id>{row.id}</id><tags>{_xml_tags(row.tags)}</tags><report_id>{row.report_id}</report_id></resource>"
    )


@lru_cache(maxsize=1024)
def _xml_tags(tags: tuple[TagRow, ...]) -> str:
    return "".join([f"<resource><name>{xml_text(tag.name)}</name><id>{tag.id}</id></resource>" for tag in tags])
