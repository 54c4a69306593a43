"""What expenses are sorted by, and how often."""

from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.selectors import TagUse, TypeNotFound, TypeRow, tag_uses, type_row, type_rows
from tests.cast import NOON, spend


def test_tags_by_name_with_their_uses(
    alice: Account, bob: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = spend(alice, "lunch 45 #Zoo #cash")
    spend(alice, "lunch 4 #cash")
    gone = spend(alice, "lunch 5 #cash #ärger")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    spend(bob, "lunch 6 #cash")
    ids = {tag.name: tag.id for tag in (*first.tags, *gone.tags)}

    with django_assert_num_queries(1):
        rows = tag_uses(user_id=alice.id)

    assert rows == [TagUse(ids["cash"], "cash", 2), TagUse(ids["Zoo"], "Zoo", 1), TagUse(ids["ärger"], "ärger", 0)]


def test_types_by_name_with_what_is_known_of_them(
    alice: Account, bob: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    meals = services.category_create(user_id=alice.id, name="Meals", now=NOON)
    services.type_set(user_id=alice.id, name="Copies", unit="page", rate=Decimal("0.05"), now=NOON)
    services.type_set(user_id=alice.id, name="lunch", category_id=meals.id, now=NOON)
    spend(alice, "Lunch 45")
    services.expense_delete(owner=alice, expense_id=spend(alice, "lunch 4").id, now=NOON)
    spend(alice, "Taxi 20")
    spend(bob, "lunch 6")

    with django_assert_num_queries(1):
        rows = type_rows(user_id=alice.id)

    assert [row._replace(id=0) for row in rows] == [
        TypeRow(0, "Copies", None, "", "page", Decimal("0.05"), 0),
        TypeRow(0, "lunch", meals.id, "Meals", "", None, 1),
        TypeRow(0, "Taxi", None, "", "", None, 1),
    ]
    assert [type_row(user_id=alice.id, type_id=row.id) for row in rows] == rows


def test_a_type_of_somebody_else_is_none(alice: Account, bob: Account) -> None:
    services.type_set(user_id=alice.id, name="Copies", now=NOON)
    (row,) = type_rows(user_id=alice.id)

    with pytest.raises(TypeNotFound):
        type_row(user_id=bob.id, type_id=row.id)
