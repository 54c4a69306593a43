"""What may be done to the types that a ledger knows, and to accounting categories."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from accounts.names import name_fits, name_key
from accounts.retried import retried
from accounts.sentences import sentence
from expenses import grammar
from expenses.models import Category, Expense, ExpenseType
from expenses.money import as_typed
from expenses.selectors import CategoryNotFound, CategoryRow, TypeRow, category_row, type_row
from expenses.services.clock import clock_take, touch
from expenses.services.pricing import BadRate, checked_rate
from expenses.services.storing import BadType, checked_type

NAME_LENGTH = 200
UNIT_LENGTH = 20


class TypeNameTaken(BadType):
    """Another type of the person has this name. The message may be shown."""

    def __init__(self, name: str) -> None:
        ValueError.__init__(self, sentence("type %(name)s: another type of yours has this name", name=repr(name[:40])))


class BadCategoryName(ValueError):
    """The name can't be a category's. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "category %(name)s: 1 to %(most)s characters on one line are wanted",
                name=repr(name[:40]),
                most=NAME_LENGTH,
            )
        )


class CategoryNameTaken(BadCategoryName):
    """Another category of the person has this name. The message may be shown."""

    def __init__(self, name: str) -> None:
        ValueError.__init__(
            self, sentence("category %(name)s: another category of yours has this name", name=repr(name[:40]))
        )


class BadUnit(ValueError):
    """The text can't be a unit. The message may be shown."""

    def __init__(self, unit: str) -> None:
        super().__init__(
            sentence(
                "unit %(unit)s: at most %(most)s characters on one line, like page, are wanted",
                unit=repr(unit[:40]),
                most=UNIT_LENGTH,
            )
        )


class RateWithoutUnit(BadRate):
    """A rate is for a unit, and the type is plain money. The message may be shown."""

    def __init__(self, rate: Decimal) -> None:
        ValueError.__init__(self, sentence("rate %(rate)s: a unit, like page, is wanted with it", rate=f"{rate:.12g}"))


@retried
@transaction.atomic
def type_set(
    *,
    user_id: int,
    name: str,
    now: datetime,
    category_id: int | None = None,
    unit: str = "",
    rate: Decimal | None = None,
) -> None:
    """Say what a type is: its accounting category, its unit, and what one unit is worth ("min": an hour).

    Expenses of the type show the category from now on; units and rates are for those to come. Minutes, distances and
    currencies are meant in any case of letters. Raises BadType, BadUnit, BadRate, CategoryNotFound.
    """
    name, unit = checked_type(name), _checked_unit(unit)
    if rate is not None and not unit and name_key(name) not in grammar.BUILT_IN:
        raise RateWithoutUnit(rate)
    clock_take(user_id=user_id, now=now)
    if category_id is not None:
        category_row(user_id=user_id, category_id=category_id)
    before = ExpenseType.objects.filter(user_id=user_id, name_key=name_key(name)).first()
    if (before.category_id if before else None) != category_id:
        typed = "e.user_id = %s AND e.type_key = %s"
        touch(user_id=user_id, now=now, where=typed, values=[user_id, name_key(name)])
    ExpenseType.objects.update_or_create(
        user_id=user_id,
        name_key=name_key(name),
        defaults={
            "name": name,
            "category_id": category_id,
            "unit": unit,
            "rate": None if rate is None else checked_rate(rate),
        },
    )


@retried
@transaction.atomic
def type_rename(*, user_id: int, type_id: int, name: str, now: datetime) -> TypeRow:
    """Give a type another name; all of its expenses have it from now on, however they spelled it before.

    Raises TypeNotFound, BadType, TypeNameTaken, BadRate where the unit of its rate was that of its old name.
    """
    name = checked_type(name)
    clock_take(user_id=user_id, now=now)
    before = type_row(user_id=user_id, type_id=type_id)
    if ExpenseType.objects.filter(user_id=user_id, name_key=name_key(name)).exclude(pk=type_id).exists():
        raise TypeNameTaken(name)
    if before.rate is not None and not before.unit and name_key(name) != name_key(before.name):
        raise RateWithoutUnit(Decimal(as_typed(before.rate)))
    _retype(user_id, before.name, name, now)
    ExpenseType.objects.filter(user_id=user_id, pk=type_id).update(name=name, name_key=name_key(name))
    return type_row(user_id=user_id, type_id=type_id)


