"""What a text says, what the owner's words mean, and why a text can't be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from accounts.sentences import sentence

MAX_TEXT: Final = 2000
MAX_TYPE: Final = 200
MAX_TAG: Final = 100
MAX_DIGITS: Final = 15
MAX_ATS: Final = 5
KEY_GROWTH: Final = 4  # a name's key has a column of four times its length; one ligature may fold into 18 letters


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the owner's words mean."""

    base_currency: str
    """The owner's ISO 4217 code."""
    types: Mapping[str, str]
    """By ``name_key`` of the type its unit: "" for money, "min", "mi", "km", or any other."""
    reports: Mapping[str, int]
    """By ``route_key`` of the name the ids of the open reports."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An expense as it was typed."""

    type: str
    """On one line: what broke it is a blank."""
    raw_amount: Decimal
    """In ``unit``; hours are minutes already."""
    unit: str
    """"" for the base currency, "min", "mi", "km", the unit of the type, or a foreign currency's ISO 4217 code."""
    rate: Decimal | None
    """Base currency per unit where ``at`` gave it, positive; only for a foreign currency or a distance."""
    notes: str
    tags: tuple[str, ...]
    """As typed and in that order, without ``#``; no two with one ``name_key``."""
    report_id: int | None
    date: date | datetime | None


@dataclass(frozen=True, slots=True)
class TimerStart:
    """The clock of a type starts to run."""

    type: str
    notes: str
    tags: tuple[str, ...]
    report_id: int | None


@dataclass(frozen=True, slots=True)
class TimerStop:
    """The clock of a type stops. What else was typed is to be added to what its start said."""

    type: str
    notes: str
    tags: tuple[str, ...]
    report_id: int | None


@dataclass(frozen=True, slots=True)
class Lookups:
    """The keys that ``parse`` may look up for a text: a vocabulary cut down to them gives the same result."""

    types: frozenset[str]
    reports: frozenset[str]


class GrammarError(ValueError):
    """The text can't be read. The message may be shown: it quotes the text and shows the shape wanted."""

    def __init__(self, text: str, reason: str, example: str = "lunch 45 with jack #clientx") -> None:
        shown = f"{text[:60]!r}{'…' if len(text) > 60 else ''}"  # repr: control characters come out escaped
        super().__init__(
            sentence("%(text)s: %(reason)s; write it like: %(example)s", text=shown, reason=reason, example=example)
        )


class TextEmpty(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, sentence("there is no text"))


class TextTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            sentence("at most %(most)s characters are read, these are %(length)s", most=MAX_TEXT, length=len(text)),
        )


class TextUnstorable(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, sentence("a NUL or half of a surrogate pair can't be kept"))


class NoAmount(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, sentence("there is no amount, a number between blanks or commas"))


class NotAnAmount(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(
            text, sentence("a number is wanted, with a unit if it has one, and nothing else"), "12.50 or 20 EUR"
        )


class AmountTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(
            text,
            sentence(
                "a number has at most %(most)s digits before and %(most)s after the point",
                most=MAX_DIGITS,
            ),
        )


class UnclearMark(GrammarError):
    """A currency is meant, and not to be guessed: the amount in another one would be a wrong one."""

    def __init__(self, text: str, mark: str, number: str) -> None:
        reason = sentence(
            "the mark %(mark)s can mean several currencies here, or none; its ISO code means one", mark=mark
        )
        super().__init__(text, reason, f"lunch {number} USD")


class NoType(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, sentence("there is no type, a word before or behind the amount"))


class TypeTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(
            text, sentence("a type, the words before the amount, has at most %(most)s characters", most=MAX_TYPE)
        )


class TagTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, sentence("a tag has at most %(most)s characters", most=MAX_TAG))
