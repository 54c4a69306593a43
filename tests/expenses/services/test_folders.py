"""What may be done to reports and touches the expenses in them."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense, Timer
from expenses.selectors import expense_row
from expenses.services import NoSuchStep, ReportClosed
from reports.selectors import ReportNotFound, ReportRow, report_default, report_row, report_rows
from reports.services import BadReportName, DefaultReportNeeded, ReportNameTaken, ReportNotOpen
from reports.status import CLOSED, STEPS, Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def create(owner: Account, name: str = "Client X", status: Status = Status.ACTIVE) -> ReportRow:
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status)


def test_create(alice: Account) -> None:
    made = create(alice, " Client X ", Status.SUBMITTED)

    assert made == ReportRow(made.id, "Client X", "S", is_default=False)
    assert report_row(user_id=alice.id, report_id=made.id) == made


def test_create_twice(alice: Account, bob: Account) -> None:
    made = create(alice)

    assert create(alice, "CLIENT x") == made
    assert len(report_rows(user_id=alice.id)) == 2
    assert create(bob).id != made.id


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_create_one_that_is_not_open_twice(alice: Account, status: Status) -> None:
    create(alice, status=status)

    with pytest.raises(ReportNameTaken):
        create(alice)


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ACTIVE])
def test_create_one_that_is_open_in_another_state(alice: Account, status: Status) -> None:
    made = create(alice)

    with pytest.raises(ReportNameTaken):
        create(alice, status=status)

    assert report_row(user_id=alice.id, report_id=made.id) == made


def test_create_badly(alice: Account) -> None:
    with pytest.raises(BadReportName):
        create(alice, "")


def test_update(alice: Account) -> None:
    made = create(alice)

    changed = services.report_update(
        user_id=alice.id, report_id=made.id, name="Client Y", status=Status.REJECTED, now=LATER
    )

    assert changed == ReportRow(made.id, "Client Y", "R", is_default=False)
    assert report_row(user_id=alice.id, report_id=made.id) == changed


def test_update_nothing(alice: Account) -> None:
    made, row = create(alice), spend(alice, "lunch 45 clientx")

    same = services.report_update(
        user_id=alice.id, report_id=made.id, name=" Client X ", status=Status.ACTIVE, now=LATER
    )

    assert same == made
    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_a_new_name_shows_in_the_expenses(alice: Account) -> None:
    made, row, other = create(alice), spend(alice, "lunch 45 clientx"), spend(alice, "lunch 46")
    gone = spend(alice, "lunch 47 clientx")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)

    services.report_update(user_id=alice.id, report_id=made.id, name="client x", now=LATER)

    renamed: dict[str, Any] = {"report": "client x", "modified": "2026-11-20 13:00:00"}
    assert expense_row(user_id=alice.id, expense_id=row.id) == row._replace(**renamed)
    assert expense_row(user_id=alice.id, expense_id=gone.id, with_deleted=True) == gone._replace(status=-1, **renamed)
    assert expense_row(user_id=alice.id, expense_id=other.id) == other


def test_update_to_a_taken_name(alice: Account) -> None:
    made = create(alice)
    create(alice, "Client Y")

    with pytest.raises(ReportNameTaken):
        services.report_update(user_id=alice.id, report_id=made.id, name="client y", now=LATER)


def test_all_or_nothing(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    with pytest.raises(DefaultReportNeeded):
        services.report_update(user_id=alice.id, report_id=default.id, name="Renamed", status=Status.PAID, now=LATER)

    assert report_default(user_id=alice.id) == default


def test_make_default(alice: Account) -> None:
    made = create(alice)

    default = services.report_update(user_id=alice.id, report_id=made.id, make_default=True, now=LATER)

    assert default == made._replace(is_default=True)
    assert [report.is_default for report in report_rows(user_id=alice.id)] == [False, True]
    assert spend(alice, "lunch 45").report_id == made.id


def test_make_default_what_is(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    assert services.report_update(user_id=alice.id, report_id=default.id, make_default=True, now=LATER) == default


def test_make_default_what_is_closed(alice: Account) -> None:
    made = create(alice, status=Status.PAID)

    with pytest.raises(ReportNotOpen):
        services.report_update(user_id=alice.id, report_id=made.id, make_default=True, now=LATER)


def test_reopen_and_make_default(alice: Account) -> None:
    made = create(alice, status=Status.REJECTED)

    default = services.report_update(
        user_id=alice.id, report_id=made.id, status=Status.ACTIVE, make_default=True, now=LATER
    )

    assert default == ReportRow(made.id, "Client X", "U", is_default=True)


@pytest.mark.parametrize(("before", "after"), [(before, after) for before in Status for after in STEPS[before]])
def test_step(alice: Account, before: Status, after: Status) -> None:
    made = create(alice, status=before)

    changed = services.report_step(user_id=alice.id, report_id=made.id, status=after, now=LATER)

    assert changed == made._replace(status=after)
    assert report_row(user_id=alice.id, report_id=made.id) == changed


@pytest.mark.parametrize("before", list(Status))
def test_no_such_step(alice: Account, before: Status) -> None:
    made = create(alice, status=before)

    for after in set(Status) - set(STEPS[before]):
        with pytest.raises(NoSuchStep) as caught:
            services.report_step(user_id=alice.id, report_id=made.id, status=after, now=LATER)
        assert str(caught.value) == (
            f"report 'Client X' is {before.name.lower()} by now, and does not become {after.name.lower()}"
        )

    assert report_row(user_id=alice.id, report_id=made.id) == made


def test_no_step_of_the_default(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    with pytest.raises(DefaultReportNeeded):
        services.report_step(user_id=alice.id, report_id=default.id, status=Status.SUBMITTED, now=LATER)

    assert report_default(user_id=alice.id) == default


def test_delete_moves_its_expenses_to_the_default(alice: Account) -> None:
    made, row, gone = create(alice), spend(alice, "lunch 45 clientx"), spend(alice, "lunch 46 clientx")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)

    services.report_delete(user_id=alice.id, report_id=made.id, now=LATER)

    default = report_default(user_id=alice.id)
    moved: dict[str, Any] = {"report_id": default.id, "report": "My Expenses", "modified": "2026-11-20 13:00:00"}
    assert report_rows(user_id=alice.id) == [default]
    assert expense_row(user_id=alice.id, expense_id=row.id) == row._replace(**moved)
    assert expense_row(user_id=alice.id, expense_id=gone.id, with_deleted=True) == gone._replace(status=-1, **moved)
    assert len(set(Expense.objects.values_list("modified", flat=True))) == Expense.objects.count()


def test_delete_moves_its_expenses_where_one_says(alice: Account) -> None:
    made, other, row = create(alice), create(alice, "Other"), spend(alice, "lunch 45 clientx")

    services.report_delete(user_id=alice.id, report_id=made.id, to_report_id=other.id, now=LATER)

    moved: dict[str, Any] = {"report_id": other.id, "report": "Other", "modified": "2026-11-20 13:00:00"}
    assert expense_row(user_id=alice.id, expense_id=row.id) == row._replace(**moved)
    assert report_rows(user_id=alice.id)[1:] == [other]


def test_delete_with_its_expenses(alice: Account) -> None:
    made, row, timed = create(alice), spend(alice, "lunch 45 clientx"), spend(alice, "time start @clientx")
    kept = spend(alice, "lunch 46")

    services.report_delete(user_id=alice.id, report_id=made.id, with_expenses=True, now=LATER)

    default = report_default(user_id=alice.id)
    gone: dict[str, Any] = {
        "status": -1, "report_id": default.id, "report": "My Expenses", "modified": "2026-11-20 13:00:00",
    }  # fmt: skip
    assert timed.report_id == made.id
    assert expense_row(user_id=alice.id, expense_id=row.id, with_deleted=True) == row._replace(**gone)
    assert expense_row(user_id=alice.id, expense_id=timed.id, with_deleted=True) == timed._replace(**gone)
    assert expense_row(user_id=alice.id, expense_id=kept.id) == kept
    assert not Timer.objects.exists()
    assert len(set(Expense.objects.values_list("modified", flat=True))) == Expense.objects.count()


def test_delete_keeps_a_timer_that_runs_elsewhere(alice: Account) -> None:
    made = create(alice)
    spend(alice, "time start")

    services.report_delete(user_id=alice.id, report_id=made.id, with_expenses=True, now=LATER)

    assert Timer.objects.count() == 1


@pytest.mark.parametrize("with_expenses", [True, False])
def test_delete_to_where_nothing_can_go(alice: Account, bob: Account, with_expenses: bool) -> None:
    made, closed, theirs = create(alice), create(alice, "Closed", Status.PAID), create(bob)
    row = spend(alice, "lunch 45", report_id=made.id)

    for target, refusal in [(made, ReportNotFound), (closed, ReportClosed), (theirs, ReportNotFound)]:
        with pytest.raises(refusal):
            services.report_delete(
                user_id=alice.id, report_id=made.id, to_report_id=target.id, with_expenses=with_expenses, now=LATER
            )

    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_the_default_is_not_deleted(alice: Account) -> None:
    default = report_default(user_id=alice.id)

    with pytest.raises(DefaultReportNeeded):
        services.report_delete(user_id=alice.id, report_id=default.id, now=LATER)

    assert report_rows(user_id=alice.id) == [default]


def test_what_was_the_default_is_deleted(alice: Account) -> None:
    before, made = report_default(user_id=alice.id), create(alice)
    services.report_update(user_id=alice.id, report_id=made.id, make_default=True, now=NOON)

    services.report_delete(user_id=alice.id, report_id=before.id, now=LATER)

    assert Expense.objects.get(user_id=alice.id).report_id == made.id


@pytest.mark.parametrize("status", sorted(CLOSED))
def test_a_closed_one_is_not_deleted(alice: Account, status: Status) -> None:
    made = create(alice, status=status)

    with pytest.raises(ReportClosed):
        services.report_delete(user_id=alice.id, report_id=made.id, now=LATER)

    assert report_row(user_id=alice.id, report_id=made.id) == made


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    made = create(alice)

    with pytest.raises(ReportNotFound):
        services.report_update(user_id=bob.id, report_id=made.id, name="Mine", now=LATER)
    with pytest.raises(ReportNotFound):
        services.report_step(user_id=bob.id, report_id=made.id, status=Status.SUBMITTED, now=LATER)
    with pytest.raises(ReportNotFound):
        services.report_delete(user_id=bob.id, report_id=made.id, now=LATER)

    assert report_row(user_id=alice.id, report_id=made.id) == made
