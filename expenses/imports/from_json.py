"""The expenses in our own JSON, which is the old service's list of them, too (``expenses.exports.as_json``).

They come by the way of our own CSV, with empty cells for what JSON does not say: the currency, the report's name, the
unit of a raw amount. Each number is taken as it is written.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from accounts.sentences import sentence
from expenses.exports.as_csv import COLUMNS, guarded
from expenses.imports.entry import Unreadable
from expenses.imports.table import Record, Table, statement_table

_START: Final = re.compile(r"\s*\[\s*[{\]]")
_BETWEEN: Final = re.compile(r"[\s,]*")
_NOT_KEPT: Final = re.compile("[\0\ud800-\udfff]")  # which JSON can write, and text in a file can't hold
_MEMBERS: Final = ("date", "type", "amount", "notes", "status")
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str)


def is_json(text: str) -> bool:
    """Tell whether a text begins as a list of objects does."""
    return _START.match(text) is not None


def json_table(text: str) -> Table:
    """Return the expenses of a file as a table like our own CSV's. Raises Unreadable."""
    return statement_table(COLUMNS, _records(text))


def _records(text: str) -> Iterator[Record]:
    place, line, last, seen = text.index("[") + 1, 1, 0, 0
    while True:
        place = _BETWEEN.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
        if text.startswith("]", place):
            return
        line, seen = line + text.count("\n", seen, place), place
        last = max(line, last + 1)  # by it each is ticked: where many stand on one line, they are counted
        try:
            said, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            raise Unreadable(sentence("line %(line)s: no expense in JSON begins there", line=line)) from None
        yield Record(last, _cells(said if isinstance(said, dict) else {}))


def _cells(said: dict[str, Any]) -> list[str]:
    cells = {name: _text(said.get(name)) for name in _MEMBERS}
    cells |= {name: guarded(cells[name].strip()) for name in ("type", "notes")}
    tags = said.get("tags")
    names = [_text(tag.get("name")) for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    cells["tags"] = " ".join('#"{}"'.format(name.replace('"', '""')) for name in names)
    return [cells.get(column, "") for column in COLUMNS]


def _text(value: object) -> str:
    return _NOT_KEPT.sub("", value) if isinstance(value, str) else ""
