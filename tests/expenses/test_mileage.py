"""The standard mileage rates of the Internal Revenue Service, as it published them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.mileage import ShippedRate, converted_rate, shipped_rate, shipped_rates

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("first", "last", "rate", "source"),
    [
        ("2007-01-01", "2007-12-31", "0.485", "Rev. Proc. 2006-49"),
        ("2008-01-01", "2008-06-30", "0.505", "Rev. Proc. 2007-70"),
        ("2008-07-01", "2008-12-31", "0.585", "Announcement 2008-63"),
        ("2009-01-01", "2009-12-31", "0.55", "Rev. Proc. 2008-72"),
        ("2010-01-01", "2010-12-31", "0.50", "Rev. Proc. 2009-54"),
        ("2011-01-01", "2011-06-30", "0.51", "Notice 2010-88"),
        ("2011-07-01", "2011-12-31", "0.555", "Announcement 2011-40"),
        ("2012-01-01", "2012-12-31", "0.555", "Notice 2012-1"),
        ("2013-01-01", "2013-12-31", "0.565", "Notice 2012-72"),
        ("2014-01-01", "2014-12-31", "0.56", "Notice 2013-80"),
        ("2015-01-01", "2015-12-31", "0.575", "Notice 2014-79"),
        ("2016-01-01", "2016-12-31", "0.54", "Notice 2016-1"),
        ("2017-01-01", "2017-12-31", "0.535", "Notice 2016-79"),
        ("2018-01-01", "2018-12-31", "0.545", "Notice 2018-3"),
        ("2019-01-01", "2019-12-31", "0.58", "Notice 2019-2"),
        ("2020-01-01", "2020-12-31", "0.575", "Notice 2020-5"),
        ("2021-01-01", "2021-12-31", "0.56", "Notice 2021-2"),
        ("2022-01-01", "2022-06-30", "0.585", "Notice 2022-3"),
        ("2022-07-01", "2022-12-31", "0.625", "Announcement 2022-13"),
        ("2023-01-01", "2023-12-31", "0.655", "Notice 2023-3"),
        ("2024-01-01", "2024-12-31", "0.67", "Notice 2024-8"),
        ("2025-01-01", "2025-12-31", "0.70", "Notice 2025-5"),
        ("2026-01-01", "2026-12-31", "0.725", "Notice 2026-10"),
    ],
)
def test_it_works(first: str, last: str, rate: str, source: str) -> None:
    assert ShippedRate(date.fromisoformat(first), Decimal(rate), source) in shipped_rates(unit="mi")
    assert shipped_rate(unit="mi", day=date.fromisoformat(first)).rate == Decimal(rate)
    assert shipped_rate(unit="mi", day=date.fromisoformat(last)).rate == Decimal(rate)


def test_before_the_first_and_after_the_last() -> None:
    assert shipped_rate(unit="mi", day=date.min).rate == Decimal("0.485")
    assert shipped_rate(unit="mi", day=date.max).rate == Decimal("0.725")


@pytest.mark.parametrize(
    ("day", "rate"), [("2009-06-01", "0.3418"), ("2022-07-01", "0.3884"), ("2026-01-01", "0.4505")]
)
def test_kilometres(day: str, rate: str) -> None:
    assert str(shipped_rate(unit="km", day=date.fromisoformat(day)).rate) == rate


def test_the_whole_table_in_kilometres() -> None:
    table = shipped_rates(unit="km")

    assert table[-1] == ShippedRate(date(2026, 1, 1), Decimal("0.4505"), "Notice 2026-10")
    assert [row.since for row in table] == sorted(row.since for row in table)
    assert all(row.rate == shipped_rate(unit="km", day=row.since).rate for row in table)


@pytest.mark.parametrize(
    ("rate", "unit", "converted"), [("0.30", "km", "0.186411357671"), ("0.30", "mi", "0.4828032"), ("0", "km", "0")]
)
def test_a_rate_for_the_other_unit(rate: str, unit: str, converted: str) -> None:
    assert converted_rate(Decimal(rate), unit=unit) == Decimal(converted)


@given(st.dates())
def test_a_mile_is_as_long_as_its_kilometres(day: date) -> None:
    mile, kilometre = shipped_rate(unit="mi", day=day).rate, shipped_rate(unit="km", day=day).rate

    assert abs(kilometre * Decimal("1.609344") - mile) < Decimal("0.0001")


@given(st.dates(max_value=date.max - timedelta(days=1)))
def test_rates_change_at_half_years_only(day: date) -> None:
    morrow = day + timedelta(days=1)

    rate, next_rate = shipped_rate(unit="mi", day=day).rate, shipped_rate(unit="mi", day=morrow).rate
    assert rate == next_rate or (morrow.day, morrow.month) in {(1, 1), (1, 7)}
