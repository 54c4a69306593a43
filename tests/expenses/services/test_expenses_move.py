"""Filing expenses in another report, all or none."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense
from expenses.selectors import ExpenseNotFound, expense_row
from expenses.services import ReportClosed
from reports.selectors import ReportNotFound, report_default
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def make_report(owner: Account, name: str = "Client X") -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def test_it_works(alice: Account) -> None:
    report_id = make_report(alice)
    first, second, other = (spend(alice, f"lunch {amount}") for amount in (1, 2, 3))

    changed = services.expenses_move(
        owner=alice, expense_ids=[second.id, first.id, second.id], report_id=report_id, now=LATER
    )

    assert [was.id for was in changed] == [second.id, first.id]
    moved: dict[str, Any] = {"report_id": report_id, "report": "Client X", "modified": "2026-11-20 13:00:00"}
    assert expense_row(user_id=alice.id, expense_id=first.id) == first._replace(**moved)
    assert expense_row(user_id=alice.id, expense_id=second.id) == second._replace(**moved)
    assert expense_row(user_id=alice.id, expense_id=other.id) == other
    assert len(set(Expense.objects.filter(report_id=report_id).values_list("modified", flat=True))) == 2


def test_what_is_there_already_stays_as_it_is(alice: Account) -> None:
    report_id = make_report(alice)
    there, away = spend(alice, "lunch 1", report_id=report_id), spend(alice, "lunch 2")

    changed = services.expenses_move(owner=alice, expense_ids=[there.id, away.id], report_id=report_id, now=LATER)

    assert [was.id for was in changed] == [away.id]
    assert expense_row(user_id=alice.id, expense_id=there.id) == there
    assert expense_row(user_id=alice.id, expense_id=away.id).report_id == report_id


def test_nothing(alice: Account) -> None:
    services.expenses_move(owner=alice, expense_ids=[], report_id=make_report(alice), now=LATER)

    assert Expense.objects.get(user_id=alice.id).report_id == report_default(user_id=alice.id).id


def test_one_that_is_not_hers(alice: Account, bob: Account) -> None:
    mine, theirs = spend(alice, "lunch 1"), spend(bob, "lunch 2")

    with pytest.raises(ExpenseNotFound):
        services.expenses_move(owner=alice, expense_ids=[mine.id, theirs.id], report_id=make_report(alice), now=LATER)

    assert expense_row(user_id=alice.id, expense_id=mine.id) == mine
    assert expense_row(user_id=bob.id, expense_id=theirs.id) == theirs


def test_one_that_was_deleted(alice: Account) -> None:
    row = spend(alice, "lunch 1")
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    with pytest.raises(ExpenseNotFound):
        services.expenses_move(owner=alice, expense_ids=[row.id], report_id=make_report(alice), now=LATER)


def test_to_somebody_else_s_report(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 1")

    with pytest.raises(ReportNotFound):
        services.expenses_move(owner=alice, expense_ids=[row.id], report_id=make_report(bob), now=LATER)


def test_to_a_closed_report(alice: Account) -> None:
    row, report_id = spend(alice, "lunch 1"), make_report(alice)
    services.report_update(user_id=alice.id, report_id=report_id, status=Status.PAID, now=NOON)

    with pytest.raises(ReportClosed, match=r"^report 'Client X' was handed in") as caught:
        services.expenses_move(owner=alice, expense_ids=[row.id], report_id=report_id, now=LATER)

    assert caught.value.expense_id is None


def test_out_of_a_closed_report(alice: Account) -> None:
    closed, report_id = make_report(alice, "Closed"), make_report(alice)
    row, free = spend(alice, "lunch 1", report_id=closed), spend(alice, "lunch 2")
    services.report_update(user_id=alice.id, report_id=closed, status=Status.SUBMITTED, now=NOON)

    with pytest.raises(ReportClosed, match=f"^expense {row.id}: report 'Closed' was handed in") as caught:
        services.expenses_move(owner=alice, expense_ids=[free.id, row.id], report_id=report_id, now=LATER)

    assert caught.value.expense_id == row.id
    assert not Expense.objects.filter(report_id=report_id).exists()
