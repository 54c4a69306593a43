"""Many expenses at once; that they are the right ones, imports and archives show."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.fields import microseconds
from accounts.selectors import Account
from expenses.selectors import ExpenseFilter, expense_rows
from expenses.services.bulk import NewExpense, expenses_put
from reports.selectors import report_default
from tests.cast import NOON

DAY = datetime(2026, 11, 20)  # noqa: DTZ001 - `date` is the wall clock of a person, without a zone


def test_what_a_database_refuses_is_an_exception_of_django_s(alice: Account) -> None:
    lunch = NewExpense(
        report_id=report_default(user_id=alice.id).id, status=1, type="lunch", amount=Decimal(45),
        raw_amount=Decimal(45), unit="", rate=None, notes="", sourceid="", date=DAY, created=microseconds(NOON),
        modified=microseconds(NOON), tags=[],
    )  # fmt: skip
    before = list(expense_rows(user_id=alice.id, matching=ExpenseFilter()))

    with pytest.raises(IntegrityError), transaction.atomic():
        expenses_put(user_id=alice.id, expenses=[lunch, lunch._replace(status=7)], source_id=0)

    assert list(expense_rows(user_id=alice.id, matching=ExpenseFilter())) == before
