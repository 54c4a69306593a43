"""Spans of days, as an address has them: ``2026``, ``2026-11``, ``2026-11-20``, or two with dots between."""

import re
from calendar import monthrange
from datetime import date
from typing import Final, NamedTuple, Self

from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.sentences import sentence

_PART: Final = re.compile("([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class BadPeriod(ValueError):
    """The text is no span of days. The message may be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(
            sentence(
                "'%(text)s': a month like 2026-11 or a year like 2026 is wanted, or two such with .. between",
                text=text[:40],
            )
        )


class Period(NamedTuple):
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @classmethod
    def of_month(cls, day: date) -> Self:
        """Return the month that a day is in."""
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    @classmethod
    def of_year(cls, day: date) -> Self:
        """Return the year that a day is in."""
        return cls(date(day.year, 1, 1), date(day.year, 12, 31))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def period_read(text: str) -> Period:
    """Return the days that a text from an address means. Raises BadPeriod."""
    start, dots, end = text.partition("..")
    try:
        first, last = _part(start).first, _part(end if dots else start).last
    except ValueError as error:
        raise BadPeriod(text) from error
    if first > last:
        raise BadPeriod(text)
    return Period(first, last)


def period_written(period: Period) -> str:
    """Return the shortest text that ``period_read`` takes for these days."""
    first, last = period
    if period == Period.of_year(first):
        return f"{first:%Y}".zfill(4)
    if period == Period.of_month(first):
        return first.isoformat()[:7]
    if first == last:
        return first.isoformat()
    if first.day == 1 and last == Period.of_month(last).last:
        return f"{first.isoformat()[:7]}..{last.isoformat()[:7]}"
    return f"{first}..{last}"


def period_told(period: Period) -> str:
    """Return the days as people say them: ``2026``, ``November 2026``, ``1 to 20 Nov 2026``."""
    first, last = period
    if period == Period.of_year(first):
        return str(first.year)
    if period == Period.of_month(first):
        return date_format(first, gettext("F Y"))
    return span(first, last)


def span(first: date | None, last: date | None) -> str:
    """Return the days from first to last, without what both have in common; "" where there are none."""
    if first is None or last is None:
        return ""
    end = date_format(last, gettext("j M Y"))
    if first == last:
        return end
    if first.year != last.year:
        start = date_format(first, gettext("j M Y"))
    else:
        start = date_format(first, gettext("j M") if first.month != last.month else gettext("j"))
    return gettext("%(first)s to %(last)s") % {"first": start, "last": end}


def _part(text: str) -> Period:
    """Return the days of a year, a month or one day. Raises ValueError."""
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(text)
    year, month, day = match.groups()
    first = date(int(year), int(month or 1), int(day or 1))
    return Period(first, first) if day else Period.of_month(first) if month else Period.of_year(first)
