"""Spans of days, written and read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.periods import BadPeriod, Period, period_read, period_told, period_written, span

pytestmark = pytest.mark.once

CASES = [
    ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
    ("2026-11", date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
    ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "February 2024"),
    ("2026-11-20", date(2026, 11, 20), date(2026, 11, 20), "20 Nov 2026"),
    ("2026-11-01..2026-11-20", date(2026, 11, 1), date(2026, 11, 20), "1 to 20 Nov 2026"),
    ("2025-12..2026-11", date(2025, 12, 1), date(2026, 11, 30), "1 Dec 2025 to 30 Nov 2026"),
    ("2025-01..2026-12", date(2025, 1, 1), date(2026, 12, 31), "1 Jan 2025 to 31 Dec 2026"),
    ("0987", date(987, 1, 1), date(987, 12, 31), "987"),
]


@pytest.mark.parametrize(("text", "first", "last", "told"), CASES)
def test_it_is_written_read_and_told(text: str, first: date, last: date, told: str) -> None:
    period = Period(first, last)

    assert period_read(text) == period
    assert period_written(period) == text
    assert period_told(period) == told


@pytest.mark.parametrize(("text", "same"), [("2025..2026", "2025-01..2026-12"), ("2025..2026-02-03", None)])
def test_the_parts_may_be_of_any_length(text: str, same: str | None) -> None:
    assert period_read(text) == period_read(same or "2025-01-01..2026-02-03")


@given(st.dates(), st.dates())
def test_all_days_come_back(one: date, other: date) -> None:
    period = Period(min(one, other), max(one, other))

    assert period_read(period_written(period)) == period


@pytest.mark.parametrize(
    "text", ["soon", "2026-13", "2026-1", "2026-02-30", "2026..", "..2026", "2026..2025", "2024..2025..2026", "٢026"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadPeriod, match=r"a month like 2026-11 or a year like 2026 is wanted"):
        period_read(text)


def test_how_many_days() -> None:
    assert period_read("2024").days == 366


def test_a_span_of_nothing_is_not_told() -> None:
    assert span(None, None) == ""
