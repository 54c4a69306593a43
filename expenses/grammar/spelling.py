"""The copy of a text in which signs are found, and the words and pieces it is cut into."""

import re
import unicodedata
from typing import Final

from expenses.grammar.values import MAX_TEXT, TextEmpty, TextTooLong, TextUnstorable

END = r"(?=[\s,]|\Z)"
WORD: Final = re.compile(r"(\s*)(\S+)")
EXP: Final = re.compile(r"exp(?:\s+|\Z)", re.IGNORECASE)
_PIECE: Final = re.compile(r"[^\s,]+")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def check(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise TextTooLong(text)
    if _UNSTORABLE.search(text):
        raise TextUnstorable(text)
    if not text.strip():
        raise TextEmpty(text)


def plainly(text: str) -> str:
    """Return ``text`` with digits and full-width signs in ASCII, each in its place."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(("<wide>", "<small>")):
        return unicodedata.normalize("NFKC", character)[0]
    return {"−": "-", "’": "'"}.get(character, character)


def on_one_line(text: str) -> str:
    """Return a type as it is kept: a text may come in lines, a type is on one."""
    return " ".join(text.splitlines())


def is_at(word: str) -> bool:
    return len(word) > 1 and plainly(word[0]) == "@"


def joined(words: list[tuple[str, str]]) -> str:
    return "".join(gap + word for gap, word in words).strip()


def pieces_of(text: str) -> list[str]:
    return [text[slice(*match.span())] for match in _PIECE.finditer(plainly(text))]
