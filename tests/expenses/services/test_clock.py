"""The owner's clock: what it gives is later than all it gave, whatever the machine's clock does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.fields import microseconds
from accounts.selectors import Account
from expenses import services
from expenses.models import Clock, Expense
from expenses.services.clock import clock_take, instant, touch
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def modified(owner: Account) -> dict[int, datetime]:
    return dict(Expense.objects.filter(user_id=owner.id).values_list("pk", "modified"))


def test_it_works(alice: Account) -> None:
    taken = clock_take(user_id=alice.id, now=LATER)

    assert taken == microseconds(LATER)
    assert instant(taken) == LATER
    assert Clock.objects.get(user_id=alice.id).last == LATER


def test_it_goes_on_while_the_machine_s_clock_stands_still(alice: Account) -> None:
    taken = [clock_take(user_id=alice.id, now=LATER) for _ in range(3)]

    assert taken == [microseconds(LATER) + step for step in range(3)]


def test_it_goes_on_when_the_machine_s_clock_is_put_back(alice: Account) -> None:
    first = clock_take(user_id=alice.id, now=LATER)

    assert clock_take(user_id=alice.id, now=LATER - timedelta(hours=1)) == first + 1
    assert clock_take(user_id=alice.id, now=LATER + timedelta(seconds=1)) == first + 1_000_000


def test_whose_account_was_closed_meanwhile_has_none(alice: Account) -> None:
    services.account_close(user_id=alice.id, now=LATER)

    with pytest.raises(services.AccountClosed):
        spend(alice, "lunch 45")


def test_several_instants(alice: Account) -> None:
    first = clock_take(user_id=alice.id, now=LATER, count=10)
    second = clock_take(user_id=alice.id, now=LATER, count=5)
    third = clock_take(user_id=alice.id, now=LATER)

    assert (first, second, third) == (
        microseconds(LATER), microseconds(LATER) + 10, microseconds(LATER) + 15,
    )  # fmt: skip


def test_each_owner_has_a_clock(alice: Account, bob: Account) -> None:
    clock_take(user_id=alice.id, now=LATER + timedelta(days=1))

    assert clock_take(user_id=bob.id, now=LATER) == microseconds(LATER)


def test_what_is_made_while_the_clock_is_ahead(alice: Account) -> None:
    clock_take(user_id=alice.id, now=LATER)

    ids = [spend(alice, "lunch 45", now=NOON).id for _ in range(3)]

    instants = [Expense.objects.get(pk=expense_id) for expense_id in ids]
    assert all(expense.created == expense.modified for expense in instants)
    assert [expense.modified - LATER for expense in instants] == [timedelta(microseconds=step) for step in (1, 2, 3)]


def test_touch_keeps_the_order(alice: Account) -> None:
    ids = [spend(alice, f"lunch {amount}").id for amount in (1, 2, 3)]
    touch(user_id=alice.id, now=LATER, where="e.id = %s", values=[ids[0]])
    before = modified(alice)

    touch(user_id=alice.id, now=LATER, where="e.type_key = %s", values=["lunch"])

    after = modified(alice)
    assert sorted(ids, key=after.__getitem__) == sorted(ids, key=before.__getitem__) == [ids[1], ids[2], ids[0]]
    assert sorted(after[expense_id] for expense_id in ids) == [
        LATER + timedelta(microseconds=step) for step in (1, 2, 3)
    ]


def test_touch_leaves_the_others_alone(alice: Account, bob: Account) -> None:
    mine, other, theirs = spend(alice, "lunch 1").id, spend(alice, "dinner 1").id, spend(bob, "lunch 1").id
    before = modified(alice) | modified(bob)

    touch(user_id=alice.id, now=LATER, where="e.type_key = %s", values=["lunch"])

    after = modified(alice) | modified(bob)
    assert {expense_id for expense_id in after if after[expense_id] != before[expense_id]} == {mine}
    assert {other, theirs} <= after.keys()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what is in a table, and here is nothing")
def test_touch_looks_at_no_more_than_is_meant(alice: Account) -> None:
    expense_id = spend(alice, "lunch 1").id
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.append((sql, values))
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        touch(user_id=alice.id, now=LATER, where="e.id IN (SELECT %s)", values=[expense_id])

    with connection.cursor() as cursor:
        for sql, values in asked:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            assert "expense_by_" not in str(cursor.fetchall())
    assert len(asked) == 3


def test_touching_nothing_takes_nothing(alice: Account) -> None:
    last = Clock.objects.get(user_id=alice.id).last

    touch(user_id=alice.id, now=LATER, where="e.type_key = %s", values=["nothing"])

    assert Clock.objects.get(user_id=alice.id).last == last


def test_instants_of_long_ago() -> None:
    assert instant(-1) == datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)