@retried
@transaction.atomic
def type_merge(*, user_id: int, type_id: int, into: int, now: datetime) -> TypeRow:
    """Make all expenses of one type such of another, and forget the one; amounts stay. Raises TypeNotFound."""
    clock_take(user_id=user_id, now=now)
    kept = type_row(user_id=user_id, type_id=into)
    gone = type_row(user_id=user_id, type_id=type_id)
    if type_id != into:
        _retype(user_id, gone.name, kept.name, now)
        ExpenseType.objects.filter(user_id=user_id, pk=type_id).delete()
    return type_row(user_id=user_id, type_id=into)


def _retype(user_id: int, before: str, after: str, now: datetime) -> None:
    key = name_key(before)
    typed = "e.user_id = %s AND e.type_key = %s AND e.type <> %s"
    touch(user_id=user_id, now=now, where=typed, values=[user_id, key, after])
    retyped = Expense.objects.filter(user_id=user_id, type_key=key).exclude(type=after)
    retyped.update(type=after, type_key=name_key(after))


@retried
@transaction.atomic
def category_create(*, user_id: int, name: str, now: datetime) -> CategoryRow:
    """Return the person's category of this name, made if there is none. Raises BadCategoryName."""
    name = _checked_name(name)
    clock_take(user_id=user_id, now=now)
    category, _ = Category.objects.get_or_create(user_id=user_id, name_key=name_key(name), defaults={"name": name})
    return CategoryRow(category.pk, category.name)


@retried
@transaction.atomic
def category_rename(*, user_id: int, category_id: int, name: str, now: datetime) -> CategoryRow:
    """Give a category another name; exports of its expenses change with it.

    Raises CategoryNotFound, BadCategoryName, CategoryNameTaken.
    """
    name = _checked_name(name)
    clock_take(user_id=user_id, now=now)
    before = category_row(user_id=user_id, category_id=category_id)
    if Category.objects.filter(user_id=user_id, name_key=name_key(name)).exclude(pk=category_id).exists():
        raise CategoryNameTaken(name)
    if name != before.name:
        _touch_categorised(user_id, category_id, now)
        Category.objects.filter(user_id=user_id, pk=category_id).update(name=name, name_key=name_key(name))
    return CategoryRow(category_id, name)


@retried
@transaction.atomic
def category_delete(*, user_id: int, category_id: int, now: datetime) -> None:
    """Take a category off its types, and delete it. Raises CategoryNotFound."""
    clock_take(user_id=user_id, now=now)
    _touch_categorised(user_id, category_id, now)
    ExpenseType.objects.filter(user_id=user_id, category_id=category_id).update(category=None)
    if not Category.objects.filter(user_id=user_id, pk=category_id).delete()[0]:
        raise CategoryNotFound


def _touch_categorised(user_id: int, category_id: int, now: datetime) -> None:
    types = "SELECT k.name_key FROM expenses_expensetype k WHERE k.user_id = %s AND k.category_id = %s"
    typed = f"e.user_id = %s AND e.type_key IN ({types})"
    touch(user_id=user_id, now=now, where=typed, values=[user_id, user_id, category_id])


def _checked_unit(unit: str) -> str:
    unit = unit.strip()
    if unit and not name_fits(unit, most=UNIT_LENGTH):
        raise BadUnit(unit)
    if unit.lower() in {"min", *grammar.DISTANCES}:
        return unit.lower()
    return grammar.code_of(unit) or unit


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name_fits(name, most=NAME_LENGTH):
        raise BadCategoryName(name)
    return name
