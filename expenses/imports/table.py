"""A file of rows and columns, before anybody knows what the columns mean."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, NamedTuple

from accounts.sentences import Sentence, sentence
from expenses.imports.entry import Unreadable

SEPARATORS: Final = (",", ";", "\t", "|")
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 100

_LOOKED_AT: Final = 50  # records
_VALUE: Final = re.compile(r"[-+(]?[^\w]*\d[\d.,:/\-\s]*\D{0,3}")  # an amount, a day or a number: no name of a column


class Record(NamedTuple):
    """A row; ``line`` counts from 1 and is the one that it begins on."""

    line: int
    cells: list[str]


class Table(NamedTuple):
    """Rows under the names of their columns; names are "" where the file has none, as is the separator."""

    header: tuple[str, ...]
    records: list[Record]
    separator: str

    @property
    def signature(self) -> str:
        """Return what files of the same sender have in common: by it one knows again what the columns meant."""
        names = "\x1f".join([self.separator, *(name.strip().casefold() for name in self.header)])
        return hashlib.sha256(names.encode(errors="surrogatepass")).hexdigest()


def table_of(text: str, separator: str = "") -> Table:
    """Return the rows of a file, by the separator that is said, or the one that makes most sense.

    What a bank writes above the names of its columns, and blank rows, are left out. Raises Unreadable.
    """
    separator = separator or _separator_of(text)
    records = [record for record in _records(text, separator) if any(cell.strip() for cell in record.cells)]
    if not records:
        raise Unreadable(sentence("the file has no rows"))
    widths = [_filled(record) for record in records[:_LOOKED_AT]]
    first, width = next(index for index, each in enumerate(widths) if each >= _usual(widths)), max(widths)
    if width > MOST_COLUMNS:
        raise Unreadable(
            sentence("the file has %(width)s columns, and %(most)s are read", width=width, most=MOST_COLUMNS)
        )
    head = [cell.strip() for cell in records[first].cells]
    if any(map(_VALUE.fullmatch, head)):
        return Table(("",) * width, records[first:], separator)
    return Table(tuple([*head, *[""] * width][:width]), records[first + 1 :], separator)


def statement_table(columns: Sequence[str], records: Iterable[Record]) -> Table:
    """Return the transactions of a bank's file as a table. Raises Unreadable where it has none, or too many.

    No more are taken than tell that: in a few bytes each a file has millions.
    """
    kept = list(islice(records, MOST_ROWS + 1))
    if not kept:
        raise Unreadable(sentence("the file has no rows"))
    if len(kept) > MOST_ROWS:
        raise Unreadable(_too_many())
    return Table(tuple(columns), kept, "")


def _too_many() -> Sentence:
    return sentence("the file has more than %(most)s rows: split it", most=MOST_ROWS)


def _filled(record: Record) -> int:
    """Return how many cells a record has, without empty ones at its end."""
    return max(place for place, cell in enumerate(record.cells, 1) if cell.strip())


def _separator_of(text: str) -> str:
    """Return the separator by which the first records have the same number of cells most often, and many of them."""
    return max(SEPARATORS, key=lambda separator: _likeliness(text, separator))


def _likeliness(text: str, separator: str) -> tuple[float, int]:
    try:
        first = islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _LOOKED_AT)
        widths = [len(cells) for cells in first if cells]
    except csv.Error:
        return 0.0, 0
    width = _usual(widths)
    return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 0)


def _usual(widths: list[int]) -> int:
    """Return how many cells most rows have; of two that are as frequent, the larger."""
    counted = Counter(widths)
    return max(counted, key=lambda width: (counted[width], width), default=0)


def _records(text: str, separator: str) -> list[Record]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    records, line = [], 1
    try:
        for cells in reader:
            records.append(Record(line, cells))
            line = reader.line_num + 1
            if len(records) > MOST_ROWS:
                raise Unreadable(_too_many())
    except csv.Error as error:
        raise Unreadable(sentence("line %(line)s: %(error)s", line=line, error=error)) from None
    return records
