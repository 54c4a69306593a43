"""How names compare: without regard to case or to the way Unicode spells a letter."""

import hashlib
import re
import unicodedata
from typing import Final

KEY_GROWTH: Final = 4
"""How many times the length of a name's column that of its key has: a ligature may fold into eighteen letters."""

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def name_key(name: str) -> str:
    """Return the form under which ``name`` is unique and is looked up.

    SQLite and PostgreSQL fold case differently, so the key is made here and stored in a column.
    Casefolding can undo the normal form, hence the second pass.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return unicodedata.normalize("NFKC", folded)


def name_fits(name: str, *, most: int) -> bool:
    """Tell whether ``name`` can be kept: 1 to ``most`` characters on one line, whose key fits its column."""
    return (
        0 < len(name) <= most
        and name.splitlines() == [name]
        and not _UNSTORABLE.search(name)
        and len(name_key(name)) <= most * KEY_GROWTH
    )


def route_key(name: str) -> str:
    """Return ``name_key`` without blanks: ``#clientx`` finds the report "Client X"."""
    return "".join(name_key(name).split())


def text_digest(text: str) -> int:
    """Return 64 bits (signed) that are the same for texts with the same ``name_key``.

    A long text is found again, without regard to case and alike on every database, through a column of these.
    """
    digest = hashlib.blake2b(name_key(text).encode(), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
