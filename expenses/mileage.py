"""What a mile driven for business was worth: the standard rates of the United States, by date."""

from datetime import date
from decimal import Decimal
from typing import Final

_IRS_CENTS: Final = (
    # Standard mileage rates for business use, Internal Revenue Service: the revenue procedure, notice or
    # announcement of each year. Three times, in 2008, 2011 and 2022, they were raised in the middle of one.
    (date(2007, 1, 1), "48.5"),
    (date(2008, 1, 1), "50.5"),
    (date(2008, 7, 1), "58.5"),
    (date(2009, 1, 1), "55"),
    (date(2010, 1, 1), "50"),
    (date(2011, 1, 1), "51"),
    (date(2011, 7, 1), "55.5"),
    (date(2013, 1, 1), "56.5"),
    (date(2014, 1, 1), "56"),
    (date(2015, 1, 1), "57.5"),
    (date(2016, 1, 1), "54"),
    (date(2017, 1, 1), "53.5"),
    (date(2018, 1, 1), "54.5"),
    (date(2019, 1, 1), "58"),
    (date(2020, 1, 1), "57.5"),
    (date(2021, 1, 1), "56"),
    (date(2022, 1, 1), "58.5"),
    (date(2022, 7, 1), "62.5"),
    (date(2023, 1, 1), "65.5"),
    (date(2024, 1, 1), "67"),
    (date(2025, 1, 1), "70"),
    (date(2026, 1, 1), "72.5"),
)
_KM_PER_MILE: Final = Decimal("1.609344")
_PLACES: Final = Decimal("0.0001")
_OWN_PLACES: Final = Decimal("0.000000000001")  # as many as a rate of one's own may have


def shipped_rate(*, unit: str, day: date) -> Decimal:
    """Return the US dollars that one ``unit`` ("mi" or "km") was worth on ``day``.

    Days before the table's first have its first rate, days after its last have its last. A kilometre's rate is
    the mile's, converted and rounded to a hundredth of a cent.
    """
    cents = next((cents for start, cents in reversed(_IRS_CENTS) if start <= day), _IRS_CENTS[0][1])
    per_mile = Decimal(cents) / 100
    return per_mile if unit == "mi" else (per_mile / _KM_PER_MILE).quantize(_PLACES)


def converted_rate(rate: Decimal, *, unit: str) -> Decimal:
    """Return what one ``unit`` ("mi" or "km") is worth where one of the other is worth ``rate``, to 12 places."""
    worth = rate * _KM_PER_MILE if unit == "mi" else rate / _KM_PER_MILE
    return worth.quantize(_OWN_PLACES)
