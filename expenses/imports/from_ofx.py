"""The expenses in OFX or QFX, of any version: SGML of 1998, in which tags need no end, and XML alike.

By hand: ofxtools is under the GPL and this is not, and ofxparse was let lie. Nothing of XML's is done that does harm:
no entity is looked up but the five, nothing is fetched, nothing nests. What is read of a ``STMTTRN`` is told in
``expenses.exports.as_ofx``.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from expenses.imports.table import Record, Table, statement_table

_COLUMNS: Final = ("date", "amount", "payee", "memo", "id", "currency")
_OUR_COLUMNS: Final = ("date", "amount", "type", "notes", "id", "currency")
_PLACES: Final = {"DTPOSTED": 0, "TRNAMT": 1, "NAME": 2, "PAYEE": 2, "MEMO": 3, "FITID": 4}
_START: Final = re.compile(r"\s*(?:OFXHEADER\s*:|<\?xml[^>]*\?>\s*<\?OFX|<\?OFX|<OFX>)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z0-9.]+)>([^<]*)")
_OURS: Final = "<BANKID>xpenser</BANKID>"
_MOMENT: Final = re.compile(r"([0-9]{8})[0-9]{0,6}(?:[.\[].*)?")


def is_ofx(text: str) -> bool:
    """Tell whether a text begins as OFX does."""
    return _START.match(text) is not None


def ofx_table(text: str) -> Table:
    """Return the transactions of a file as a table, of which one can say what the columns are. Raises Unreadable."""
    return statement_table(_OUR_COLUMNS if _OURS in text else _COLUMNS, list(_records(text)))


def _records(text: str) -> Iterator[Record]:
    currency, account, line, last, seen = "", "", 1, 0, 0
    record: Record | None = None
    for match in _TOKEN.finditer(text):
        name, value = match[2].upper(), unescape(match[3].strip())
        if match[1]:
            if name == "STMTTRN" and record is not None:
                yield record
                record = None
        elif name == "STMTTRN":
            line, seen = line + text.count("\n", seen, match.start()), match.start()
            last = max(line, last + 1)  # by it each is ticked: where many stand on one line, they are counted
            record = Record(last, ["", "", "", "", "", currency])
        elif name == "CURDEF":
            currency = value
        elif name == "ACCTID" and record is None:  # else it is where the money went
            account = value
        elif record is not None and value and name in _PLACES:
            record.cells[_PLACES[name]] = _cell(name, value, account)


def _cell(name: str, value: str, account: str) -> str:
    if name == "FITID":  # unique within an account only
        return f"{account}/{value}"
    if name == "DTPOSTED" and (match := _MOMENT.fullmatch(value)):
        return match[1]
    return value
