"""Days as banks and spreadsheets write them."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final

STYLES: Final = ("ymd", "dmy", "mdy")
"""The orders in which year, month and day may stand."""

_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CLOCK: Final = (
    r"(?:[T,\s]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]+)?)?"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_NUMBERS: Final = re.compile(rf"([0-9]{{1,4}})\s*[-/. ']\s*([0-9]{{1,2}})\s*[-/. ']\s*([0-9]{{1,4}}){_CLOCK}")
_COMPACT: Final = re.compile(rf"([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_CLOCK}")
_DAY_MONTH: Final = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?P<day>[0-9]{{1,2}})\.?[-\s]+(?P<name>[A-Za-z]{{3,9}})\.?,?[-\s]+(?P<year>[0-9]{{2,4}}){_CLOCK}"
)
_MONTH_DAY: Final = re.compile(
    rf"(?:[A-Za-z]{{3,9}},?\s+)?(?P<name>[A-Za-z]{{3,9}})\.?\s+(?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}}){_CLOCK}"
)
_CENTURY_ENDS: Final = 70  # two digits from here on are of the 1900s
_MOST_DAY: Final = 31
_MOST_MONTH: Final = 12
_LONGEST: Final = 60  # characters; blanks without end could be parted in so many ways that it would take minutes


def date_style(cells: Iterable[str]) -> str:
    """Return the order of a column's days: the one that the first cell which tells, tells of.

    ``31/08/2010`` tells that days stand first, ``08/31/2010`` that months do. Where no cell does, a slash means that
    months stand first, as it does in the line that one types, and another sign that days do.
    """
    sign = ""
    for cell in map(str.strip, cells):
        match = _NUMBERS.fullmatch(cell) if len(cell) <= _LONGEST else None
        if match is None:
            continue
        if int(match[1]) > _MOST_DAY:
            return "ymd"
        if int(match[1]) > _MOST_MONTH:
            return "dmy"
        if int(match[2]) > _MOST_MONTH:
            return "mdy"
        sign = sign or cell[len(match[1])]
    if not sign:
        return "ymd"
    return "mdy" if sign == "/" else "dmy"


def read_day(cell: str, *, style: str) -> datetime:
    """Return the moment in a cell, midnight where it has no time of day; a zone is passed over. Raises ValueError."""
    text = cell.strip()
    if len(text) > _LONGEST:
        raise ValueError(cell)
    if match := _COMPACT.fullmatch(text):
        year, month, day = match.group(1, 2, 3)
    elif match := _NUMBERS.fullmatch(text):
        parts = dict(zip(style, match.group(1, 2, 3), strict=True))
        year, month, day = parts["y"], parts["m"], parts["d"]
    elif match := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        year, month, day = match["year"], str(_MONTHS.index(match["name"][:3].lower()) + 1), match["day"]
    else:
        raise ValueError(cell)
    return datetime.combine(date(_year(year), int(month), int(day)), _time(match))


def _year(digits: str) -> int:
    if len(digits) == 4:
        return int(digits)
    if len(digits) != 2:
        raise ValueError(digits)
    return int(digits) + (1900 if int(digits) >= _CENTURY_ENDS else 2000)


def _time(match: re.Match[str]) -> time:
    if match["hour"] is None:
        return time.min
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(match[0])
        hour = hour % 12 + (12 if match["half"].lower() == "pm" else 0)
    return time(hour, int(match["minute"]), int(match["second"] or 0))
