"""The base currency, which only a ledger without amounts can change."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts import selectors as accounts
from accounts import services as people
from accounts.currencies import UnknownCurrency
from accounts.selectors import Account
from expenses import services
from expenses.selectors import ExpenseFilter, base_currency_is_fixed, expense_rows
from expenses.services import CurrencyFixed
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def change(owner: Account, currency: str) -> str:
    services.base_currency_set(owner=owner, currency=currency, now=LATER)
    return accounts.account(email=owner.email).currency


def modified(owner: Account) -> list[str]:
    return [row.modified for row in expense_rows(user_id=owner.id, matching=ExpenseFilter())]


def test_a_new_ledger_changes(alice: Account, bob: Account) -> None:
    spend(bob, "lunch 45")

    assert change(alice, " eur ") == "EUR"

    assert not base_currency_is_fixed(user_id=alice.id)
    assert modified(alice) == ["2026-11-20 13:00:00"]
    assert (accounts.account(email=bob.email).currency, modified(bob)) == ("USD", ["2026-11-20 12:00:00"] * 2)


@pytest.mark.parametrize("text", ["lunch 45", "time start clientx", "mileage 0"])
def test_one_with_an_amount_or_a_rate_does_not(alice: Account, text: str) -> None:
    people.preferences_set(user_id=alice.id, hourly_rate=Decimal(60))
    row = spend(accounts.account(email=alice.email), text)
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    with pytest.raises(CurrencyFixed, match="currency 'EUR': amounts in USD stand in your ledger, deleted ones too"):
        change(alice, "EUR")

    assert accounts.account(email=alice.email).currency == "USD"


def test_what_is_worth_nothing_hinders_nobody(alice: Account) -> None:
    spend(alice, "lunch 0 it was on the house")

    assert change(alice, "JPY") == "JPY"


def test_the_same_currency_is_no_change(alice: Account) -> None:
    spend(alice, "lunch 45")

    assert change(alice, "usd") == "USD"
    assert modified(alice) == ["2026-11-20 12:00:00"] * 2


def test_who_came_while_it_was_changed_writes_in_the_new_one(alice: Account) -> None:
    change(alice, "JPY")

    # ``alice`` is what a request knows of her that asked before, and then waited for her clock.
    added = spend(alice, "lunch 45.60")
    made = services.expense_create(owner=alice, fields={"type": "lunch", "entered": "12.50"}, now=LATER)
    changed = services.expense_update(owner=alice, expense_id=made.id, fields={"entered": "7.80"}, now=LATER)

    assert [(row.amount, row.unit) for row in (added, made, changed)] == [(46_000, ""), (13_000, ""), (8_000, "")]


def test_who_changes_it_at_the_same_time_is_the_second(alice: Account) -> None:
    change(alice, "EUR")

    assert change(alice, "USD") == "USD"

    change(alice, "EUR")
    spend(alice, "lunch 45")
    with pytest.raises(CurrencyFixed, match="currency 'USD': amounts in EUR stand"):
        change(alice, "USD")


def test_there_must_be_such_a_currency(alice: Account) -> None:
    with pytest.raises(UnknownCurrency):
        change(alice, "euros")
