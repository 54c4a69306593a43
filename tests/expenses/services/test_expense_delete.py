"""Deleting marks; it never takes away."""

from datetime import timedelta

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense, Timer
from expenses.selectors import ExpenseFilter, ExpenseNotFound, expense_row, expense_rows
from expenses.services import ReportClosed
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def test_it_works(alice: Account) -> None:
    row = spend(alice, "lunch 45 with jack #cash")

    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    deleted = expense_row(user_id=alice.id, expense_id=row.id, with_deleted=True)
    assert deleted == row._replace(status=-1, modified="2026-11-20 13:00:00")
    assert row.id not in {found.id for found in expense_rows(user_id=alice.id, matching=ExpenseFilter())}
    with pytest.raises(ExpenseNotFound):
        expense_row(user_id=alice.id, expense_id=row.id)


def test_a_second_time_changes_nothing(alice: Account) -> None:
    row = spend(alice, "lunch 45")
    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    services.expense_delete(owner=alice, expense_id=row.id, now=LATER + timedelta(hours=1))

    assert Expense.objects.get(pk=row.id).modified == LATER


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 45")

    with pytest.raises(ExpenseNotFound) as caught:
        services.expense_delete(owner=bob, expense_id=row.id, now=LATER)

    assert str(caught.value) == f"expense {row.id}: no expense of yours has this id"
    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_in_a_closed_report(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 45", report_id=report.id)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    with pytest.raises(ReportClosed):
        services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_a_second_time_when_its_report_was_handed_in(alice: Account) -> None:
    report = services.report_create(user_id=alice.id, name="Client X", now=NOON)
    row = spend(alice, "lunch 45", report_id=report.id)
    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    assert Expense.objects.get(pk=row.id).status == -1


def test_its_timer_ends(alice: Account) -> None:
    row = spend(alice, "Time start")

    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    assert not Timer.objects.exists()
