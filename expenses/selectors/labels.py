"""What expenses are sorted by: tags, and the accounting categories of their types."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from accounts.sentences import sentence
from expenses.exports.row import TagRow
from expenses.models import Category, Tag
from expenses.selectors.rates import RATE_PLACES

_TAG_USES = """
SELECT t.id, t.name, count(e.id) FROM expenses_tag t
LEFT JOIN expenses_expensetag l ON l.tag_id = t.id
LEFT JOIN expenses_expense e ON e.id = l.expense_id AND e.status = 1
WHERE t.user_id = %s GROUP BY t.id, t.name, t.name_key ORDER BY t.name_key
"""
_TYPES = """
SELECT k.id, k.name, k.category_id, COALESCE(c.name, ''), k.unit, k.rate, COALESCE(e.uses, 0)
FROM expenses_expensetype k
LEFT JOIN expenses_category c ON c.id = k.category_id
LEFT JOIN (
    SELECT type_key, count(*) AS uses FROM expenses_expense WHERE user_id = %s AND status = 1 GROUP BY type_key
) e ON e.type_key = k.name_key
WHERE k.user_id = %s
"""


class TagNotFound(Exception):
    """The person has no such tag. The message may be shown."""

    def __init__(self, tag_id: int) -> None:
        super().__init__(sentence("tag %(tag_id)s: no tag of yours has this id", tag_id=tag_id))


class CategoryNotFound(Exception):
    """The person has no such category."""


class TypeNotFound(Exception):
    """The person has no such type."""


def tag_rows(*, user_id: int) -> list[TagRow]:
    """Return a person's tags, oldest first."""
    return [TagRow(*row) for row in Tag.objects.filter(user_id=user_id).order_by("id").values_list("id", "name")]


def tag_row(*, user_id: int, tag_id: int) -> TagRow:
    """Return one tag. Raises TagNotFound, also where it is somebody else's."""
    row = Tag.objects.filter(user_id=user_id, pk=tag_id).values_list("id", "name").first()
    if row is None:
        raise TagNotFound(tag_id)
    return TagRow(*row)


class TagUse(NamedTuple):
    """A tag, and how many expenses have it; deleted ones don't count."""

    id: int
    name: str
    uses: int


def tag_uses(*, user_id: int) -> list[TagUse]:
    """Return a person's tags by name, each with how often it is used."""
    with connection.cursor() as cursor:
        cursor.execute(_TAG_USES, [user_id])
        return [TagUse(*row) for row in cursor.fetchall()]


class CategoryRow(NamedTuple):
    id: int
    name: str


def category_rows(*, user_id: int) -> list[CategoryRow]:
    """Return a person's accounting categories, oldest first."""
    categories = Category.objects.filter(user_id=user_id).order_by("id")
    return [CategoryRow(*row) for row in categories.values_list("id", "name")]


def category_row(*, user_id: int, category_id: int) -> CategoryRow:
    """Return one category. Raises CategoryNotFound, also where it is somebody else's."""
    row = Category.objects.filter(user_id=user_id, pk=category_id).values_list("id", "name").first()
    if row is None:
        raise CategoryNotFound
    return CategoryRow(*row)


class TypeRow(NamedTuple):
    """What is known of a type. ``unit`` is "" for money; ``rate`` is None where the type has none of its own.

    ``uses`` is how many expenses are of it; deleted ones don't count.
    """

    id: int
    name: str
    category_id: int | None
    category: str
    unit: str
    rate: Decimal | None
    uses: int


def type_rows(*, user_id: int) -> list[TypeRow]:
    """Return the types that a person's ledger knows, by name."""
    return _type_rows("ORDER BY k.name_key", [user_id, user_id])


def type_row(*, user_id: int, type_id: int) -> TypeRow:
    """Return one type. Raises TypeNotFound, also where it is somebody else's."""
    for row in _type_rows("AND k.id = %s", [user_id, user_id, type_id]):
        return row
    raise TypeNotFound


def _type_rows(rest: str, values: list[int]) -> list[TypeRow]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_TYPES} {rest}", values)
        return [_type_row(row) for row in cursor.fetchall()]


def _type_row(row: tuple[Any, ...]) -> TypeRow:
    rate = None if row[5] is None else Decimal(row[5]).scaleb(-RATE_PLACES)
    return TypeRow._make((*row[:5], rate, row[6]))
