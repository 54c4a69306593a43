"""From the bytes of a file to its text, whatever wrote it."""

import codecs
from typing import Final, NamedTuple

from charset_normalizer import from_bytes

from accounts.sentences import sentence
from expenses.imports.entry import Unreadable

ENCODINGS: Final = (
    "utf-8",
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "utf-16",
    "mac-roman",
    "shift-jis",
    "gb18030",
)
"""What a person may say that his file is in."""

_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_LOOKED_AT: Final = 50_000  # bytes; to weigh every byte of a long file takes seconds
_WESTERN: Final = "windows-1252"
_LIKELY: Final = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257"]


class Decoded(NamedTuple):
    text: str
    encoding: str


def decoded(data: bytes, encoding: str = "") -> Decoded:
    """Return the text of a file and what it is in: what is said, what a mark at its start says, UTF-8, or a guess.

    Raises Unreadable where the bytes are no text in what was said.
    """
    encoding = encoding or _found(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        seen, place = error.object, error.start  # without the mark at its start
        raise Unreadable(
            sentence(
                "line %(line)s: byte %(byte)s is no text in %(encoding)s; choose another encoding",
                line=seen.count(b"\n", 0, place) + 1,
                byte=f"{seen[place]:#04x}",
                encoding=encoding.removesuffix("-sig"),
            )
        ) from None
    if "\0" in text:
        raise Unreadable(
            sentence("this is no text, but a program's file, like a picture or a workbook: save it as CSV")
        )
    return Decoded(text.removeprefix("\ufeff"), encoding.removesuffix("-sig"))


def _found(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    if _text(data, "utf-8") is not None:
        return "utf-8"
    best = from_bytes(data[:_LOOKED_AT], cp_isolation=_LIKELY).best()
    western = _text(data, _WESTERN)
    # Where others of the family say the same, it is the one that everybody knows.
    if best is not None and _text(data, best.encoding) not in {None, western}:
        return best.encoding.replace("cp", "windows-")
    return "iso-8859-15" if western is None else _WESTERN


def _text(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
