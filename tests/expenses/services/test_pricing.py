"""From what was typed to what it is worth."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import services as accounts
from accounts.selectors import Account
from expenses import services
from expenses.money import AmountTooLarge
from expenses.services.pricing import (
    BadRate,
    KnownType,
    NoCurrencyRate,
    NoMileageRate,
    Price,
    checked_rate,
    plain_price,
    price,
    worth,
)

DAY = date(2026, 11, 20)
PLAIN = KnownType()
PERSON = Account(1, "carol@example.com", "UTC", "USD", Decimal("60.50"), "mi")


def priced(owner: Account, raw_amount: str, unit: str, known: KnownType = PLAIN, **more: Any) -> Price:
    return price(owner=owner, raw_amount=Decimal(raw_amount), unit=unit, known=known, **{"day": DAY, **more})


def test_it_works(alice: Account) -> None:
    assert priced(alice, "100", "mi", day=date(2009, 6, 1)) == Price(
        amount=Decimal("55.00"), raw_amount=Decimal(100), unit="mi", rate=Decimal("0.55")
    )


def test_money() -> None:
    assert plain_price(owner=PERSON, amount=Decimal("12.345")) == Price(Decimal("12.35"), Decimal("12.345"), "", None)
    assert priced(PERSON, "12.345", "") == Price(Decimal("12.35"), Decimal("12.345"), "", None)


@pytest.mark.parametrize(
    ("unit", "known", "more", "rate"),
    [
        ("min", PLAIN, {}, "60.50"),
        ("min", KnownType("min", Decimal(100)), {}, "100"),
        ("min", KnownType("min", Decimal(100)), {"rate": Decimal(7)}, "7"),
        ("page", KnownType("page", Decimal("0.05")), {}, "0.05"),
        ("page", KnownType("page"), {}, "0"),
        ("EUR", KnownType("min", Decimal(100)), {"rate": Decimal("1.08")}, "1.08"),
        ("mi", KnownType("mi", Decimal(0)), {}, "0"),
    ],
)
def test_rates(unit: str, known: KnownType, more: dict[str, Any], rate: str) -> None:
    assert priced(PERSON, "1", unit, known, **more).rate == Decimal(rate)


def test_a_type_s_rate_is_for_its_unit_only(alice: Account) -> None:
    assert priced(alice, "1", "km", KnownType("mi", Decimal(9))).rate == Decimal("0.4505")


def test_an_own_mileage_rate(alice: Account) -> None:
    accounts.mileage_rate_set(user_id=alice.id, unit="mi", valid_from=date(2026, 1, 1), rate=Decimal("0.3"))

    assert priced(alice, "1", "mi").rate == Decimal("0.3")
    assert priced(alice, "1", "mi", day=date(2025, 12, 31)).rate == Decimal("0.70")


@pytest.mark.parametrize(
    ("set_for", "asked", "amount"), [("mi", "km", "18.64"), ("km", "mi", "48.28"), ("mi", "mi", "30.00")]
)
@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_an_own_mileage_rate_counts_for_the_other_unit_too(
    alice: Account, currency: str, set_for: str, asked: str, amount: str
) -> None:
    accounts.mileage_rate_set(user_id=alice.id, unit=set_for, valid_from=date(2026, 1, 1), rate=Decimal("0.30"))

    assert priced(alice._replace(currency=currency), "100", asked).amount == Decimal(amount)


def test_a_unit_s_own_rate_goes_before_the_other_s_newer_one(alice: Account) -> None:
    accounts.mileage_rate_set(user_id=alice.id, unit="km", valid_from=date(2026, 1, 1), rate=Decimal("0.2"))
    accounts.mileage_rate_set(user_id=alice.id, unit="mi", valid_from=date(2026, 6, 1), rate=Decimal("0.9"))

    assert priced(alice, "1", "km").rate == Decimal("0.2")
    assert priced(alice, "1", "km", day=date(2025, 12, 31)).rate == Decimal("0.435")  # nothing of his own yet


def test_no_mileage_rate(alice: Account) -> None:
    with pytest.raises(NoMileageRate):
        priced(alice._replace(currency="EUR"), "1", "mi")


def test_a_currency_s_rate(alice: Account) -> None:
    services.currency_rate_set(user_id=alice.id, currency="EUR", base="USD", day=DAY, rate=Decimal("1.08"))

    assert priced(alice, "20", "EUR") == Price(Decimal("21.60"), Decimal(20), "EUR", Decimal("1.08"))
    with pytest.raises(NoCurrencyRate):
        priced(alice, "20", "EUR", day=date(2026, 11, 19))


@pytest.mark.parametrize(
    ("raw_amount", "unit", "rate", "currency", "amount"),
    [
        ("100", "mi", "0.555", "USD", "55.50"),
        ("37", "min", "60", "USD", "37.00"),
        ("1", "min", "60.30", "USD", "1.01"),  # 1.005
        ("10", "min", "100", "USD", "16.67"),
        ("-10", "min", "100", "USD", "-16.67"),
        ("20", "EUR", "160.05", "JPY", "3201"),
        ("1", "EUR", "0.3455", "BHD", "0.346"),
        # more digits than Python's usual 28: rounded once, at the end
        ("100005175570057.923", "x", "4.123456789013", "USD", "412367020140792.35"),
    ],
)
def test_worth(raw_amount: str, unit: str, rate: str, currency: str, amount: str) -> None:
    owner = PERSON._replace(currency=currency)

    assert worth(owner=owner, raw_amount=Decimal(raw_amount), unit=unit, rate=Decimal(rate)) == Decimal(amount)


@given(st.integers(-(10**17), 10**17), st.integers(0, 10**12))
def test_worth_is_exact(thousandths: int, billionths: int) -> None:
    raw_amount, rate = Decimal(thousandths).scaleb(-3), Decimal(billionths).scaleb(-12)

    amount = worth(owner=PERSON, raw_amount=raw_amount, unit="x", rate=rate)

    product = abs(thousandths) * billionths  # in 10**-15
    cents = (product + 5 * 10**12) // 10**13
    assert abs(amount) * 100 == cents


@pytest.mark.parametrize("rate", ["0", "0.000000000001", "1000000", "1.50"])
def test_rates_that_can_be_kept(rate: str) -> None:
    assert checked_rate(Decimal(rate)) == Decimal(rate)


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        ("-1", "-1"),
        ("1000000.01", "1000000.01"),
        ("0.0000000000001", "1e-13"),
        ("NaN", "NaN"),
        ("sNaN", "sNaN"),
        ("Infinity", "Infinity"),
        ("1E+400", "1e+400"),
    ],
)
def test_rates_that_can_not(rate: str, shown: str) -> None:
    with pytest.raises(BadRate) as caught:
        checked_rate(Decimal(rate))

    assert str(caught.value) == f"rate {shown}: a number from 0 to 1000000 with at most 12 decimals is wanted"


def test_too_much() -> None:
    with pytest.raises(AmountTooLarge):
        priced(PERSON, "999999999999999", "x", KnownType("x", Decimal(2)))
    with pytest.raises(AmountTooLarge):
        priced(PERSON, "1E15", "x", KnownType("x", Decimal(0)))
