"""What may be done to people."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import selectors, services
from accounts.attempts import WrongPassword
from accounts.currencies import UnknownCurrency
from accounts.models import MileageRate, User
from accounts.passwords import account_with
from accounts.selectors import Account
from accounts.services import BadAccount, BadEmail, BadRate, EmailTaken, UnknownMileageUnit, UnknownZone, WeakPassword
from tests.cast import NOON, PASSWORD


def create(email: str = "carol@example.com", **arguments: Any) -> User:
    return services.user_create(**{"email": email, "password": PASSWORD, "now": NOON, **arguments})


def test_it_works(db: None) -> None:
    made = create(" Carol@Example.com ", zone="Asia/Tokyo", currency="jpy")

    user = User.objects.get(pk=made.pk)
    assert (user.email, user.email_key, user.zone, user.currency, user.created) == (
        "Carol@Example.com", "carol@example.com", "Asia/Tokyo", "JPY", NOON,
    )  # fmt: skip
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)
    assert (user.hourly_rate, user.mileage_unit) == (Decimal(0), "mi")
    assert check_password(PASSWORD, user.password)


def test_operators(db: None) -> None:
    made = create(is_staff=True, is_superuser=True)

    user = User.objects.get(pk=made.pk)
    assert user.is_staff
    assert user.is_superuser


@pytest.mark.parametrize(
    "email", ["", "carol", "carol@", "@example.com", "a b@example.com", '"a:b"@example.com', f"{'x' * 250}@a.de"]
)
def test_no_address(db: None, email: str) -> None:
    with pytest.raises(BadEmail) as caught:
        create(email)

    assert str(caught.value) == f"email {email[:80]!r}: an address like me@example.com is wanted"


@pytest.mark.parametrize("email", ["alice@example.com", "ALICE@EXAMPLE.COM", "alice@Example.com "])
def test_taken(alice: Account, email: str) -> None:
    with pytest.raises(EmailTaken):
        create(email)


def test_taken_at_the_same_moment(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_check_free", lambda _email, **_: None)  # the other was stored after the look

    with pytest.raises(EmailTaken):
        create("ALICE@example.com")

    assert User.objects.count() == 1  # the transaction around it goes on


@pytest.mark.parametrize("password", ["", "short", "password123"])
def test_weak_password(db: None, password: str) -> None:
    with pytest.raises(WeakPassword, match=r"^password: This password is too "):
        create(password=password)

    assert not User.objects.exists()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd", "europe/berlin"])
def test_unknown_zone(db: None, zone: str) -> None:
    with pytest.raises(UnknownZone):
        create(zone=zone)


def test_unknown_currency(db: None) -> None:
    with pytest.raises(UnknownCurrency):
        create(currency="XXX")


def test_password_set(alice: Account) -> None:
    services.password_set(user_id=alice.id, password="a fine new password")

    credentials = selectors.credentials(email=alice.email)
    assert check_password("a fine new password", credentials.password_hash)


def test_password_set_to_a_weak_one(alice: Account) -> None:
    with pytest.raises(WeakPassword):
        services.password_set(user_id=alice.id, password="12345678")

    assert check_password(PASSWORD, selectors.credentials(email=alice.email).password_hash)


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({}, {}),
        ({"zone": "Asia/Tokyo"}, {"zone": "Asia/Tokyo"}),
        ({"hourly_rate": Decimal("0.000000000001")}, {"hourly_rate": Decimal("0.000000000001")}),
        ({"mileage_unit": "km"}, {"mileage_unit": "km"}),
    ],
)
def test_preferences_set(alice: Account, given: dict[str, Any], changed: dict[str, Any]) -> None:
    services.preferences_set(user_id=alice.id, **given)

    assert selectors.account(email=alice.email) == alice._replace(**changed)


def test_preferences_that_are_not_given_are_neither_read_nor_written(alice: Account) -> None:
    with CaptureQueriesContext(connection) as queries:
        services.preferences_set(user_id=alice.id, zone="Asia/Tokyo")

    (query,) = queries.captured_queries
    assert query["sql"].startswith('UPDATE "accounts_user" SET "zone" = \'Asia/Tokyo\' WHERE')


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"zone": "Mars/Olympus"}, UnknownZone),
        ({"hourly_rate": Decimal(-1)}, BadRate),
        ({"hourly_rate": Decimal("1000000.01")}, BadRate),
        ({"hourly_rate": Decimal("NaN")}, BadRate),
        ({"hourly_rate": Decimal("Infinity")}, BadRate),
        ({"hourly_rate": Decimal("0.0000000000001")}, BadRate),
        ({"mileage_unit": "furlong"}, UnknownMileageUnit),
    ],
)
def test_preferences_refused(alice: Account, given: dict[str, Any], error: type[BadAccount]) -> None:
    with pytest.raises(error):
        services.preferences_set(user_id=alice.id, **given)

    assert selectors.account(email=alice.email) == alice


def test_mileage_rate_set(alice: Account) -> None:
    for rate in (Decimal("0.30"), Decimal("0.35")):
        services.mileage_rate_set(user_id=alice.id, unit="km", valid_from=date(2026, 1, 1), rate=rate)

    rates = MileageRate.objects.values_list("user_id", "unit", "valid_from", "rate")
    assert list(rates) == [(alice.id, "km", date(2026, 1, 1), Decimal("0.35"))]


@pytest.mark.parametrize(
    ("unit", "rate", "error"),
    [("km", Decimal(-1), BadRate), ("furlong", Decimal(1), UnknownMileageUnit), ("", Decimal(1), UnknownMileageUnit)],
)
def test_mileage_rate_refused(alice: Account, unit: str, rate: Decimal, error: type[BadAccount]) -> None:
    with pytest.raises(error):
        services.mileage_rate_set(user_id=alice.id, unit=unit, valid_from=date(2026, 1, 1), rate=rate)

    assert not MileageRate.objects.exists()


def test_a_password_is_no_longer_than_is_read(alice: Account) -> None:
    services.password_set(user_id=alice.id, password="a b c d e " * 100)

    with pytest.raises(WeakPassword, match="At most 1000 characters are read"):
        services.password_set(user_id=alice.id, password="a b c d e " * 100 + "f")


def test_an_account_without_a_password_opens_to_none(db: None) -> None:
    services.user_create(email="carol@example.com", password=None, now=NOON)

    with pytest.raises(WrongPassword):
        account_with(email="carol@example.com", password="", address="192.0.2.1", now=NOON, alone=True)


@pytest.mark.parametrize("new", ["Alice@New.example", " alice@new.example "])
def test_another_name(alice: Account, new: str) -> None:
    services.email_set(user_id=alice.id, email=new)

    assert selectors.account(email="ALICE@new.example") == alice._replace(email=new.strip())


def test_the_same_name_in_another_case(alice: Account) -> None:
    services.email_set(user_id=alice.id, email="Alice@Example.com")

    assert selectors.account(email=alice.email).email == "Alice@Example.com"


def test_a_name_that_is_taken_is_refused(alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmailTaken):
        services.email_set(user_id=alice.id, email="BOB@example.com")

    monkeypatch.setattr(services, "_check_free", lambda _email, **_: None)  # the other was stored after the look
    with pytest.raises(EmailTaken):
        services.email_set(user_id=alice.id, email="bob@example.com")
    with pytest.raises(BadEmail):
        services.email_set(user_id=alice.id, email="bob")


def test_a_factor_is_looked_for_when_nobody_else_can_note_one(alice: Account) -> None:
    """Who takes one away while another is added notes what there is when both are done."""
    before: list[str] = []

    def has_one() -> bool:
        before.extend(query["sql"] for query in asked.captured_queries if "accounts_user" in query["sql"])
        return True

    with CaptureQueriesContext(connection) as asked:
        services.second_factor_note(user_id=alice.id, has_one=has_one)

    (lock,) = before
    assert lock.endswith("FOR UPDATE") == connection.features.has_select_for_update
    assert not selectors.credentials(email=alice.email).password_is_enough
