"""Deleting, restoring and tagging several expenses: all or none, and a refusal that says which one it is about."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Clock, Expense, Tag, Timer
from expenses.selectors import ExpenseNotFound, expense_row, ledger_row
from expenses.services import BadTagName, ReportClosed, TooManyTags
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)
Change = Callable[..., list[Any]]
CHANGES: list[tuple[Change, dict[str, Any]]] = [
    (services.expenses_delete, {}),
    (services.expenses_tag, {"add": ["new"]}),
    (services.expenses_tag, {"remove": ["cash"]}),
]


def current(owner: Account, row: ExpenseRow) -> ExpenseRow:
    return expense_row(user_id=owner.id, expense_id=row.id, with_deleted=True)


def tags(owner: Account, row: ExpenseRow) -> list[str]:
    return [tag.name for tag in current(owner, row).tags]


def versions(owner: Account, *rows: ExpenseRow) -> list[int]:
    return [ledger_row(user_id=owner.id, expense_id=row.id).version for row in rows]


def hand_in(owner: Account, *rows: ExpenseRow) -> None:
    """File expenses in a report that is then handed in."""
    report = services.report_create(user_id=owner.id, name="Trip", now=NOON)
    services.expenses_move(owner=owner, expense_ids=[row.id for row in rows], report_id=report.id, now=NOON)
    services.report_update(user_id=owner.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)


def test_delete(alice: Account) -> None:
    first, second, other = (spend(alice, f"lunch {amount}") for amount in (1, 2, 3))

    deleted = services.expenses_delete(owner=alice, expense_ids=[second.id, first.id, second.id], now=LATER)

    gone: dict[str, Any] = {"status": -1, "modified": "2026-11-20 13:00:00"}
    assert deleted == [second.id, first.id]
    assert (current(alice, first), current(alice, second)) == (first._replace(**gone), second._replace(**gone))
    assert current(alice, other) == other
    assert len(set(versions(alice, first, second))) == 2


def test_restore_what_was_deleted(alice: Account) -> None:
    first, second, before = (spend(alice, f"lunch {amount}") for amount in (1, 2, 3))
    services.expense_delete(owner=alice, expense_id=before.id, now=NOON)
    deleted = services.expenses_delete(owner=alice, expense_ids=[first.id, before.id, second.id], now=LATER)

    restored = services.expenses_restore(owner=alice, expense_ids=deleted, now=LATER)

    assert deleted == restored == [first.id, second.id]
    assert current(alice, first) == first._replace(modified="2026-11-20 13:00:00")
    assert current(alice, before).status == -1
    assert services.expenses_restore(owner=alice, expense_ids=deleted, now=LATER) == []


def test_a_timer_ends_with_its_expense(alice: Account) -> None:
    running, other = spend(alice, "Time start"), spend(alice, "lunch 1")

    services.expenses_delete(owner=alice, expense_ids=[other.id], now=LATER)
    assert Timer.objects.get().expense_id == running.id
    services.expenses_delete(owner=alice, expense_ids=[other.id, running.id], now=LATER)
    assert not Timer.objects.exists()


def test_tag(alice: Account) -> None:
    both, none, has = spend(alice, "lunch 1 #cash #old"), spend(alice, "lunch 2"), spend(alice, "lunch 3 #New #x")
    before = versions(alice, both, none, has)

    changed = services.expenses_tag(
        owner=alice, expense_ids=[both.id, none.id, has.id], now=LATER, add=["new", "X"], remove=["#OLD", "nothing"]
    )

    assert [was.id for was in changed] == [both.id, none.id]
    assert (tags(alice, both), tags(alice, none), tags(alice, has)) == (
        ["cash", "New", "x"],
        ["New", "x"],
        ["New", "x"],
    )
    after = versions(alice, both, none, has)
    assert [now > then for now, then in zip(after, before, strict=True)] == [True, True, False]
    assert after[0] < after[1]
    assert list(Tag.objects.order_by("id").values_list("name", flat=True)) == ["cash", "old", "New", "x"]


def test_what_is_added_is_not_removed(alice: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    assert services.expenses_tag(owner=alice, expense_ids=[row.id], now=LATER, add=["cash"], remove=["Cash"]) == []
    assert current(alice, row) == row


@pytest.mark.parametrize("remove", ["", "#", "x" * 9999])
def test_names_that_no_tag_has_are_passed_over(alice: Account, remove: str) -> None:
    row = spend(alice, "lunch 1 #cash")

    assert services.expenses_tag(owner=alice, expense_ids=[row.id], now=LATER, remove=[remove]) == []
    assert current(alice, row) == row


def test_more_tags_than_an_expense_can_have(alice: Account) -> None:
    few, many = spend(alice, "lunch 1"), spend(alice, "lunch 2 " + " ".join(f"#t{n}" for n in range(99)))

    message = f"^expense {many.id}: tags: 101 were given, and an expense can have 100$"
    with pytest.raises(TooManyTags, match=message) as caught:
        services.expenses_tag(owner=alice, expense_ids=[few.id, many.id], now=LATER, add=["a", "b"])

    assert caught.value.expense_id == many.id
    assert (current(alice, few), current(alice, many)) == (few, many)
    services.expenses_tag(owner=alice, expense_ids=[few.id, many.id], now=LATER, add=["a", "b"], remove=["t0"])
    assert len(tags(alice, many)) == 100


def test_more_names_to_take_off_than_are_looked_at(alice: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    with pytest.raises(TooManyTags, match="tags: 1001 were given, and an expense can have 100"):
        services.expenses_tag(owner=alice, expense_ids=[row.id], now=LATER, remove=["cash"] * 1001)

    assert current(alice, row) == row


def test_a_name_that_can_be_no_tag(alice: Account) -> None:
    row = spend(alice, "lunch 1 #cash")

    with pytest.raises(BadTagName):
        services.expenses_tag(owner=alice, expense_ids=[row.id], now=LATER, add=["x" * 101], remove=["cash"])

    assert current(alice, row) == row


@pytest.mark.parametrize(("change", "arguments"), CHANGES)
def test_out_of_a_report_that_was_handed_in(alice: Account, change: Change, arguments: dict[str, Any]) -> None:
    free, first, second = (spend(alice, f"lunch {amount} #cash") for amount in (1, 2, 3))
    hand_in(alice, first, second)
    rows = [current(alice, row) for row in (free, first, second)]

    with pytest.raises(ReportClosed, match=f"^expense {second.id}: report 'Trip' was handed in") as caught:
        change(owner=alice, expense_ids=[free.id, second.id, first.id], now=LATER, **arguments)

    assert caught.value.expense_id == second.id
    assert [current(alice, row) for row in rows] == rows


def test_restoring_into_a_report_that_was_handed_in(alice: Account) -> None:
    row = spend(alice, "lunch 1")
    report = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    services.expenses_move(owner=alice, expense_ids=[row.id], report_id=report.id, now=NOON)
    services.expenses_delete(owner=alice, expense_ids=[row.id], now=NOON)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.SUBMITTED, now=NOON)

    with pytest.raises(ReportClosed):
        services.expenses_restore(owner=alice, expense_ids=[row.id], now=LATER)

    assert current(alice, row).status == -1


@pytest.mark.parametrize(("change", "arguments"), [*CHANGES, (services.expenses_restore, {})])
def test_what_is_not_hers(alice: Account, bob: Account, change: Change, arguments: dict[str, Any]) -> None:
    mine, theirs = spend(alice, "lunch 1 #cash"), spend(bob, "lunch 2 #cash")

    with pytest.raises(ExpenseNotFound, match=f"^expense {theirs.id}: "):
        change(owner=alice, expense_ids=[mine.id, theirs.id], now=LATER, **arguments)

    assert (current(alice, mine), current(bob, theirs)) == (mine, theirs)


@pytest.mark.parametrize("arguments", [{"add": ["new"]}, {"remove": ["cash"]}])
def test_tags_of_a_deleted_one(alice: Account, arguments: dict[str, Any]) -> None:
    there, gone = spend(alice, "lunch 1 #cash"), spend(alice, "lunch 1 #cash")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)

    with pytest.raises(ExpenseNotFound, match=f"^expense {gone.id}: "):
        services.expenses_tag(owner=alice, expense_ids=[there.id, gone.id], now=LATER, **arguments)

    assert current(alice, there) == there


@pytest.mark.parametrize(("change", "arguments"), [*CHANGES, (services.expenses_restore, {})])
def test_nothing(alice: Account, change: Change, arguments: dict[str, Any]) -> None:
    before = list(Expense.objects.values())

    assert change(owner=alice, expense_ids=[], now=LATER, **arguments) == []

    assert list(Expense.objects.values()) == before


def test_the_clock_is_past_all_that_was_given(alice: Account) -> None:
    rows = [spend(alice, f"lunch {amount}") for amount in range(1, 6)]

    services.expenses_delete(owner=alice, expense_ids=[row.id for row in rows], now=NOON)

    given = Expense.objects.filter(pk__in=[row.id for row in rows]).values_list("modified", flat=True)
    assert Clock.objects.get(user_id=alice.id).last == max(given)
    assert len({*given}) == 5


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what is in a table, and here is nothing")
@pytest.mark.parametrize("change", ["delete", "restore", "move", "tag"])
def test_it_looks_at_no_more_than_is_meant(alice: Account, change: str) -> None:
    ids = [spend(alice, f"lunch {number} #cash").id for number in range(1, 6)]
    report = services.report_create(user_id=alice.id, name="Fair", now=NOON)
    if change == "restore":
        services.expenses_delete(owner=alice, expense_ids=ids, now=NOON)
    acts: dict[str, Change] = {
        "delete": services.expenses_delete, "restore": services.expenses_restore,
        "move": partial(services.expenses_move, report_id=report.id),
        "tag": partial(services.expenses_tag, add=["new"], remove=["cash"]),
    }  # fmt: skip
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        assert len(acts[change](owner=alice, expense_ids=ids, now=LATER)) == 5

    plans = []
    with connection.cursor() as cursor:
        for sql, values in asked:
            if "expenses_expense" in sql and " IN (" in sql:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
                plans.append(str(cursor.fetchall()))
    assert len(plans) >= 3
    assert [plan for plan in plans if "(user_id=?)" in plan] == []
