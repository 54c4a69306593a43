"""Numbers as the reader's language writes them: ``1.234,56`` in German, ``1 234,56`` in French. Babel knows which."""

import re
from functools import cache
from typing import Final, NamedTuple

from django.conf import settings
from django.utils.translation import get_language

_BLANKS: Final = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
_MINUS: Final = "\N{MINUS SIGN}"


class Marks(NamedTuple):
    """What stands between thousands, and before the decimals."""

    group: str
    decimal: str


_ENGLISH: Final = Marks(",", ".")


def written(number: str) -> str:
    """Return a number whose thousands are parted by commas, and its decimals by a point, in the reader's language."""
    marks = _marks(get_language() or settings.LANGUAGE_CODE)
    return number if marks == _ENGLISH else number.translate({ord(","): marks.group, ord("."): marks.decimal})


def decimal_mark() -> str:
    """Return what stands before the decimals in the reader's language."""
    return _marks(get_language() or settings.LANGUAGE_CODE).decimal


def as_english(text: str) -> str:
    """Return a text that may begin with a number of the reader's language as the ledger reads it.

    ``1.234,56 EUR`` is ``1234.56 EUR`` where decimals come after a comma. The ledger takes three digits behind the only
    mark for thousands; where the language says that they are decimals they get a zero more. What begins with no such
    number, and all in a language that writes as the ledger reads, comes back as it is: so does ``0.725``, since no
    thousands begin with a zero.
    """
    marks, stripped = _marks(get_language() or settings.LANGUAGE_CODE), text.strip().replace(_MINUS, "-", 1)
    found = _number(marks).match(stripped) if marks.decimal == "," else None
    if found is None:
        return text
    whole, fraction = re.sub("[^0-9+-]", "", found["whole"]), found["fraction"] or ""
    fraction += "0" * (len(fraction) == 3)
    return whole + (f".{fraction}" if fraction else "") + stripped[found.end() :]


@cache
def _marks(language: str) -> Marks:
    if language == settings.LANGUAGE_CODE:
        return _ENGLISH
    from babel import Locale  # noqa: PLC0415 - it takes a tenth of a second, which no start is to wait for

    symbols = Locale.parse(language, sep="-").number_symbols["latn"]
    return Marks(symbols["group"], symbols["decimal"])


@cache
def _number(marks: Marks) -> re.Pattern[str]:
    group = f"[{_BLANKS}]" if marks.group in _BLANKS else re.escape(marks.group)
    whole = rf"[+-]?(?:[1-9][0-9]{{0,2}}(?:{group}[0-9]{{3}})+|[0-9]+)"
    # Not a part of a longer number.
    return re.compile(rf"(?P<whole>{whole})(?:{re.escape(marks.decimal)}(?P<fraction>[0-9]+))?(?![0-9.,'])")
