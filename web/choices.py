"""What there is to choose from on more than one page."""

from functools import cache
from itertools import groupby
from typing import Any, Final
from zoneinfo import available_timezones

from accounts.currencies import MINOR_DIGITS

CURRENCIES: Final = [(code, code) for code in sorted(MINOR_DIGITS)]


@cache  # it reads a folder
def zones() -> list[tuple[Any, Any]]:
    """Return all time zones, those of a region together; those of none come first."""
    names = sorted(available_timezones(), key=lambda name: ("/" in name, name))
    regions = groupby(names, key=lambda name: name.partition("/")[0] if "/" in name else "")
    grouped = [(region, [(name, _place(name)) for name in names]) for region, names in regions]
    return [*grouped[0][1], *grouped[1:]]


def _place(name: str) -> str:
    return (name.partition("/")[2] or name).replace("_", " ")
