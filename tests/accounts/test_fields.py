"""What goes into the exact columns comes out of the database again, digit for digit."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.fields import InstantField, ScaledField, TooManyPlaces, WallClockField, ZoneGiven, microseconds
from accounts.models import MileageRate, User
from accounts.selectors import Account
from expenses.models import Clock, Expense, ExpenseType

TEXAS = timezone(timedelta(hours=-6))


@pytest.mark.parametrize(
    "amount",
    ["0", "0.001", "-0.001", "12.5", "99999999999999.99", "999999999999999.999", "-999999999999999.999", "1E+3"],
)
def test_amounts_come_back(alice: Account, amount: str) -> None:
    Expense.objects.filter(user_id=alice.id).update(amount=Decimal(amount))

    assert Expense.objects.get(user_id=alice.id).amount == Decimal(amount)
    assert Expense.objects.filter(amount=Decimal(amount)).count() == 1


def test_twelve_places_come_back(alice: Account) -> None:
    rate = Decimal("999999.123456789012")

    User.objects.filter(pk=alice.id).update(hourly_rate=rate)

    assert User.objects.get(pk=alice.id).hourly_rate == rate


def test_no_value_comes_back(alice: Account) -> None:
    ExpenseType.objects.create(user_id=alice.id, name="lunch", name_key="lunch", rate=None)

    assert ExpenseType.objects.get(user_id=alice.id).rate is None


@pytest.mark.parametrize("amount", ["0.0001", "-12.3456", "999999999999999.9990000000000000000001", "1E-400"])
def test_too_many_places_are_refused(amount: str) -> None:
    with pytest.raises(TooManyPlaces) as caught:
        ScaledField(places=3).get_prep_value(Decimal(amount))

    assert str(caught.value) == f"{Decimal(amount)}: at most 3 decimal places are kept"


@pytest.mark.parametrize(
    ("value", "error"), [("NaN", ValueError), ("Infinity", OverflowError), ("x", InvalidOperation)]
)
def test_what_is_no_number_is_refused(value: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        ScaledField(places=3).get_prep_value(value)


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=3))
def test_scaling_is_undone(amount: Decimal) -> None:
    field = ScaledField(places=3)

    stored = field.get_prep_value(amount)

    assert isinstance(stored, int)
    assert field.from_db_value(stored) == amount


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 20, 12, 0, 0, 123_457, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_instants_come_back(alice: Account, moment: datetime) -> None:
    Clock.objects.filter(user_id=alice.id).update(last=moment)

    last = Clock.objects.get(user_id=alice.id).last

    assert last == moment
    assert last.tzinfo is UTC


def test_an_instant_comes_back_in_utc(alice: Account) -> None:
    Clock.objects.filter(user_id=alice.id).update(last=datetime(2026, 11, 20, 6, 0, 0, 1, tzinfo=TEXAS))

    last = Clock.objects.get(user_id=alice.id).last

    assert last.isoformat() == "2026-11-20T12:00:00.000001+00:00"


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        InstantField().get_prep_value(datetime(2026, 11, 20))


def test_no_instant_is_none() -> None:
    assert InstantField().get_prep_value(None) is None
    assert InstantField().from_db_value(None) is None


def test_instants_are_compared_as_numbers() -> None:
    assert InstantField().get_prep_value(7) == 7
    assert microseconds(datetime(1970, 1, 1, 0, 0, 1, 5, tzinfo=UTC)) == 1_000_005


@pytest.mark.parametrize(
    "moment", [datetime(1, 1, 1), datetime(2009, 3, 29, 2, 30), datetime(9999, 12, 31, 23, 59, 59)]
)
def test_wall_clocks_come_back(alice: Account, moment: datetime) -> None:
    Expense.objects.filter(user_id=alice.id).update(date=moment)

    assert Expense.objects.get(user_id=alice.id).date == moment
    assert Expense.objects.filter(date=moment).count() == 1


def test_a_wall_clock_has_no_fractions(alice: Account) -> None:
    Expense.objects.filter(user_id=alice.id).update(date=datetime(2026, 11, 20, 12, 0, 0, 999_999))

    assert Expense.objects.get(user_id=alice.id).date == datetime(2026, 11, 20, 12)
    assert WallClockField().to_python("2026-11-20T12:00:00.9") == datetime(2026, 11, 20, 12)


def test_a_wall_clock_with_zone_is_refused(alice: Account) -> None:
    moment = datetime(2026, 11, 20, 12, tzinfo=TEXAS)

    with pytest.raises(ZoneGiven, match="2026-11-20 12:00:00-06:00: a date of the ledger has no zone"):
        Expense.objects.filter(user_id=alice.id).update(date=moment)


def test_no_wall_clock_is_none() -> None:
    assert WallClockField().to_python(None) is None
    assert WallClockField().get_prep_value(None) is None
    assert WallClockField().from_db_value(None) is None


def test_a_column_knows_its_places() -> None:
    name, path, args, kwargs = MileageRate._meta.get_field("rate").deconstruct()

    assert (name, path, list(args), dict(kwargs)) == ("rate", "accounts.fields.ScaledField", [], {"places": 12})
