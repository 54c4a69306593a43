"""What is offered while somebody types a type or a tag."""

# ruff: noqa: DTZ001 - `date` is the wall clock of a person, without a zone

from copy import copy
from datetime import datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense
from expenses.selectors import tags_suggested, types_suggested
from expenses.selectors.suggestions import LATELY
from tests.cast import NOON, spend


@pytest.fixture
def used(alice: Account) -> Account:
    for text in ("Lunch 1 #cash #Clientx", "lunch 2 #clientx", "dinner 3 #b", "Straße 4", "lunch 5 #clientx #a"):
        spend(alice, text)
    gone = spend(alice, "dinner 6 #b")
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON)
    spend(alice, "dinner 7")
    return alice


def test_types(used: Account) -> None:
    services.type_set(user_id=used.id, name="Aeroplane", now=NOON)

    assert types_suggested(user_id=used.id) == ["Lunch", "dinner", "Straße", "Aeroplane"]


def test_tags(used: Account) -> None:
    services.tag_create(user_id=used.id, name="0 never used", now=NOON)

    assert tags_suggested(user_id=used.id) == ["Clientx", "a", "b", "cash", "0 never used"]


@pytest.mark.parametrize(
    ("prefix", "types", "tags"),
    [
        ("L", ["Lunch"], []),
        ("strass", ["Straße"], []),
        ("c", [], ["Clientx", "cash"]),
        ("ｃ", [], ["Clientx", "cash"]),
        ("unch", [], []),
        ("%", [], []),
        ("lunchx", [], []),
        ("lunch\0", [], []),
    ],
)
def test_what_begins_so(used: Account, prefix: str, types: list[str], tags: list[str]) -> None:
    assert types_suggested(user_id=used.id, prefix=prefix) == types
    assert tags_suggested(user_id=used.id, prefix=prefix) == tags


def test_no_more_than_are_wanted(used: Account) -> None:
    assert types_suggested(user_id=used.id, limit=2) == ["Lunch", "dinner"]
    assert tags_suggested(user_id=used.id, limit=1) == ["Clientx"]


def test_nobody_sees_what_is_not_theirs(used: Account, bob: Account) -> None:
    assert types_suggested(user_id=bob.id) == tags_suggested(user_id=bob.id) == []


def test_what_was_used_long_ago_counts_no_more(used: Account) -> None:
    newest = Expense.objects.get(pk=spend(used, "z 1", day=datetime(2027, 1, 1)).id)
    newest.pk = None

    Expense.objects.bulk_create([copy(newest) for _ in range(LATELY)])

    assert types_suggested(user_id=used.id) == ["z", "dinner", "Lunch", "Straße"]
    assert tags_suggested(user_id=used.id) == ["a", "b", "cash", "Clientx"]


def test_one_question(used: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        types_suggested(user_id=used.id, prefix="l")
    with django_assert_num_queries(1):
        tags_suggested(user_id=used.id, prefix="l")
