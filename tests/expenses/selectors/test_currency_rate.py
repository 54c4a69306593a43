from datetime import date, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses.ecb import ReferenceRate
from expenses.selectors import RateRow, currency_rate
from expenses.services import currency_rate_set, reference_rates_load
from expenses.services.pricing import worth
from tests.cast import open_account

MONDAY = date(2026, 11, 16)
FRIDAY = date(2026, 11, 20)
SUNDAY = date(2026, 11, 22)


@pytest.fixture
def alice(db: None) -> Account:
    return open_account("alice@example.com")


@pytest.fixture
def bob(db: None) -> Account:
    return open_account("bob@example.com")


def load(*rates: tuple[date, str, str]) -> None:
    reference_rates_load(ReferenceRate(day, currency, Decimal(rate)) for day, currency, rate in rates)


def own(owner: Account, day: date, currency: str, rate: str, base: str = "USD") -> None:
    currency_rate_set(user_id=owner.id, currency=currency, base=base, day=day, rate=Decimal(rate))


def found(owner: Account, currency: str, base: str = "USD", day: date = FRIDAY) -> tuple[str, date] | None:
    row = currency_rate(user_id=owner.id, currency=currency, base=base, day=day)
    return None if row is None else (f"{row.rate.normalize():f}", row.day)


def test_there_may_be_none(alice: Account) -> None:
    load((FRIDAY, "USD", "1.08"))

    assert found(alice, "GBP") is None


@pytest.mark.parametrize("currency", ["USD", "EUR"])
def test_a_currency_is_worth_one_of_itself(alice: Account, currency: str) -> None:
    row = currency_rate(user_id=alice.id, currency=currency, base=currency, day=FRIDAY)

    assert row == RateRow(Decimal(1), FRIDAY)


def test_a_euro_is_worth_what_the_file_says(alice: Account) -> None:
    load((FRIDAY, "USD", "1.0812"))

    assert found(alice, "EUR") == ("1.0812", FRIDAY)


def test_in_euros_it_is_turned_round(alice: Account) -> None:
    load((FRIDAY, "USD", "1.0812"))

    assert found(alice, "USD", "EUR") == ("0.924898261191", FRIDAY)


def test_other_currencies_meet_in_the_euro(alice: Account) -> None:
    load((FRIDAY, "USD", "1.08"), (FRIDAY, "GBP", "0.9"))

    assert found(alice, "GBP") == ("1.2", FRIDAY)
    assert found(alice, "USD", "GBP") == ("0.833333333333", FRIDAY)


def test_the_newest_on_or_before_the_day_counts(alice: Account) -> None:
    load((MONDAY, "USD", "1.07"), (FRIDAY, "USD", "1.08"))

    assert found(alice, "EUR", day=MONDAY - timedelta(days=1)) is None
    assert found(alice, "EUR", day=FRIDAY - timedelta(days=1)) == ("1.07", MONDAY)
    assert found(alice, "EUR", day=FRIDAY) == ("1.08", FRIDAY)
    assert found(alice, "EUR", day=SUNDAY) == ("1.08", FRIDAY)


def test_both_are_of_one_day(alice: Account) -> None:
    load((MONDAY, "USD", "1"), (MONDAY, "HRK", "8"), (FRIDAY, "USD", "2"))

    assert found(alice, "HRK") == ("0.125", MONDAY)
    assert found(alice, "USD", "HRK") == ("8", MONDAY)


def test_a_currency_not_quoted_for_years_keeps_its_last_rate(alice: Account) -> None:
    load((MONDAY, "HRK", "8"), *[(MONDAY + timedelta(days=day), "USD", "1") for day in range(1000)])

    assert found(alice, "HRK", day=MONDAY + timedelta(days=999)) == ("0.125", MONDAY)


def test_currencies_that_never_met_have_no_rate(alice: Account) -> None:
    load((MONDAY, "HRK", "8"), (FRIDAY, "USD", "1"))

    assert found(alice, "HRK") is None


def test_an_own_rate_wins_on_the_same_day(alice: Account) -> None:
    load((FRIDAY, "USD", "1.08"))
    own(alice, FRIDAY, "EUR", "1.2")

    assert found(alice, "EUR") == ("1.2", FRIDAY)


def test_the_newer_of_own_and_reference_rate_counts(alice: Account) -> None:
    load((MONDAY, "USD", "1.07"), (FRIDAY, "USD", "1.08"))
    own(alice, MONDAY + timedelta(days=1), "EUR", "1.2")

    assert found(alice, "EUR", day=FRIDAY - timedelta(days=1)) == ("1.2", MONDAY + timedelta(days=1))
    assert found(alice, "EUR") == ("1.08", FRIDAY)


def test_an_own_rate_that_begins_later_does_not_count(alice: Account) -> None:
    own(alice, SUNDAY, "EUR", "1.2")

    assert found(alice, "EUR") is None


def test_an_own_rate_holds_the_other_way_round(alice: Account) -> None:
    own(alice, FRIDAY, "EUR", "1.25")

    assert found(alice, "USD", "EUR") == ("0.8", FRIDAY)


@pytest.mark.parametrize("turned_first", [True, False])
def test_of_two_own_rates_the_one_asked_for_counts(alice: Account, turned_first: bool) -> None:
    rates = [("USD", "0.7", "EUR"), ("EUR", "1.25", "USD")]
    for currency, rate, base in rates if turned_first else rates[::-1]:
        own(alice, FRIDAY, currency, rate, base)

    assert found(alice, "EUR") == ("1.25", FRIDAY)
    assert found(alice, "USD", "EUR") == ("0.7", FRIDAY)


def test_an_own_rate_is_nobody_elses(alice: Account, bob: Account) -> None:
    own(bob, FRIDAY, "EUR", "1.2")

    assert found(alice, "EUR") is None


def test_own_rates_are_not_taken_for_reference_rates(alice: Account, bob: Account) -> None:
    own(bob, FRIDAY, "EUR", "1.2", base="GBP")
    load((FRIDAY, "USD", "1.08"))

    assert found(alice, "GBP") is None


@pytest.mark.parametrize(
    ("raw_amount", "currency", "per_euro", "usd"),
    [
        # To the cent of what exact fractions give, rounded half up.
        ("1000000", "IDR", "18123.45", "59.66"),
        ("1000000000", "IDR", "18123.45", "59657.52"),
        ("1000000", "KRW", "1498.07", "721.73"),
        ("1000000000", "JPY", "161.93", "6676959.18"),
    ],
)
def test_it_is_exact_to_the_cent(alice: Account, raw_amount: str, currency: str, per_euro: str, usd: str) -> None:
    load((FRIDAY, "USD", "1.0812"), (FRIDAY, currency, per_euro))

    row = currency_rate(user_id=alice.id, currency=currency, base="USD", day=FRIDAY)

    assert row is not None
    assert worth(owner=alice, raw_amount=Decimal(raw_amount), unit=currency, rate=row.rate) == Decimal(usd)


def test_it_asks_twice_however_long_the_history_is(
    alice: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    load(*[(MONDAY - timedelta(days=day), code, "2") for day in range(400) for code in ("USD", "GBP")])

    with django_assert_num_queries(2):
        assert found(alice, "GBP") == ("1", MONDAY)
