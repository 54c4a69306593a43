"""The copy of a text in which signs are found, and the words and pieces it is cut into."""

import re
import unicodedata
from collections.abc import Container
from typing import Final

from expenses.grammar.values import MAX_TEXT, TextEmpty, TextTooLong, TextUnstorable

Words = list[tuple[str, str]]
"""Words, each with the blanks before it."""
END = r"(?=[\s,]|\Z)"
INVISIBLE: Final = "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""What says in which direction a text runs, a blank of no width, and the mark that begins a file."""
_BLANKS: Final = INVISIBLE + "".join(filter(str.isspace, map(chr, range(0x3001))))
_UNSEEN: Final = re.compile(f"[{INVISIBLE}]")
# Every sign that Unicode has for money (category Sc), and the block it keeps for those to come.
MONEY: Final = (
    r"[$¢-¥֏؋\u07fe\u07ff৲৳৻૱௹฿៛\u20a0-\u20cf\ua838\ufdfc"
    r"\U00011fdd-\U00011fe0\U0001e2ff\U0001ecb0]"
)
_AT_AN_EDGE: Final = re.compile(
    rf"(?<![^\s,])[{INVISIBLE}]+|(?<![{INVISIBLE}])[{INVISIBLE}]+(?![^\s,])"
    rf"|(?<=[0-9])[{INVISIBLE}]+(?={MONEY})|(?<={MONEY})[{INVISIBLE}]+(?=[0-9])"
)
_SIGNS: Final = {"−": "-", "’": "'", "٬": "'", "٫": ".", "،": ",", "、": ",", "､": ","}
_WORD: Final = re.compile(r"(\s*)(\S+)")
EXP: Final = re.compile(r"exp(?:\s+|\Z)", re.IGNORECASE)
_PIECE: Final = re.compile(r"[^\s,]+")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def check(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise TextTooLong(text)
    if _UNSTORABLE.search(text):
        raise TextUnstorable(text)
    if not trimmed(text):
        raise TextEmpty(text)


def trimmed(text: str) -> str:
    return text.strip(_BLANKS)


def plainly(text: str) -> str:
    """Return ``text`` with digits and signs in ASCII, each in its place; what can't be seen around a word is blank."""
    if text.isascii():
        return text
    return _AT_AN_EDGE.sub(lambda match: " " * len(match[0]), "".join(map(_plain_character, text)))


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(("<wide>", "<small>")):
        return unicodedata.normalize("NFKC", character)[0]
    return _SIGNS.get(character, character)


def on_one_line(type_: str) -> str:
    """Return a type as it is kept: a text may come in lines, and with signs between words that nobody sees."""
    if _UNSEEN.search(type_):
        type_ = trimmed("".join((_UNSEEN.sub("", gap) or " ") + word for gap, word in words_in(type_)))
    return " ".join(type_.splitlines())


def is_at(word: str) -> bool:
    """Tell whether this is an ``@`` with something behind it that may be a name."""
    return plainly(word[0]) == "@" and bool(word[1:].rstrip(",;:."))


def words_in(text: str) -> Words:
    """Return the words, each behind the blanks before it."""
    matches = _WORD.finditer(plainly(text))
    return [(text[slice(*match.span(1))], text[slice(*match.span(2))]) for match in matches]


def less(words: Words, taken: Container[int]) -> Words:
    """Return the words but for those at some places, each still behind a blank: what nobody sees may have been one."""
    kept: Words = []
    for index, (gap, word) in enumerate(words):
        if index not in taken:
            is_torn = index - 1 in taken and not gap.strip(INVISIBLE)
            kept.append((" " if is_torn else gap, word))
    return kept


def joined(words: Words) -> str:
    return trimmed("".join(gap + word for gap, word in words))


def pieces_of(text: str) -> list[str]:
    return [text[slice(*match.span())] for match in _PIECE.finditer(plainly(text))]
