r"""Expenses as QIF, for GnuCash, KMyMoney, HomeBank and other programs that keep accounts.

QIF was never specified beyond Quicken's help pages; what follows is what the readers' own sources do with it:
GnuCash ``import-export/qif-imp`` (``file-format.txt`` there is the best description of the format), KMyMoney
``plugins/qif`` (``mymoneyqifreader.cpp``, ``mymoneyqifprofile.cpp``), HomeBank ``hb-import-qif.c`` and, from PyPI,
quiffen, which the tests read the file with.

**The file** is UTF-8 without a byte order mark (KMyMoney would not see the header behind one) and with LF alone
(quiffen keeps a CR as text). It is one account of cash, ``!Type:Cash``; the program asks which, and its currency is
the owner's base currency, for which QIF has no place. Deleted expenses are left out: QIF cannot say that something
is gone.

**An expense** is these lines, then ``^``:

=====  ==============================================================================================================
``D``  The day as month/day/year, ``05/21/2010``: the form of Quicken itself, which each of them offers, the only
       one that quiffen reads without being told, and with the year in full nobody guesses the century. GnuCash and
       KMyMoney find the order out by themselves once a day is past the 12th, and ask before. The time is lost.
``T``  The amount in base currency, below zero for money spent, above for a refund. Two decimals; four for the few
       currencies with three (``-1.2340``), because HomeBank takes a point before three digits for thousands
       (``-1.234`` would be -1234) and GnuCash cannot always tell.
``N``  The expense's number, as the reference by which a person finds it again. KMyMoney, which knows a record that it
       has seen by all of its text, does not take two equal lunches for one.
``P``  The payee: the expense's type.
``M``  The memo: the notes, then the tags as in CSV (``#cash #"client x"``). Left out where there is neither.
``L``  The category: the type's, or the type where it has none.
=====  ==============================================================================================================

**Tags are in the memo and not in the class.** QIF would have a class after the category, ``LMeals/client``. Of the
three programs GnuCash throws it away and the others know no classes: they make a category "Meals/client" of it, and
neither category nor tag would be in place. All of them keep the memo. There is one class at most besides, and an
expense may have many tags.

**What is changed.** A line is all that QIF has, so control characters and line and paragraph separators are blanks:
notes of three lines become one. In the category ``:`` would begin a subcategory, ``/`` and ``|`` a class and ``[`` make
it a transfer to an account (KMyMoney: anywhere in the text), so ``: / |`` are written ``-`` and ``[ ]`` are ``( )``.

**What cannot be helped.** KMyMoney shows a ``\n`` that somebody typed as a new line, and takes the first expense
whose type is "Opening balance", or a part of that, for the account's.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from expenses.exports.as_csv import tag_words
from expenses.exports.row import ExpenseRow
from expenses.money import plain

_ROWS_PER_CHUNK: Final = 1000
_DELETED: Final = -1
_BREAKS: Final = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_SIGNS: Final = str.maketrans(":/|[]", "---()")


def as_qif(rows: Iterable[ExpenseRow], *, currency: str) -> Iterator[bytes]:
    """Yield the file in chunks of whole records: the header, which is there without rows too, then the rows.

    ``rows`` is read as the chunks are taken, a thousand rows at a time. ``currency``, the owner's base currency,
    goes nowhere: all exports are called alike.
    """
    remaining = (row for row in rows if row.status != _DELETED)
    yield b"!Type:Cash\n"
    while chunk := "".join([_record(row) for row in islice(remaining, _ROWS_PER_CHUNK)]):
        yield chunk.encode()


def _record(row: ExpenseRow) -> str:
    date = row.date
    memo = _memo(row)
    return (
        f"D{date[5:7]}/{date[8:10]}/{date[:4]}\nT{_amount(-row.amount)}\nN{row.id}\nP{_name(row.type)}\n"
        f"{memo}L{_category(row.category or row.type)}\n^\n"
    )


def _amount(thousandths: int) -> str:
    text = plain(thousandths)
    return text if text[-3] == "." else text + "0"


def _memo(row: ExpenseRow) -> str:
    words = tag_words(row.tags)
    text = f"{row.notes} {words}" if row.notes and words else row.notes or words
    return f"M{_one_line(text)}\n" if text else ""


@lru_cache(maxsize=1024)
def _name(text: str) -> str:
    return _one_line(text)


@lru_cache(maxsize=1024)
def _category(name: str) -> str:
    return _one_line(name).translate(_SIGNS)


def _one_line(text: str) -> str:
    # What is printable has no such character in it, and is seen to be so far faster than it is translated.
    return text if text.isprintable() else text.translate(_BREAKS)
