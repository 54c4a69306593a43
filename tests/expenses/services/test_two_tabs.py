"""Two people, or one with two tabs, at the same expense: the second sees what changed, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense
from expenses.selectors import ExpenseNotFound, LedgerRow, ledger_row
from expenses.services import ExpenseChanged, ExpenseFields
from tests.cast import NOON, open_account, spend

LATER = NOON + timedelta(hours=1)


def looked_at(owner: Account, expense_id: int) -> LedgerRow:
    return ledger_row(user_id=owner.id, expense_id=expense_id)


def edit(owner: Account, seen: LedgerRow, fields: ExpenseFields, *, restore: bool = False) -> LedgerRow:
    services.expense_update(
        owner=owner, expense_id=seen.expense.id, fields=fields, now=LATER, restore=restore, if_modified=seen.version
    )
    return looked_at(owner, seen.expense.id)


def delete(owner: Account, seen: LedgerRow) -> None:
    services.expense_delete(owner=owner, expense_id=seen.expense.id, now=LATER, if_modified=seen.version)


def test_it_works(alice: Account) -> None:
    seen = looked_at(alice, spend(alice, "lunch 45").id)

    once = edit(alice, seen, {"notes": "with jack"})
    twice = edit(alice, once, {"notes": "with jill"})

    assert twice.expense.notes == "with jill"
    assert seen.version < once.version < twice.version
    delete(alice, twice)
    assert looked_at(alice, twice.expense.id).expense.status == -1


def test_the_second_sees_what_it_is_now(alice: Account) -> None:
    seen = looked_at(alice, spend(alice, "lunch 45").id)
    first = edit(alice, seen, {"notes": "with jack"})

    with pytest.raises(ExpenseChanged) as caught:
        edit(alice, seen, {"notes": "with jill", "tags": ["new"]})

    assert caught.value.row == first == looked_at(alice, seen.expense.id)
    assert str(caught.value) == f"expense {seen.expense.id}: it was changed meanwhile; look at it as it is now"


def test_what_changed_is_not_deleted(alice: Account) -> None:
    seen = looked_at(alice, spend(alice, "lunch 45").id)
    first = edit(alice, seen, {"notes": "with jack"})

    with pytest.raises(ExpenseChanged) as caught:
        delete(alice, seen)

    assert caught.value.row == first == looked_at(alice, seen.expense.id)


def test_what_was_deleted_meanwhile_is_shown_too(alice: Account) -> None:
    seen = looked_at(alice, spend(alice, "lunch 45").id)
    delete(alice, seen)

    with pytest.raises(ExpenseChanged) as caught:
        edit(alice, seen, {"notes": "with jill"})

    gone = caught.value.row
    assert gone.expense.status == -1
    with pytest.raises(ExpenseNotFound):
        edit(alice, gone, {"notes": "with jill"})
    assert edit(alice, gone, {"notes": "with jill"}, restore=True).expense.notes == "with jill"


def test_a_change_of_a_tag_s_name_is_one(alice: Account) -> None:
    row = spend(alice, "lunch 45 #cash")
    seen = looked_at(alice, row.id)
    services.tag_rename(user_id=alice.id, tag_id=row.tags[0].id, name="money", now=LATER)

    with pytest.raises(ExpenseChanged):
        edit(alice, seen, {"notes": "with jill"})


def test_somebody_else_s_stays_unknown(alice: Account, bob: Account) -> None:
    seen = looked_at(alice, spend(alice, "lunch 45").id)

    with pytest.raises(ExpenseNotFound):
        edit(bob, seen._replace(version=1), {"notes": "x"})
    with pytest.raises(ExpenseNotFound):
        delete(bob, seen._replace(version=1))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="in memory SQLite waits for nobody: see tests/faults")
def test_of_two_at_once_one_wins() -> None:
    alice = open_account("alice@example.com")
    seen = looked_at(alice, spend(alice, "lunch 45").id)
    ready = Barrier(2)

    def tab(notes: str) -> LedgerRow | ExpenseChanged:
        ready.wait(30)
        try:
            return edit(alice, seen, {"notes": notes})
        except ExpenseChanged as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as tabs:
        answers = list(tabs.map(tab, ["with jack", "with jill"]))

    (won,) = [answer for answer in answers if isinstance(answer, LedgerRow)]
    (lost,) = [answer for answer in answers if isinstance(answer, ExpenseChanged)]
    assert lost.row == won == looked_at(alice, seen.expense.id)
    assert Expense.objects.get(pk=seen.expense.id).notes == won.expense.notes
