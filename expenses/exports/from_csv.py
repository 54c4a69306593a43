"""The reader of our own CSV: gives back the cells that ``as_csv`` wrote and refuses what it cannot have written.

The law: for any rows, ``read_csv(b"".join(as_csv(rows, currency=c)))`` gives, in their order, one ``CsvRow`` for
each row, with the row's values under the columns' names. What the file does not hold (the ids of tag, category,
receipt and user) is not made up. A spreadsheet may have come between: it drops the last zero of ``12.50`` and may
put a byte order mark in front; both are read.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from expenses.exports.as_csv import COLUMNS, GUARDED

_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,3})?")
_WHOLE_NUMBER: Final = re.compile(r"-?[0-9]{1,19}")
_STATUS: Final = re.compile(r"-?1")
_RATE: Final = re.compile(r"([0-9]+(\.[0-9]+)?)?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_TAG_WORD: Final = re.compile(r'#(?:"((?:[^"]|"")*)"|([^\s"]+))')
_TAG_WORDS: Final = re.compile(rf"({_TAG_WORD.pattern}( {_TAG_WORD.pattern})*)?")


class CsvRow(NamedTuple):
    """One record of the file, in the order of its columns.

    ``amount`` and ``raw_amount`` are in thousandths, ``tags`` are names without ``#``, times are text; see
    ``ExpenseRow``, whose words these are.
    """

    date: str
    type: str
    amount: int
    currency: str
    notes: str
    tags: tuple[str, ...]
    report: str
    category: str
    raw_amount: int
    unit: str
    rate: str
    receipt: str
    status: int
    id: int
    created: str
    modified: str
    report_id: int
    sourceid: str


class CsvError(ValueError):
    """The file is not one that ``as_csv`` wrote.

    ``line`` counts from 1 and is the one that the record starts on. ``column`` and ``value`` are "" where the
    fault is not in one cell.
    """

    def __init__(self, *, line: int, wanted: str, column: str = "", value: str = "") -> None:
        shown = value if len(value) <= 60 else value[:59] + "…"
        place = f"line {line}, {column} {shown!r}" if column else f"line {line}"
        super().__init__(f"{place}: {wanted} is wanted")
        self.line = line
        self.column = column
        self.value = value


def read_csv(source: bytes | Iterable[str]) -> Iterator[CsvRow]:
    """Yield the records of a file that ``as_csv`` wrote. Raises CsvError at the first that is wrong.

    ``source`` is the whole file, or its lines as ``open(path, encoding="utf-8-sig", newline="")`` gives them.
    """
    records = _records(_lines(source) if isinstance(source, bytes) else source)
    line, header = next(records, (1, []))
    if header != list(COLUMNS):
        raise CsvError(line=line, wanted=f"the header {','.join(COLUMNS)}")
    for line, cells in records:
        yield _row(line, cells)


def _lines(file: bytes) -> Iterable[str]:
    try:
        text = file.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CsvError(line=line, wanted=f"UTF-8 in place of byte {error.object[error.start]:#x}") from None
    return io.StringIO(text, newline="")


def _records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise CsvError(line=line, wanted=f"a record as in RFC 4180 ({error})") from None


def _row(line: int, cells: list[str]) -> CsvRow:
    if len(cells) != len(COLUMNS):
        raise CsvError(line=line, wanted=f"a record of {len(COLUMNS)} cells, not {len(cells)},")
    return CsvRow._make([_value(line, column, cell) for column, cell in zip(COLUMNS, cells, strict=True)])


def _value(line: int, column: str, cell: str) -> object:
    form = _FORMS.get(column, _TEXT)
    try:
        return form.read(cell)
    except ValueError:
        raise CsvError(line=line, column=column, value=cell, wanted=form.wanted) from None


def _unguarded(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in GUARDED else cell


def _thousandths(cell: str) -> int:
    whole, _, fraction = _matching(_AMOUNT, cell).partition(".")
    return int(whole + fraction.ljust(3, "0"))


def _whole_number(cell: str) -> int:
    return int(_matching(_WHOLE_NUMBER, cell))


def _status(cell: str) -> int:
    return int(_matching(_STATUS, cell))


def _time(cell: str) -> str:
    if datetime.fromisoformat(cell).replace(tzinfo=None).isoformat(" ", "seconds") != cell:
        raise ValueError(cell)
    return cell


def _rate(cell: str) -> str:
    return _matching(_RATE, cell)


def _currency(cell: str) -> str:
    return _matching(_CURRENCY, cell)


def _tag_names(cell: str) -> tuple[str, ...]:
    words = _TAG_WORD.findall(_matching(_TAG_WORDS, cell))
    return tuple([bare or quoted.replace('""', '"') for quoted, bare in words])


def _matching(form: re.Pattern[str], cell: str) -> str:
    if not form.fullmatch(cell):
        raise ValueError(cell)
    return cell


class _Form(NamedTuple):
    """How the cells of a column are read: ``read`` raises ValueError where a cell is not what is ``wanted``."""

    read: Callable[[str], object]
    wanted: str


_TEXT: Final = _Form(_unguarded, "text")
_TIME: Final = _Form(_time, "a time that exists, like 2010-05-21 12:30:00,")
_MONEY: Final = _Form(_thousandths, "an amount with a point and at most three decimals, like 12.34,")
_ID: Final = _Form(_whole_number, "a whole number")
_FORMS: Final = {
    "date": _TIME,
    "amount": _MONEY,
    "currency": _Form(_currency, "a code of ISO 4217, like EUR,"),
    "tags": _Form(_tag_names, 'names, each after a #, like #cash #"client x",'),
    "raw_amount": _MONEY,
    "rate": _Form(_rate, "a rate like 0.585, or nothing,"),
    "status": _Form(_status, "1 or -1"),
    "id": _ID,
    "created": _TIME,
    "modified": _TIME,
    "report_id": _ID,
}
