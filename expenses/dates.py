"""Dates as people and old clients write them. One reader for the free text and for the parameters of the APIs."""

import re
from datetime import date, datetime, time
from typing import Final

from accounts.sentences import sentence

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# Wire §1.3. `strptime` would do, but it reads month names in the process's locale and digits of any script, and
# takes "2009-1-112:00" apart where no person would.
_YEAR_FIRST: Final = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?)?"
)
_DAY_FIRST: Final = re.compile(r"(?P<day>[0-9]{1,2})[ \t]+(?P<month>[A-Za-z]{3})[ \t]+(?P<year>[0-9]{4})")
_MONTH_FIRST: Final = re.compile(r"(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2})/(?P<year>[0-9]{4})")


class BadDate(ValueError):
    """The text is no date, or one that no calendar has. The message may be shown."""

    def __init__(self, text: str) -> None:
        shown = f"{text[:40]!r}{'…' if len(text) > 40 else ''}"  # repr: control characters come out escaped
        super().__init__(
            sentence(
                "date %(text)s: write it like 2010-08-31, 2010-08-31 05:14, 2010-08-31 05:14:00, 31 Aug 2010 "
                "or 08/31/2010",
                text=shown,
            )
        )


def read_date(text: str) -> date | datetime:
    """Return the day that ``text`` names, or the naive moment where it gives a time of day.

    Read are ``2010-08-31``, the same with ``05:14`` or ``05:14:00`` after blanks or a ``T``, ``31 Aug 2010`` (English
    months in any case), and ``08/31/2010``; in ASCII digits, with blanks around. A leading zero may be missing, a
    digit of the year or of a minute may not. Raises BadDate. Source: wire §1.3.
    """
    stripped = text.strip()
    match = _YEAR_FIRST.fullmatch(stripped) or _DAY_FIRST.fullmatch(stripped) or _MONTH_FIRST.fullmatch(stripped)
    if match is None:
        raise BadDate(text)
    fields = match.groupdict()
    try:
        day = date(int(fields["year"]), _month(fields["month"]), int(fields["day"]))
        if fields.get("hour") is None:
            return day
        return datetime.combine(day, time(int(fields["hour"]), int(fields["minute"]), int(fields["second"] or 0)))
    except ValueError:
        raise BadDate(text) from None


def _month(text: str) -> int:
    """Return the number of a month written in digits or letters. Raises ValueError."""
    return int(text) if text.isdigit() else _MONTHS.index(text.lower()) + 1
