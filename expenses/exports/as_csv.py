"""Expenses as CSV, for a spreadsheet and for ``read_csv``, which gives back every cell.

**The file.** RFC 4180: a comma between cells, CRLF after every record, cells with a comma, a quote, CR or LF in
double quotes, a header first. UTF-8 without a byte order mark: programs that fetch the file (curl, grep, csv
readers) would find the mark glued to the first column's name. Excel alone needs it to show accents when a file is
double-clicked, so a page that offers the file to people puts ``codecs.BOM_UTF8`` before the first chunk;
``read_csv`` skips it.

**The columns**, whose names and order do not change; a new one would come last:

===============  ====================================================================================================
``date``         when the money was spent, on the owner's wall clock: ``YYYY-MM-DD HH:MM:SS``, as all times here
``type``         what it was spent on: ``Lunch``
``amount``       in ``currency``; two decimals, three where the third is not zero; below zero for a refund
``currency``     the owner's base currency, an ISO 4217 code
``notes``
``tags``         each as ``#name``, with a blank between; a name with white space or ``"`` in it, or of nothing at
                 all, as ``#"name"`` with every ``"`` in it doubled: ``#cash #"client x" #"6"" pipe"``
``report``       the report's name
``category``     the accounting category of the type, or nothing
``raw_amount``   what was typed: kilometres, minutes, foreign money; decimals as in ``amount``
``unit``         of ``raw_amount``: nothing for ``currency``, ``min``, ``mi``, ``km``, an ISO 4217 code, a type's own
``rate``         that made ``amount`` of ``raw_amount``, or nothing
``receipt``      the name of the receipt's image, or nothing
``status``       1, or -1 for a deleted expense
``id``           the expense's number
``created``      in the server's zone, as ``modified``
``modified``
``report_id``    the report's number
``sourceid``     what the sender called the expense, or nothing
===============  ====================================================================================================

**Formulas.** A spreadsheet runs a cell that starts with ``=``, ``+``, ``-``, ``@``, a tab or CR
(https://owasp.org/www-community/attacks/CSV_Injection). Notes come from mails and texts of anybody, so cells of text
that start so get a ``'`` in front, and those that start with ``'`` a second one: what begins with ``'`` can then be
told from what was made to. Numbers and times are made here, cannot hold a formula and stay numbers: ``-12.50``.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from expenses.exports.row import ExpenseRow, TagRow
from expenses.money import plain

COLUMNS: Final = (
    "date",
    "type",
    "amount",
    "currency",
    "notes",
    "tags",
    "report",
    "category",
    "raw_amount",
    "unit",
    "rate",
    "receipt",
    "status",
    "id",
    "created",
    "modified",
    "report_id",
    "sourceid",
)
GUARDED: Final = frozenset("=+-@\t\r'")
"""No cell of text starts with one of these without a ``'`` in front of it."""

_ROWS_PER_CHUNK: Final = 1000


def as_csv(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the file in chunks of whole records: the header, which is there without rows too, then the rows.

    ``rows`` is read a thousand at a time, as the chunks are taken. ``currency`` is the owner's base currency.
    """
    remaining = iter(rows)
    yield _records([COLUMNS])
    while chunk := _records([_cells(row, currency) for row in islice(remaining, _ROWS_PER_CHUNK)]):
        yield chunk


@lru_cache(maxsize=1024)  # The same few tags stand on most expenses.
def tag_words(tags: tuple[TagRow, ...]) -> str:
    """Return the names of ``tags`` as one text, as the table above says: ``#cash #"client x"``."""
    return " ".join([_tag_word(tag.name) for tag in tags])


def _tag_word(name: str) -> str:
    if '"' in name or name.split() != [name]:
        return '#"' + name.replace('"', '""') + '"'
    return "#" + name


def _records(records: Iterable[tuple[str | int, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(records)
    return text.getvalue().encode()


def _cells(row: ExpenseRow, currency: str) -> tuple[str | int, ...]:
    kind, notes, report, category, unit = row.type, row.notes, row.report, row.category, row.unit
    receipt, sourceid = row.receipt_image, row.sourceid
    # One look at all first characters: cells that need a guard are rare, and seven calls a row are not cheap.
    if not GUARDED.isdisjoint((kind[:1], notes[:1], report[:1], category[:1], unit[:1], receipt[:1], sourceid[:1])):
        kind, notes, report, category, unit, receipt, sourceid = map(
            guarded, (kind, notes, report, category, unit, receipt, sourceid)
        )
    amount = plain(row.amount)
    return (
        row.date,
        kind,
        amount,
        currency,
        notes,
        tag_words(row.tags),
        report,
        category,
        amount if row.raw_amount == row.amount else plain(row.raw_amount),
        unit,
        row.rate,
        receipt,
        row.status,
        row.id,
        row.created,
        row.modified,
        row.report_id,
        sourceid,
    )


def guarded(text: str) -> str:
    """Return a text as a cell has it: no formula."""
    return "'" + text if text[:1] in GUARDED else text
