"""What a mile driven for business was worth: the standard rates of the United States, by date."""

from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

_IRS_CENTS: Final = (
    # Standard mileage rates for business use, Internal Revenue Service, and the document that set each. Three times,
    # in 2008, 2011 and 2022, they were raised in the middle of a year.
    (date(2007, 1, 1), "48.5", "Rev. Proc. 2006-49"),
    (date(2008, 1, 1), "50.5", "Rev. Proc. 2007-70"),
    (date(2008, 7, 1), "58.5", "Announcement 2008-63"),
    (date(2009, 1, 1), "55", "Rev. Proc. 2008-72"),
    (date(2010, 1, 1), "50", "Rev. Proc. 2009-54"),
    (date(2011, 1, 1), "51", "Notice 2010-88"),
    (date(2011, 7, 1), "55.5", "Announcement 2011-40"),
    (date(2012, 1, 1), "55.5", "Notice 2012-1"),
    (date(2013, 1, 1), "56.5", "Notice 2012-72"),
    (date(2014, 1, 1), "56", "Notice 2013-80"),
    (date(2015, 1, 1), "57.5", "Notice 2014-79"),
    (date(2016, 1, 1), "54", "Notice 2016-1"),
    (date(2017, 1, 1), "53.5", "Notice 2016-79"),
    (date(2018, 1, 1), "54.5", "Notice 2018-3"),
    (date(2019, 1, 1), "58", "Notice 2019-2"),
    (date(2020, 1, 1), "57.5", "Notice 2020-5"),
    (date(2021, 1, 1), "56", "Notice 2021-2"),
    (date(2022, 1, 1), "58.5", "Notice 2022-3"),
    (date(2022, 7, 1), "62.5", "Announcement 2022-13"),
    (date(2023, 1, 1), "65.5", "Notice 2023-3"),
    (date(2024, 1, 1), "67", "Notice 2024-8"),
    (date(2025, 1, 1), "70", "Notice 2025-5"),
    (date(2026, 1, 1), "72.5", "Notice 2026-10"),
)
_KM_PER_MILE: Final = Decimal("1.609344")
_PLACES: Final = Decimal("0.0001")
_OWN_PLACES: Final = Decimal("0.000000000001")  # as many as a rate of one's own may have


class ShippedRate(NamedTuple):
    """What one unit is worth in US dollars from ``since`` on; ``source`` is what the Internal Revenue Service said."""

    since: date
    rate: Decimal
    source: str


def shipped_rates(*, unit: str) -> list[ShippedRate]:
    """Return the whole table per ``unit`` ("mi" or "km"), oldest first.

    A kilometre's rate is the mile's, converted and rounded to a hundredth of a cent.
    """
    return [ShippedRate(since, _dollars(cents, unit), source) for since, cents, source in _IRS_CENTS]


def shipped_rate(*, unit: str, day: date) -> ShippedRate:
    """Return what one ``unit`` ("mi" or "km") was worth on ``day``.

    Days before the table's first have its first rate, days after its last have its last.
    """
    rates = shipped_rates(unit=unit)
    return next((rate for rate in reversed(rates) if rate.since <= day), rates[0])


def converted_rate(rate: Decimal, *, unit: str) -> Decimal:
    """Return what one ``unit`` ("mi" or "km") is worth where one of the other is worth ``rate``, to 12 places."""
    worth = rate * _KM_PER_MILE if unit == "mi" else rate / _KM_PER_MILE
    return worth.quantize(_OWN_PLACES)


def _dollars(cents: str, unit: str) -> Decimal:
    per_mile = Decimal(cents) / 100
    return per_mile if unit == "mi" else (per_mile / _KM_PER_MILE).quantize(_PLACES)
