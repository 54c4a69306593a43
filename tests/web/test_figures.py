from decimal import Decimal
from typing import Any

import pytest

from expenses.exports.row import ExpenseRow
from web.figures import counted, megabytes, money, multiplied, rated, worked

pytestmark = pytest.mark.once


def row(raw_amount: int, unit: str, rate: str) -> ExpenseRow:
    fields: dict[str, Any] = dict.fromkeys(ExpenseRow._fields)
    return ExpenseRow(**fields | {"raw_amount": raw_amount, "unit": unit, "rate": rate})


@pytest.mark.parametrize(
    ("thousandths", "currency", "text"),
    [
        (0, "USD", "0.00"),
        (45_000, "USD", "45.00"),
        (1_473_720, "USD", "1,473.72"),
        (-43_440, "USD", "−43.44"),
        (1_234_000, "JPY", "1,234"),
        (1_234_567, "KWD", "1,234.567"),
        (999_999_999_999_999_990, "EUR", "999,999,999,999,999.99"),
    ],
)
def test_money(thousandths: int, currency: str, text: str) -> None:
    assert money(thousandths, currency) == text


@pytest.mark.parametrize(
    ("thousandths", "unit", "text"),
    [
        (38_000, "EUR", "38.00 EUR"),
        (38_125, "EUR", "38.125 EUR"),
        (3_800_000, "JPY", "3800 JPY"),
        (37_000, "min", "37 min"),
        (100_500, "mi", "100.5 mi"),
        (-12_000, "km", "-12 km"),
        (3_000, "page", "3"),
    ],
)
def test_counted(thousandths: int, unit: str, text: str) -> None:
    assert counted(thousandths, unit) == text


@pytest.mark.parametrize(
    ("of", "text"),
    [
        (row(45_000, "", ""), ""),
        (row(38_000, "EUR", "1.0861"), "38.00 EUR × 1.0861 ="),
        (row(-40_000, "EUR", "1.0861"), "−40.00 EUR × 1.0861 ="),
        (row(37_000, "min", "90"), "37 min × 90.00/h ="),
        (row(46, "min", "90"), "3 s × 90.00/h ="),
        (row(2_767, "min", "90"), "2 min 46 s × 90.00/h ="),
        (row(59_995, "min", "90"), "60 min × 90.00/h ="),
        (row(0, "min", "90"), "0 min × 90.00/h ="),
        (row(-37_500, "min", "90"), "−37 min 30 s × 90.00/h ="),
        (row(100_000, "mi", "0.725"), "100 mi × 0.725 ="),
        (row(3_000, "page", "0.1"), "3 page × 0.10 ="),
    ],
)
def test_worked(of: ExpenseRow, text: str) -> None:
    assert worked(of) == text


@pytest.mark.parametrize(
    ("rate", "text"), [("0.7", "0.70"), ("0.725", "0.725"), ("60.000000000000", "60.00"), ("0", "0.00")]
)
def test_rated(rate: str, text: str) -> None:
    assert rated(Decimal(rate)) == text


def test_an_amount_without_a_rate_is_multiplied_by_none() -> None:
    assert multiplied(20_000, "EUR", None) == "20.00 EUR"


@pytest.mark.parametrize(("size", "text"), [(10_000_000, "10 MB"), (12_500_000, "12.5 MB"), (10_000, "0.01 MB")])
def test_megabytes(size: int, text: str) -> None:
    assert megabytes(size) == text
