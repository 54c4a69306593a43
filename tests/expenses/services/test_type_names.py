"""Renaming a type, and making one of two: all expenses of it follow, and nothing else of them changes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.models import Expense, ExpenseType
from expenses.selectors import TypeNotFound, TypeRow, expense_row, ledger_row, type_row
from expenses.services import BadRate, BadType, TypeNameTaken
from reports.status import Status
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)


def known(owner: Account, name: str) -> TypeRow:
    return type_row(user_id=owner.id, type_id=ExpenseType.objects.get(user_id=owner.id, name=name).pk)


def rename(owner: Account, before: str, after: str) -> TypeRow:
    return services.type_rename(user_id=owner.id, type_id=known(owner, before).id, name=after, now=LATER)


def merge(owner: Account, one: str, into: str) -> TypeRow:
    return services.type_merge(user_id=owner.id, type_id=known(owner, one).id, into=known(owner, into).id, now=LATER)


def current(owner: Account, row: ExpenseRow) -> ExpenseRow:
    return expense_row(user_id=owner.id, expense_id=row.id, with_deleted=True)


def retyped(row: ExpenseRow, name: str) -> ExpenseRow:
    return row._replace(type=name, modified="2026-11-20 13:00:00")


def test_rename(alice: Account, bob: Account) -> None:
    one, two, other, theirs = (
        spend(alice, "lnch 1 #cash"), spend(alice, "LNCH 2"), spend(alice, "dinner 3"), spend(bob, "lnch 1"),
    )  # fmt: skip
    before = known(alice, "lnch")

    after = rename(alice, "lnch", " Lunch ")

    assert after == before._replace(name="Lunch")
    assert (current(alice, one), current(alice, two)) == (retyped(one, "Lunch"), retyped(two, "Lunch"))
    assert (current(alice, other), current(bob, theirs)) == (other, theirs)
    assert set(Expense.objects.filter(type="Lunch").values_list("type_key", flat=True)) == {"lunch"}
    assert spend(alice, "lunch 4").type == "lunch"
    assert known(alice, "Lunch").uses == 3


def test_each_gets_an_instant_of_its_own(alice: Account) -> None:
    rows = [spend(alice, f"lnch {amount}") for amount in (1, 2, 3)]

    rename(alice, "lnch", "lunch")

    versions = [ledger_row(user_id=alice.id, expense_id=row.id).version for row in rows]
    assert versions == sorted(set(versions))


def test_another_spelling(alice: Account) -> None:
    small, large = spend(alice, "lunch 1"), spend(alice, "Lunch 2")

    rename(alice, "lunch", "Lunch")

    assert (current(alice, small), current(alice, large)) == (retyped(small, "Lunch"), large)
    assert known(alice, "Lunch").name == "Lunch"


def test_deleted_ones_and_those_that_were_handed_in_follow(alice: Account) -> None:
    gone, closed = spend(alice, "lnch 1"), spend(alice, "lnch 2")
    report = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    services.expenses_move(owner=alice, expense_ids=[closed.id], report_id=report.id, now=NOON)
    services.report_update(user_id=alice.id, report_id=report.id, status=Status.PAID, now=NOON)
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)

    rename(alice, "lnch", "lunch")

    assert (current(alice, gone).type, current(alice, closed).type) == ("lunch", "lunch")


def test_a_name_that_is_taken(alice: Account) -> None:
    row = spend(alice, "lnch 1")
    spend(alice, "Lunch 2")

    with pytest.raises(TypeNameTaken, match=r"^type 'LUNCH': another type of yours has this name$"):
        rename(alice, "lnch", "LUNCH")

    assert current(alice, row) == row


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb"])
def test_a_name_that_no_type_can_have(alice: Account, name: str) -> None:
    row = spend(alice, "lnch 1")

    with pytest.raises(BadType):
        rename(alice, "lnch", name)

    assert current(alice, row) == row


def test_a_rate_needs_the_unit_of_its_name(alice: Account) -> None:
    services.type_set(user_id=alice.id, name="Time", rate=Decimal(50), now=NOON)

    with pytest.raises(BadRate, match=r"^rate 50: a unit, like page, is wanted with it$"):
        rename(alice, "Time", "Work")

    assert rename(alice, "Time", "TIME").rate == 50
    services.type_set(user_id=alice.id, name="Time", unit="min", rate=Decimal(50), now=NOON)
    assert rename(alice, "Time", "Work").unit == "min"


def test_merge(alice: Account) -> None:
    category = services.category_create(user_id=alice.id, name="Meals", now=NOON)
    services.type_set(user_id=alice.id, name="Lunch", category_id=category.id, now=NOON)
    one, other = spend(alice, "lnch 20 EUR at 1.1"), spend(alice, "Lunch 2")

    kept = merge(alice, "lnch", "Lunch")

    assert kept == known(alice, "Lunch")
    assert kept.uses == 2
    assert current(alice, one) == retyped(one, "Lunch")._replace(category_id=category.id, category="Meals")
    assert current(alice, other) == other
    assert not ExpenseType.objects.filter(name_key="lnch").exists()


def test_one_with_itself(alice: Account) -> None:
    row = spend(alice, "lunch 1")

    assert merge(alice, "lunch", "lunch") == known(alice, "lunch")
    assert current(alice, row) == row


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    mine, theirs = spend(alice, "lnch 1"), spend(bob, "lunch 2")
    own, other = known(alice, "lnch").id, known(bob, "lunch").id

    with pytest.raises(TypeNotFound):
        services.type_rename(user_id=alice.id, type_id=other, name="x", now=LATER)
    for type_id, into in ((own, other), (other, own)):
        with pytest.raises(TypeNotFound):
            services.type_merge(user_id=alice.id, type_id=type_id, into=into, now=LATER)

    assert (current(alice, mine), current(bob, theirs)) == (mine, theirs)
