"""A ledger in which a planner has something to choose from."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from copy import copy
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.selectors import Account
from expenses.models import Expense
from tests.cast import NOON, spend


@pytest.fixture
def long_history(alice: Account) -> Account:
    """Alice, who has kept her ledger for years."""
    spend(alice, "lunch 1 #rare")
    expense = Expense.objects.get(type="lunch")

    def of_day(step: int) -> Expense:
        older = copy(expense)
        older.pk = None
        older.date = datetime(2010, 1, 1) + timedelta(days=step)
        older.created = older.modified = NOON - timedelta(days=3000 - step)
        return older

    Expense.objects.bulk_create(map(of_day, range(2000)))
    # PostgreSQL does so by itself, in time; on SQLite an operator may, and the planner then likes the index on date.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return alice
