"""``Time start`` and ``Time stop`` (wire §3, design §3.11)."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from accounts import services as accounts
from accounts.selectors import Account, account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Clock, Expense, Timer
from expenses.receipts import receipt_read
from expenses.selectors import expense_row
from expenses.services import NotesTooLong, ReportClosed, TimerNotRunning, TooManyTags
from reports.selectors import ReportNotFound
from reports.status import Status
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg

LATER = NOON + timedelta(minutes=37)


@pytest.fixture
def paid(alice: Account) -> Account:
    """Alice, whose hour is worth 60."""
    accounts.preferences_set(user_id=alice.id, hourly_rate=Decimal(60))
    return account(email=alice.email)


def make_report(owner: Account, name: str = "Client X") -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def test_it_works(paid: Account) -> None:
    started = spend(paid, "Time start review #clientx")
    stopped = spend(paid, "Time stop", now=LATER)

    assert (started.type, started.amount, started.raw_amount, started.unit, started.rate, started.notes) == (
        "Time", 0, 0, "min", "60", "review",
    )  # fmt: skip
    assert [tag.name for tag in started.tags] == ["clientx"]
    assert stopped == started._replace(amount=37_000, raw_amount=37_000, modified="2026-11-20 12:37:00")
    assert not Timer.objects.exists()


@pytest.mark.parametrize(
    ("seconds", "raw_amount", "amount"),
    [(0, 0, 0), (1, 17, 20), (90, 1500, 1500), (86_400 * 30, 43_200_000, 43_200_000)],
)
def test_minutes_are_kept_to_the_thousandth(paid: Account, seconds: int, raw_amount: int, amount: int) -> None:
    spend(paid, "Time start")

    stopped = spend(paid, "time STOP", now=NOON + timedelta(seconds=seconds))

    assert (stopped.raw_amount, stopped.amount) == (raw_amount, amount)


def test_the_rate_is_that_of_the_start(paid: Account) -> None:
    spend(paid, "Time start")
    accounts.preferences_set(user_id=paid.id, hourly_rate=Decimal(100))

    stopped = spend(account(email=paid.email), "Time stop", now=LATER)

    assert (stopped.amount, stopped.rate) == (37_000, "60")


def test_a_type_of_its_own(paid: Account) -> None:
    services.type_set(user_id=paid.id, name="Consulting", unit="min", rate=Decimal(120), now=NOON)
    spend(paid, "Consulting start")

    stopped = spend(paid, "Consulting stop", now=LATER)

    assert (stopped.type, stopped.amount) == ("Consulting", 74_000)


def test_a_second_start_stops_the_first(paid: Account) -> None:
    first = spend(paid, "Time start one")
    second = spend(paid, "Time start two", now=LATER)

    ended = expense_row(user_id=paid.id, expense_id=first.id)
    assert (ended.notes, ended.raw_amount, ended.modified) == ("one", 37_000, "2026-11-20 12:37:00")
    assert (second.notes, second.raw_amount) == ("two", 0)
    assert Timer.objects.get().expense_id == second.id
    instants = [Expense.objects.get(pk=row.id).modified for row in (first, second)]
    assert instants == [LATER, LATER + timedelta(microseconds=1)]


def test_stop_without_start(alice: Account) -> None:
    before = Clock.objects.get(user_id=alice.id).last

    with pytest.raises(TimerNotRunning) as caught:
        spend(alice, "Time stop", now=LATER)

    assert str(caught.value) == "q 'Time stop': no timer is running; 'Time start clientx' starts one"
    assert Clock.objects.get(user_id=alice.id).last == before


def test_stop_twice(alice: Account) -> None:
    spend(alice, "Time start")
    spend(alice, "Time stop", now=LATER)

    with pytest.raises(TimerNotRunning):
        spend(alice, "Time stop", now=LATER)


def test_everybody_has_a_timer(alice: Account, bob: Account) -> None:
    spend(alice, "Time start")

    with pytest.raises(TimerNotRunning):
        spend(bob, "Time stop", now=LATER)

    spend(bob, "Time start", now=LATER)
    assert Timer.objects.count() == 2


def test_it_survives(alice: Account) -> None:
    started = spend(alice, "Time start")

    timer = Timer.objects.get()

    assert (timer.user_id, timer.expense_id, timer.started) == (alice.id, started.id, NOON)


def test_a_clock_that_was_put_back_makes_no_negative_work(paid: Account) -> None:
    spend(paid, "Time start")

    stopped = spend(paid, "Time stop", now=NOON - timedelta(hours=1))

    assert (stopped.raw_amount, stopped.amount) == (0, 0)
    assert Expense.objects.get(pk=stopped.id).modified > NOON


def test_it_runs_from_when_that_was_said_to_when_this_was(paid: Account) -> None:
    """However late it came: a telephone had no net."""
    spend(paid, "Time start", now=LATER, said_at=NOON)

    stopped = spend(paid, "Time stop", now=LATER + timedelta(hours=1), said_at=NOON + timedelta(minutes=30))

    assert (stopped.raw_amount, stopped.amount, stopped.date) == (30_000, 30_000, "2026-11-20 12:00:00")
    row = Expense.objects.get(pk=stopped.id)
    assert (row.created, row.modified) == (LATER, LATER + timedelta(hours=1))


def test_what_is_said_on_stopping_is_added(alice: Account) -> None:
    spend(alice, "Time start review #cash")

    stopped = spend(alice, "Time stop of page 3 #Cash #late", now=LATER)

    assert stopped.notes == "review of page 3"
    assert [tag.name for tag in stopped.tags] == ["cash", "late"]
    assert (
        Expense.objects.get(pk=stopped.id).notes_key
        == Expense.objects.get(pk=spend(alice, "lunch 1 REVIEW of page 3").id).notes_key
    )


def test_a_report_that_is_named_on_stopping(alice: Account) -> None:
    report_id = make_report(alice)
    spend(alice, "Time start")

    assert spend(alice, "Time stop @clientx", now=LATER).report_id == report_id


def test_a_report_that_comes_beside_the_stop(alice: Account) -> None:
    make_report(alice)
    other = make_report(alice, "Other")
    spend(alice, "Time start clientx")

    assert spend(alice, "Time stop clientx", now=LATER, report_id=other).report_id == other


def test_a_report_that_does_not_exist_beside_the_stop(alice: Account) -> None:
    spend(alice, "Time start")

    with pytest.raises(ReportNotFound):
        spend(alice, "Time stop", now=LATER, report_id=10**9)

    assert Timer.objects.exists()


def test_the_report_that_a_start_names(alice: Account) -> None:
    report_id = make_report(alice)

    assert spend(alice, "Time start clientx").report_id == report_id
    assert spend(alice, "Time stop", now=LATER).report_id == report_id


def test_a_day_beside_the_text(alice: Account) -> None:
    started = spend(alice, "Time start", day=datetime(2009, 10, 2, 5, 14))
    stopped = spend(alice, "Time stop", day=datetime(2010, 1, 1), now=LATER)

    assert (started.date, stopped.date) == ("2009-10-02 05:14:00", "2009-10-02 05:14:00")


def test_its_expense_was_deleted(alice: Account) -> None:
    started = spend(alice, "Time start")
    services.expense_delete(owner=alice, expense_id=started.id, now=NOON)

    with pytest.raises(TimerNotRunning):
        spend(alice, "Time stop", now=LATER)


def test_its_report_was_deleted(paid: Account) -> None:
    report_id = make_report(paid)
    spend(paid, "Time start clientx")
    services.report_delete(user_id=paid.id, report_id=report_id, now=NOON)

    stopped = spend(paid, "Time stop", now=LATER)

    assert (stopped.report, stopped.amount) == ("My Expenses", 37_000)


@pytest.fixture
def handed_in(paid: Account) -> ExpenseRow:
    """The expense of a running timer, in a report that was handed in."""
    report_id = make_report(paid)
    started = spend(paid, "Time start clientx")
    services.report_update(user_id=paid.id, report_id=report_id, status=Status.SUBMITTED, now=NOON)
    return started


def test_its_report_was_handed_in(paid: Account, handed_in: ExpenseRow) -> None:
    stopped = spend(paid, "Time stop", now=LATER)

    assert (stopped.id, stopped.report, stopped.amount) == (handed_in.id, "My Expenses", 37_000)
    assert not Timer.objects.exists()


def test_its_report_was_handed_in_and_another_is_named(paid: Account, handed_in: ExpenseRow) -> None:
    make_report(paid, "Other")

    assert spend(paid, "Time stop other", now=LATER).report == "Other"


def test_the_report_that_was_handed_in_is_named(paid: Account, handed_in: ExpenseRow) -> None:
    with pytest.raises(ReportClosed):
        spend(paid, "Time stop", report_id=handed_in.report_id, now=LATER)

    assert Timer.objects.get().expense_id == handed_in.id
    assert expense_row(user_id=paid.id, expense_id=handed_in.id) == handed_in


def test_another_is_started_though_its_report_was_handed_in(paid: Account, handed_in: ExpenseRow) -> None:
    second = spend(paid, "Time start", now=LATER)

    first = expense_row(user_id=paid.id, expense_id=handed_in.id)
    assert (first.report, first.amount) == ("My Expenses", 37_000)
    assert Timer.objects.get().expense_id == second.id


def test_a_receipt_on_stopping(alice: Account) -> None:
    started = spend(alice, "Time start", picture=receipt_read(jpeg()))

    stopped = spend(alice, "Time stop", now=LATER, picture=receipt_read(jpeg()))

    assert started.receipt_image != stopped.receipt_image


def test_too_much_on_stopping(alice: Account) -> None:
    spend(alice, f"Time start {' '.join(f'#a{n}' for n in range(100))}")

    with pytest.raises(TooManyTags):
        spend(alice, "Time stop #one", now=LATER)
    assert Timer.objects.exists()


def test_too_long_notes_on_stopping(alice: Account) -> None:
    started = spend(alice, "Time start")
    services.expense_update(owner=alice, expense_id=started.id, fields={"notes": "x" * 20_000}, now=NOON)

    with pytest.raises(NotesTooLong):
        spend(alice, "Time stop more", now=LATER)
    assert Timer.objects.exists()
