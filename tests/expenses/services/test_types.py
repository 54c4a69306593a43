"""What the ledger knows of types, and accounting categories."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense, ExpenseType
from expenses.selectors import CategoryNotFound, CategoryRow, category_row, category_rows, expense_row
from expenses.services import BadCategoryName, BadRate, BadType, BadUnit, CategoryNameTaken
from tests.cast import NOON, spend

LATER = NOON + timedelta(hours=1)
BAD_NAMES = ["", " ", "x" * 201, "a\nb", "a\0b", "\ufdfa" * 200]


def create(owner: Account, name: str = "Meals") -> CategoryRow:
    return services.category_create(user_id=owner.id, name=name, now=NOON)


def touched(owner: Account) -> set[int]:
    return set(Expense.objects.filter(user_id=owner.id, modified__gte=LATER).values_list("pk", flat=True))


def type_set(owner: Account, name: str = "Lunch", **arguments: Any) -> None:
    services.type_set(user_id=owner.id, name=name, now=LATER, **arguments)


def test_it_works(alice: Account) -> None:
    meals = create(alice)
    type_set(alice, " Copies ", category_id=meals.id, unit="page", rate=Decimal("0.05"))

    known = ExpenseType.objects.get()
    assert (known.user_id, known.name, known.name_key, known.category_id, known.unit, known.rate) == (
        alice.id, "Copies", "copies", meals.id, "page", Decimal("0.05"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "kept"),
    [
        ("MIN", "min"), ("Km", "km"), (" mi ", "mi"), ("eur", "EUR"), ("EUR", "EUR"), ("Usd", "USD"), ("page", "page"),
        ("Page", "Page"), ("cup", "cup"), ("CUP", "CUP"), (" ", ""),
    ],
)  # fmt: skip
def test_a_unit_that_is_known_is_meant_in_any_case(alice: Account, unit: str, kept: str) -> None:
    type_set(alice, "Copies", unit=unit)

    assert ExpenseType.objects.get().unit == kept


def test_a_rate_is_for_a_unit(alice: Account) -> None:
    with pytest.raises(BadRate, match=r"^rate 2: a unit, like page, is wanted with it$"):
        type_set(alice, "Copies", rate=Decimal(2))

    assert not ExpenseType.objects.exists()
    type_set(alice, "TIME", rate=Decimal(2))  # has a unit of its own
    assert ExpenseType.objects.get().rate == 2


def test_a_category_shows_in_the_expenses_of_the_type(alice: Account) -> None:
    meals, row, other = create(alice), spend(alice, "lunch 1"), spend(alice, "dinner 1")

    type_set(alice, "LUNCH", category_id=meals.id)

    assert touched(alice) == {row.id}
    assert expense_row(user_id=alice.id, expense_id=row.id) == row._replace(
        category_id=meals.id, category="Meals", modified="2026-11-20 13:00:00"
    )
    assert expense_row(user_id=alice.id, expense_id=other.id) == other


def test_a_category_is_taken_off(alice: Account) -> None:
    row = spend(alice, "lunch 1")
    services.type_set(user_id=alice.id, name="lunch", category_id=create(alice).id, now=NOON)

    type_set(alice)

    assert touched(alice) == {row.id}
    assert expense_row(user_id=alice.id, expense_id=row.id).category_id is None


@pytest.mark.parametrize(("unit", "rate"), [("km", None), ("page", Decimal(2))])
def test_units_are_for_expenses_to_come(alice: Account, unit: str, rate: Decimal | None) -> None:
    row = spend(alice, "lunch 1")

    type_set(alice, unit=unit, rate=rate)

    assert touched(alice) == set()
    assert expense_row(user_id=alice.id, expense_id=row.id) == row


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        *[({"name": name}, BadType) for name in BAD_NAMES],
        ({"unit": "x" * 21}, BadUnit),
        ({"unit": "a\nb"}, BadUnit),
        ({"unit": "page", "rate": Decimal(-1)}, BadRate),
        ({"unit": "page", "rate": Decimal(1_000_001)}, BadRate),
        ({"unit": "page", "rate": Decimal("0.0000000000001")}, BadRate),
        ({"unit": "page", "rate": Decimal("NaN")}, BadRate),
        ({"category_id": 10**9}, CategoryNotFound),
    ],
)
def test_refused(alice: Account, arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        type_set(alice, **arguments)

    assert not ExpenseType.objects.exists()


def test_create(alice: Account, bob: Account) -> None:
    meals = create(alice, " Meals ")

    assert meals == CategoryRow(meals.id, "Meals") == category_row(user_id=alice.id, category_id=meals.id)
    assert create(alice, "MEALS") == meals
    assert create(bob).id != meals.id
    assert category_rows(user_id=alice.id) == [meals]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_create_badly(alice: Account, name: str) -> None:
    with pytest.raises(BadCategoryName):
        create(alice, name)


def test_rename(alice: Account) -> None:
    meals, row = create(alice), spend(alice, "lunch 1")
    services.type_set(user_id=alice.id, name="lunch", category_id=meals.id, now=NOON)

    renamed = services.category_rename(user_id=alice.id, category_id=meals.id, name="Food", now=LATER)

    assert renamed == CategoryRow(meals.id, "Food")
    assert touched(alice) == {row.id}
    assert expense_row(user_id=alice.id, expense_id=row.id).category == "Food"


def test_rename_to_what_it_is(alice: Account) -> None:
    meals = create(alice)

    assert services.category_rename(user_id=alice.id, category_id=meals.id, name=" Meals", now=LATER) == meals


def test_rename_to_a_taken_name(alice: Account) -> None:
    meals, _ = create(alice), create(alice, "Travel")

    with pytest.raises(CategoryNameTaken, match="category 'TRAVEL': another category of yours has this name"):
        services.category_rename(user_id=alice.id, category_id=meals.id, name="TRAVEL", now=LATER)


def test_rename_badly(alice: Account) -> None:
    with pytest.raises(BadCategoryName):
        services.category_rename(user_id=alice.id, category_id=create(alice).id, name="", now=LATER)


def test_delete(alice: Account) -> None:
    meals, row, other = create(alice), spend(alice, "lunch 1"), spend(alice, "dinner 1")
    services.type_set(user_id=alice.id, name="lunch", category_id=meals.id, now=NOON)

    services.category_delete(user_id=alice.id, category_id=meals.id, now=LATER)

    assert category_rows(user_id=alice.id) == []
    assert touched(alice) == {row.id}
    assert expense_row(user_id=alice.id, expense_id=row.id).category == ""
    assert expense_row(user_id=alice.id, expense_id=other.id) == other


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    meals = create(alice)

    for attempt in (
        lambda: type_set(bob, category_id=meals.id),
        lambda: services.category_rename(user_id=bob.id, category_id=meals.id, name="Mine", now=LATER),
        lambda: services.category_delete(user_id=bob.id, category_id=meals.id, now=LATER),
    ):
        with pytest.raises(CategoryNotFound):
            attempt()

    assert category_rows(user_id=alice.id) == [meals]
