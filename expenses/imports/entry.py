"""What a reader makes of a file: expenses as it names them, and the lines that are none."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class Entry(NamedTuple):
    """An expense as a file has it; ``line`` counts from 1 and is the one that it begins on, but no two have the same.

    ``amount`` is in ``currency``, an ISO 4217 code, or in the owner's base currency where that is "". ``raw_amount`` is
    in ``unit``, at ``rate`` where the file says one; without a raw amount both mean nothing. An empty ``type`` is for
    the reader's owner to name, an empty ``report`` is the default one. ``sourceid`` is what the sender calls it.
    """

    line: int
    date: datetime
    amount: Decimal
    type: str = ""
    currency: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()
    report: str = ""
    sourceid: str = ""
    raw_amount: Decimal | None = None
    unit: str = ""
    rate: Decimal | None = None


class Wrong(NamedTuple):
    """A line that can't be taken, and why, in words that may be shown."""

    line: int
    reason: str


class Reading(NamedTuple):
    """All that a file has, in its order."""

    entries: list[Entry]
    wrong: list[Wrong]


class Unreadable(ValueError):
    """The file as a whole can't be read. The message may be shown."""
