"""Rounding, limits, and the text of amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.currencies import MINOR_DIGITS
from expenses.money import LIMIT, AmountTooLarge, plain, raw_rounded, rounded, two_decimals

pytestmark = pytest.mark.once

AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, allow_nan=False)
THOUSANDTHS = st.integers(-(10**18) + 1, 10**18 - 1)
CURRENCIES = st.sampled_from(sorted(MINOR_DIGITS))


@pytest.mark.parametrize(
    ("amount", "currency", "result"),
    [
        ("12.345", "USD", "12.35"),
        ("12.344999999999999999999999999999999", "USD", "12.34"),
        ("-12.345", "USD", "-12.35"),
        ("0.005", "USD", "0.01"),
        ("12", "USD", "12.00"),
        ("12.5", "JPY", "13"),
        ("11.5", "JPY", "12"),
        ("12.3455", "BHD", "12.346"),
        ("999999999999999.99", "USD", "999999999999999.99"),
        ("-999999999999999.99", "USD", "-999999999999999.99"),
    ],
)
def test_it_works(amount: str, currency: str, result: str) -> None:
    assert str(rounded(Decimal(amount), currency=currency)) == result


@pytest.mark.parametrize("amount", ["-0", "-0.004", "0E-400"])
def test_no_zero_has_a_minus(amount: str) -> None:
    assert str(rounded(Decimal(amount), currency="USD")) == "0.00"


@pytest.mark.parametrize("amount", ["1E15", "-1E15", "999999999999999.995", "1E+400", "-1E+400", "Infinity"])
def test_too_large(amount: str) -> None:
    with pytest.raises(AmountTooLarge):
        rounded(Decimal(amount), currency="USD")


def test_the_message_is_short() -> None:
    assert str(AmountTooLarge(Decimal("1" * 400))) == (
        "amount 1.11111e+399: at most 15 digits before the point are kept"
    )


@pytest.mark.parametrize(
    ("raw_amount", "result"), [("37", "37.000"), ("0.0005", "0.001"), ("-0.0004", "0.000"), ("1E-400", "0.000")]
)
def test_raw_amounts(raw_amount: str, result: str) -> None:
    assert str(raw_rounded(Decimal(raw_amount))) == result


def test_raw_amounts_too_large() -> None:
    with pytest.raises(AmountTooLarge):
        raw_rounded(Decimal("999999999999999.9995"))


@given(AMOUNTS, CURRENCIES)
def test_rounding_twice_is_rounding_once(amount: Decimal, currency: str) -> None:
    once = rounded(amount, currency=currency)

    assert rounded(once, currency=currency) == once


@given(AMOUNTS, CURRENCIES)
def test_rounding_moves_by_half_a_unit_at_most(amount: Decimal, currency: str) -> None:
    half = Decimal(5).scaleb(-MINOR_DIGITS[currency] - 1)

    assert amount - half <= rounded(amount, currency=currency) <= amount + half


@given(AMOUNTS, CURRENCIES)
def test_a_refund_is_rounded_like_a_payment(amount: Decimal, currency: str) -> None:
    assert rounded(-amount, currency=currency) == -rounded(amount, currency=currency)


@given(AMOUNTS, AMOUNTS, CURRENCIES)
def test_rounding_keeps_the_order(one: Decimal, other: Decimal, currency: str) -> None:
    less, more = sorted([one, other])

    assert rounded(less, currency=currency) <= rounded(more, currency=currency)


@given(st.decimals(allow_nan=False))
def test_a_result_is_in_range_or_refused(amount: Decimal) -> None:
    try:
        result = rounded(amount, currency="USD")
    except AmountTooLarge:
        assert abs(amount) >= LIMIT - 1
    else:
        assert abs(result) < LIMIT


@pytest.mark.parametrize(
    ("thousandths", "two", "exact"),
    [
        (0, "0.00", "0.00"),
        (12_345, "12.35", "12.345"),
        (12_344, "12.34", "12.344"),
        (-12_345, "-12.35", "-12.345"),
        (12_340, "12.34", "12.34"),
        (5, "0.01", "0.005"),
        (4, "0.00", "0.004"),
        (-4, "0.00", "-0.004"),
        (-5, "-0.01", "-0.005"),
        (1_995, "2.00", "1.995"),
        (55_000, "55.00", "55.00"),
        (999_999_999_999_999_999, "1000000000000000.00", "999999999999999.999"),
        (-99_999_999_999_999_990, "-99999999999999.99", "-99999999999999.99"),
    ],
)
def test_texts(thousandths: int, two: str, exact: str) -> None:
    assert two_decimals(thousandths) == two
    assert plain(thousandths) == exact


@given(THOUSANDTHS)
def test_two_decimals_are_the_amount_rounded(thousandths: int) -> None:
    text = two_decimals(thousandths)

    assert abs(Decimal(text) * 1000 - thousandths) <= 5
    assert text[-3] == "."
    assert text != "-0.00"


@given(THOUSANDTHS)
def test_plain_text_loses_nothing(thousandths: int) -> None:
    assert Decimal(plain(thousandths)) * 1000 == thousandths
