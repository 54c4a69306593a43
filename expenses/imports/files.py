"""Files of any kind: what one is, what is said of it without asking, and what is in it."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from accounts.sentences import sentence
from expenses.imports.amounts import MARKS
from expenses.imports.columns import Mapping, mapping_guessed, sender
from expenses.imports.encodings import decoded
from expenses.imports.entry import Reading, Unreadable
from expenses.imports.from_json import is_json, json_table
from expenses.imports.from_ofx import is_ofx, ofx_table
from expenses.imports.from_qif import is_qif, qif_table
from expenses.imports.from_table import entries_of
from expenses.imports.table import Table, table_of

_PICTURE: Final = re.compile(rb"%PDF|\x89PNG|\xff\xd8\xff|GIF8|\xd0\xcf\x11\xe0")


class File(NamedTuple):
    """A file that was opened. ``sender`` is the program that made it, "" where that can't be seen."""

    kind: str
    sender: str
    encoding: str
    table: Table

    @property
    def signature(self) -> str:
        """Return what this file has in common with others of its sender."""
        return self.table.signature


def file_opened(data: bytes, *, encoding: str = "", separator: str = "") -> File:
    """Return what a file is; ``encoding`` and ``separator`` where its owner knows better. Raises Unreadable."""
    if data.startswith(b"PK\x03\x04") or _PICTURE.match(data):
        raise Unreadable(sentence("this is a workbook, a picture or an archive of another program; save it as CSV"))
    text, encoding = decoded(data, encoding)
    if is_ofx(text):
        return File("ofx", "", encoding, ofx_table(text))
    if is_qif(text):
        return File("qif", "", encoding, qif_table(text))
    if is_json(text):
        table = json_table(text)
        return File("json", sender(table), encoding, table)
    table = table_of(text, separator)
    return File("csv", sender(table), encoding, table)


def mapping_of(file: File, *, mark: str = MARKS[0]) -> Mapping:
    """Return what the parts of a file seem to mean. In QIF and OFX money spent is below zero by their definition.

    ``mark`` is before the decimals of its owner's language: that of a table's amounts where none of them tells.
    """
    guessed = mapping_guessed(file.table, mark=mark if file.kind == "csv" else MARKS[0])
    return guessed._replace(flip=True) if file.kind in {"ofx", "qif"} else guessed


def file_read(file: File, mapping: Mapping) -> Reading:
    """Return the expenses of a file, as a mapping says."""
    return entries_of(file.table, mapping)


def file_portions(file: File, mapping: Mapping, *, rows: int) -> Iterator[Reading]:
    """Give the same, so many rows at a time: whoever takes them knows how far it has come."""
    records = file.table.records
    for start in range(0, len(records), rows):
        yield entries_of(file.table._replace(records=records[start : start + rows]), mapping)
