"""What a person sees of rates: his own, and those that came with the server."""

from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from accounts.services import mileage_rate_set
from expenses.ecb import ReferenceRate
from expenses.mileage import shipped_rates
from expenses.selectors import (
    CurrencyRow,
    MileageRow,
    mileage_history,
    mileage_rate,
    own_currency_rates,
    reference_rates,
)
from expenses.services import currency_rate_set, reference_rates_load
from tests.cast import open_account

THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)
SUNDAY = date(2026, 11, 22)


def load(*rates: tuple[date, str, str]) -> None:
    reference_rates_load(ReferenceRate(day, currency, Decimal(rate)) for day, currency, rate in rates)


def test_own_rates(alice: Account, bob: Account) -> None:
    for owner, currency, base, day, rate in [
        (alice, "EUR", "USD", THURSDAY, "1.07"),
        (alice, "EUR", "USD", FRIDAY, "1.08"),
        (alice, "CHF", "USD", FRIDAY, "1.13"),
        (alice, "CHF", "EUR", FRIDAY, "1.05"),
        (bob, "EUR", "USD", FRIDAY, "9"),
    ]:
        currency_rate_set(user_id=owner.id, currency=currency, base=base, day=day, rate=Decimal(rate))

    assert own_currency_rates(user_id=alice.id, base="USD") == [
        CurrencyRow("CHF", Decimal("1.13"), FRIDAY),
        CurrencyRow("EUR", Decimal("1.08"), FRIDAY),
        CurrencyRow("EUR", Decimal("1.07"), THURSDAY),
    ]


def test_reference_rates(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    load((THURSDAY, "USD", "1.07"), (THURSDAY, "CHF", "0.95"), (FRIDAY, "USD", "1.08"), (FRIDAY, "GBP", "0.864"))
    currency_rate_set(user_id=alice.id, currency="USD", base="EUR", day=SUNDAY, rate=Decimal(9))

    with django_assert_num_queries(1):
        rows = reference_rates(base="USD", day=SUNDAY)

    assert rows == [CurrencyRow("EUR", Decimal("1.08"), FRIDAY), CurrencyRow("GBP", Decimal("1.25"), FRIDAY)]
    assert reference_rates(base="EUR", day=THURSDAY) == [
        CurrencyRow("CHF", Decimal("1.052631578947"), THURSDAY),
        CurrencyRow("USD", Decimal("0.934579439252"), THURSDAY),
    ]


def test_there_may_be_no_reference_rates(db: None) -> None:
    assert reference_rates(base="EUR", day=FRIDAY) == []

    load((FRIDAY, "USD", "1.08"))

    assert reference_rates(base="EUR", day=THURSDAY) == []
    assert reference_rates(base="GBP", day=FRIDAY) == []


def test_the_shipped_mileage_rates(alice: Account) -> None:
    history = mileage_history(owner=alice)

    assert history[0] == MileageRow("mi", Decimal("0.725"), date(2026, 1, 1), "Notice 2026-10")
    assert [row.since for row in reversed(history)] == [row.since for row in shipped_rates(unit="mi")]


def test_own_mileage_rates_end_the_shipped_ones(alice: Account, bob: Account) -> None:
    for unit, since, rate in [("mi", date(2024, 1, 1), "0.6"), ("km", date(2022, 7, 1), "0.4")]:
        mileage_rate_set(user_id=alice.id, unit=unit, valid_from=since, rate=Decimal(rate))
    mileage_rate_set(user_id=bob.id, unit="mi", valid_from=date(2000, 1, 1), rate=Decimal(9))

    assert mileage_history(owner=alice)[:3] == [
        MileageRow("mi", Decimal("0.6"), date(2024, 1, 1), ""),
        MileageRow("km", Decimal("0.4"), date(2022, 7, 1), ""),
        MileageRow("mi", Decimal("0.585"), date(2022, 1, 1), "Notice 2022-3"),
    ]
    assert mileage_history(owner=bob) == [MileageRow("mi", Decimal(9), date(2000, 1, 1), "")]


@pytest.mark.parametrize(
    ("unit", "day", "row"),
    [
        ("km", date(2019, 12, 31), MileageRow("km", Decimal("0.3604"), date(2019, 1, 1), "Notice 2019-2")),
        ("km", date(2020, 1, 1), MileageRow("km", Decimal("0.3"), date(2020, 1, 1), "")),
        ("km", date(2020, 12, 31), MileageRow("km", Decimal("0.3"), date(2020, 1, 1), "")),
        ("km", date(2021, 1, 1), MileageRow("km", Decimal("0.35"), date(2021, 1, 1), "")),
        ("mi", date(2021, 1, 1), MileageRow("mi", Decimal("0.563270400000"), date(2021, 1, 1), "")),
        ("mi", date(2006, 1, 1), MileageRow("mi", Decimal("0.485"), date(2007, 1, 1), "Rev. Proc. 2006-49")),
    ],
)
def test_what_a_distance_is_worth_on_a_day(alice: Account, bob: Account, unit: str, day: date, row: MileageRow) -> None:
    mileage_rate_set(user_id=alice.id, unit="km", valid_from=date(2020, 1, 1), rate=Decimal("0.3"))
    mileage_rate_set(user_id=alice.id, unit="km", valid_from=date(2021, 1, 1), rate=Decimal("0.35"))
    mileage_rate_set(user_id=bob.id, unit="km", valid_from=date(2000, 1, 1), rate=Decimal(9))

    assert mileage_rate(owner=alice, unit=unit, day=day) == row


def test_dollars_are_for_who_is_paid_in_them(db: None) -> None:
    carla = open_account("carla@example.com", currency="EUR")

    assert mileage_history(owner=carla) == []
    assert mileage_rate(owner=carla, unit="mi", day=FRIDAY) is None
