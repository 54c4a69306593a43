"""How names compare: without regard to case or to the way Unicode spells a letter."""

import re
import unicodedata
from itertools import groupby
from typing import Final

KEY_GROWTH: Final = 4
"""How many times the length of a name's column that of its key has: a ligature may fold into eighteen letters."""

_UNFIT: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no name holds: half characters, and those that control a terminal; a tab is but a blank."""
_LONGEST: Final = 254 * KEY_GROWTH
_SHORT: Final = 200


def name_key(name: str) -> str:
    """Return the form under which ``name`` is unique and is looked up.

    SQLite and PostgreSQL fold case differently, so the key is made here and stored in a column.
    Casefolding can undo the normal form, hence the second pass.
    """
    if name.isascii():
        return name.lower()
    return _normal(_normal(name).casefold())


def lookup_key(name: str) -> str | None:
    """Return the ``name_key`` of a name that is looked for, or None where no name is so long, or holds such signs.

    Strangers may ask for anything: a key of any length is work, and PostgreSQL takes no NUL.
    """
    return name_key(name) if len(name) <= _LONGEST and not _UNFIT.search(name) else None


def _normal(text: str) -> str:
    """Return the normal form NFKC of ``text``, in time that grows with its length and no faster.

    Python puts the accents of a letter in order by insertion: 40 000 of them take it six seconds, in which no other
    thread runs. So a long text is taken apart and its accents are put in order before Python sees it. Of a text that
    is normal, or may be for all that its single characters say, they are in order.
    """
    if len(text) <= _SHORT or unicodedata.is_normalized("NFKC", text):
        return unicodedata.normalize("NFKC", text)
    apart = "".join(unicodedata.normalize("NFKD", character) for character in text)
    runs = (sorted(run, key=unicodedata.combining) for _, run in groupby(apart, key=_is_accent))
    return unicodedata.normalize("NFKC", "".join(character for run in runs for character in run))


def _is_accent(character: str) -> bool:
    return unicodedata.combining(character) != 0


def name_fits(name: str, *, most: int) -> bool:
    """Tell whether ``name`` can be kept: 1 to ``most`` characters on one line, whose key fits its column."""
    return (
        0 < len(name) <= most
        and name.splitlines() == [name]
        and not _UNFIT.search(name)
        and len(name_key(name)) <= most * KEY_GROWTH
    )


def route_key(name: str) -> str:
    """Return ``name_key`` without blanks: ``#clientx`` finds the report "Client X"."""
    return "".join(name_key(name).split())
