"""The expenses in a QIF file, record by record.

By hand, with quiffen reading our own files in the tests: it refuses a file whole for one line that is wrong, and does
not say which line that was. What the letters mean is told in ``expenses.exports.as_qif``. Sections that are no money
spent (lists of accounts and categories, memorized and investment transactions) are passed over, and so are opening
balances and transfers to other accounts, ``[Savings]``.
"""

import re
from collections.abc import Iterator
from itertools import filterfalse
from typing import Final

from expenses.imports.table import Record, Table, statement_table

_COLUMNS: Final = ("date", "amount", "payee", "memo", "category")
_LETTERS: Final = {"D": 0, "T": 1, "U": 1, "P": 2, "M": 3, "L": 4}
_SPENT: Final = ("!type:bank", "!type:cash", "!type:ccard", "!type:oth a", "!type:oth l")
_OPENING: Final = "opening balance"
_LINE_END: Final = re.compile(r"\r\n?|\n")  # str.splitlines ends them at form feeds and what else Unicode has, too


def is_qif(text: str) -> bool:
    """Tell whether a text begins as QIF does."""
    return text.lstrip()[:8].lower().startswith(("!type:", "!account", "!option:", "!clear:"))


def qif_table(text: str) -> Table:
    """Return the transactions of a file as a table, of which one can say what the columns are. Raises Unreadable."""
    return statement_table(_COLUMNS, filterfalse(_is_passed_over, _records(text)))


def _records(text: str) -> Iterator[Record]:
    is_spent, line, cells = False, 0, [""] * len(_COLUMNS)
    for number, said in enumerate(_LINE_END.split(text), 1):
        if said.startswith("!"):
            is_spent = said.strip().lower() in _SPENT
        elif said.startswith("^"):
            if is_spent and line:
                yield Record(line, cells)
            line, cells = 0, [""] * len(_COLUMNS)
        elif said.strip():
            line = line or number
            _put(cells, said)


def _put(cells: list[str], said: str) -> None:
    place = _LETTERS.get(said[0])
    if place is not None:
        # Quicken writes the years after 1999 as 5/21'10, and with blanks for noughts.
        cells[place] = said[1:].strip().replace("'", "/").replace(" ", "0") if place == 0 else said[1:].strip()


def _is_passed_over(record: Record) -> bool:
    _, _, payee, _, category = record.cells
    return payee.lower() == _OPENING or category.startswith("[")
