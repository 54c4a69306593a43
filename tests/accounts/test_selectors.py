"""Questions about people."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth.hashers import check_password
from pytest_django import DjangoAssertNumQueries

from accounts import selectors, services
from accounts.models import User
from accounts.selectors import Account, AccountNotFound, OwnRate
from tests.cast import PASSWORD, open_account


def test_it_works(db: None) -> None:
    opened = open_account("Alice@Example.com", zone="Europe/Berlin", currency="eur")
    services.preferences_set(user_id=opened.id, hourly_rate=Decimal("60.5"), mileage_unit="km")

    assert selectors.account(email="ALICE@example.COM") == Account(
        id=opened.id,
        email="Alice@Example.com",
        zone="Europe/Berlin",
        currency="EUR",
        hourly_rate=Decimal("60.5"),
        mileage_unit="km",
    )


def test_the_base_currency_of_nobody(db: None) -> None:
    with pytest.raises(AccountNotFound):
        selectors.base_currency(user_id=1)


def test_whoever_was_found_is_authenticated(alice: Account) -> None:
    assert alice.is_authenticated


@pytest.mark.parametrize(
    "email", ["", "bob@example.com", "alice@example.com ", "alice", "alice@example.com\u200b", "a" * 99_999]
)
def test_nobody_has_this_name(alice: Account, email: str) -> None:
    with pytest.raises(AccountNotFound):
        selectors.account(email=email)


def test_credentials_are_one_statement(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        credentials = selectors.credentials(email=alice.email)

    assert credentials.account == alice
    assert credentials.is_active is True
    assert credentials.password_is_enough is True
    assert check_password(PASSWORD, credentials.password_hash)


def test_credentials_tell_that_an_account_is_shut(alice: Account) -> None:
    User.objects.filter(pk=alice.id).update(is_active=False)

    assert selectors.credentials(email=alice.email).is_active is False


def test_credentials_tell_that_a_password_is_not_enough(alice: Account) -> None:
    User.objects.filter(pk=alice.id).update(password_is_enough=False)

    assert selectors.credentials(email=alice.email).password_is_enough is False


def test_anybody(db: None) -> None:
    assert not selectors.any_user()

    open_account("alice@example.com")

    assert selectors.any_user()


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", datetime(2026, 7, 1, 12, 30, 15)),
        ("America/Chicago", datetime(2026, 7, 1, 7, 30, 15)),
        ("Asia/Kathmandu", datetime(2026, 7, 1, 18, 15, 15)),
        ("Pacific/Kiritimati", datetime(2026, 7, 2, 2, 30, 15)),
    ],
)
def test_wall_clock(zone: str, shown: datetime) -> None:
    person = Account(1, "alice@example.com", zone, "USD", Decimal(0), "mi")

    assert person.wall_clock(datetime(2026, 7, 1, 12, 30, 15, 999_999, tzinfo=UTC)) == shown


def test_all_mileage_rates(alice: Account, bob: Account) -> None:
    for unit, first, rate in [
        ("km", date(2020, 1, 1), "0.3"),
        ("mi", date(2021, 1, 1), "0.5"),
        ("km", date(2021, 1, 1), "0.35"),
    ]:
        services.mileage_rate_set(user_id=alice.id, unit=unit, valid_from=first, rate=Decimal(rate))
    services.mileage_rate_set(user_id=bob.id, unit="km", valid_from=date(2000, 1, 1), rate=Decimal(9))

    assert selectors.all_mileage_rates(user_id=alice.id) == [
        OwnRate("km", Decimal("0.35"), date(2021, 1, 1)),
        OwnRate("mi", Decimal("0.5"), date(2021, 1, 1)),
        OwnRate("km", Decimal("0.3"), date(2020, 1, 1)),
    ]
