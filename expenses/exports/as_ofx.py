"""Expenses as OFX, for GnuCash, KMyMoney, HomeBank, Moneydance and other programs that read what banks send.

OFX 2.1.1 (https://www.ofx.net/), in XML. The statement is one of an account that no bank has, in the owner's base
currency. Deleted expenses are left out: OFX cannot say that something is gone.

**An expense** is a ``STMTTRN``:

============  =======================================================================================================
``TRNTYPE``   ``DEBIT``, or ``CREDIT`` for a refund
``DTPOSTED``  the day, at noon: OFX's times have a zone and the ledger's have none, and a reader who moves noon to his
              own zone stays in the day
``TRNAMT``    below zero for money spent
``FITID``     the expense's number, by which programs know it again: what was read is not taken twice
``NAME``      the type, as far as OFX's 32 characters go
``MEMO``      the notes, then the tags as in CSV (``#cash #"client x"``), as far as 255 go; left out where neither is
============  =======================================================================================================

A line is all that fields have: control characters are blanks, what XML can't say is left out.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Final

from expenses.exports.as_csv import tag_words
from expenses.exports.as_xml import xml_text
from expenses.exports.row import ExpenseRow
from expenses.money import plain

_ROWS_PER_CHUNK: Final = 1000
_BLOCK: Final = 1 << 16
_IN_MEMORY: Final = 1 << 20
_DELETED: Final = -1
_NAME_LENGTH: Final = 32
_MEMO_LENGTH: Final = 255
_BREAKS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_OK: Final = "<STATUS><CODE>0</CODE><SEVERITY>INFO</SEVERITY></STATUS>"
_NEVER: Final = "1970-01-01 00:00:00"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
    "<OFX>\n<SIGNONMSGSRSV1><SONRS>{ok}<DTSERVER>{made}</DTSERVER><LANGUAGE>ENG</LANGUAGE></SONRS></SIGNONMSGSRSV1>\n"
    "<BANKMSGSRSV1><STMTTRNRS><TRNUID>0</TRNUID>{ok}<STMTRS><CURDEF>{currency}</CURDEF>\n"
    "<BANKACCTFROM><BANKID>xpenser</BANKID><ACCTID>expenses</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE></BANKACCTFROM>\n"
    "<BANKTRANLIST><DTSTART>{first}</DTSTART><DTEND>{last}</DTEND>\n"
)
_FOOT: Final = (
    "</BANKTRANLIST>\n<LEDGERBAL><BALAMT>{balance}</BALAMT><DTASOF>{last}</DTASOF></LEDGERBAL>\n"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
)


def as_ofx(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the file in chunks, once all rows, which are in the order of their dates, were read.

    The first and last day stand before the expenses, so these wait in a temporary file if they are many.
    ``currency`` is the owner's base currency.
    """
    remaining = (row for row in rows if row.status != _DELETED)
    first = last = made = _NEVER
    total = 0
    with SpooledTemporaryFile(_IN_MEMORY) as body:
        while chunk := list(islice(remaining, _ROWS_PER_CHUNK)):
            first = chunk[0].date if first == _NEVER else first
            last, made = chunk[-1].date, max(made, *(row.modified for row in chunk))
            total += sum(row.amount for row in chunk)
            body.write("".join(map(_transaction, chunk)).encode())
        yield _HEAD.format(ok=_OK, made=_time(made), currency=currency, first=_noon(first), last=_noon(last)).encode()
        body.seek(0)
        while block := body.read(_BLOCK):
            yield block
    yield _FOOT.format(balance=plain(-total), last=_noon(last)).encode()


def _transaction(row: ExpenseRow) -> str:
    words = tag_words(row.tags)
    text = _one_line(f"{row.notes} {words}" if row.notes and words else row.notes or words, _MEMO_LENGTH)
    memo = f"<MEMO>{text}</MEMO>" if text else ""
    return (
        f"<STMTTRN><TRNTYPE>{'CREDIT' if row.amount < 0 else 'DEBIT'}</TRNTYPE><DTPOSTED>{_noon(row.date)}</DTPOSTED>"
        f"<TRNAMT>{plain(-row.amount)}</TRNAMT><FITID>{row.id}</FITID><NAME>{_one_line(row.type, _NAME_LENGTH)}</NAME>"
        f"{memo}</STMTTRN>\n"
    )


def _one_line(text: str, most: int) -> str:
    return xml_text(text.translate(_BREAKS)[:most].strip())


def _noon(date: str) -> str:
    return f"{date[:4]}{date[5:7]}{date[8:10]}120000"


def _time(instant: str) -> str:
    return "".join(filter(str.isdigit, instant))
