"""The expenses in OFX or QFX, of any version: SGML of 1998, in which tags need no end, and XML alike.

By hand: ofxtools is under the GPL and this is not, and ofxparse was let lie. Nothing of XML's is done that does harm:
no entity is looked up but the five, nothing is fetched, nothing nests. What is read of a ``STMTTRN`` is told in
``expenses.exports.as_ofx``.
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Final

from expenses.imports.table import Record, Table, statement_table

_COLUMNS: Final = ("date", "amount", "payee", "memo", "id", "currency")
_OUR_COLUMNS: Final = ("date", "amount", "type", "notes", "id", "currency")
_PLACES: Final = {"DTPOSTED": 0, "TRNAMT": 1, "NAME": 2, "PAYEE": 2, "MEMO": 3, "FITID": 4, "CURRENCY.CURSYM": 5}
# Of the second the amount was changed into the statement's currency by the bank.
_CURRENCIES: Final = ("CURRENCY", "ORIGCURRENCY")
_START: Final = re.compile(r"\s*(?:OFXHEADER\s*:|<\?xml[^>]*\?>\s*<\?OFX|<\?OFX|<OFX>)", re.IGNORECASE)
_TOKEN: Final = re.compile(r"<(/?)([A-Za-z0-9.]+)>([^<]*)")
_OURS: Final = "<BANKID>xpenser</BANKID>"
_MOMENT: Final = re.compile(r"([0-9]{8})[0-9]{0,6}(?:[.\[].*)?")


def is_ofx(text: str) -> bool:
    """Tell whether a text begins as OFX does."""
    return _START.match(text) is not None


def ofx_table(text: str) -> Table:
    """Return the transactions of a file as a table, of which one can say what the columns are. Raises Unreadable."""
    return statement_table(_OUR_COLUMNS if _OURS in text else _COLUMNS, _records(_without_cdata(text)))


def _without_cdata(text: str) -> str:
    """Return a text in which what stood in CDATA is written as all else is; what does not end is none."""
    before, *pieces = text.split("<![CDATA[")
    written = [before]
    for piece in pieces:
        inside, end, after = piece.partition("]]>")
        written += [escape(inside, quote=False), after] if end else [piece]
    return "".join(written)


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
            record, within = Record(last, ["", "", "", "", "", currency]), ""
        elif name == "CURDEF":
            currency = value
        elif record is None:
            account = value if name == "ACCTID" else account
        else:  # an account is where the money went
            within = name if name in _CURRENCIES else within
            _put(record.cells, f"{within}.{name}" if name == "CURSYM" else name, value, account)


def _put(cells: list[str], name: str, value: str, account: str) -> None:
    if value and name in _PLACES:
        cells[_PLACES[name]] = _cell(name, value, account)


def _cell(name: str, value: str, account: str) -> str:
    if name == "FITID":  # unique within an account only
        return f"{account}/{value}"
    if name == "DTPOSTED" and (match := _MOMENT.fullmatch(value)):
        return match[1]
    return value
