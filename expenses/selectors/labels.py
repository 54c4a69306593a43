"""What expenses are sorted by: tags, and the accounting categories of their types."""

from typing import NamedTuple

from expenses.exports.row import TagRow
from expenses.models import Category, Tag


class TagNotFound(Exception):
    """The person has no such tag. The message may be shown."""

    def __init__(self, tag_id: int) -> None:
        super().__init__(f"tag {tag_id}: no tag of yours has this id")


class CategoryNotFound(Exception):
    """The person has no such category."""


def tag_rows(*, user_id: int) -> list[TagRow]:
    """Return a person's tags, oldest first."""
    return [TagRow(*row) for row in Tag.objects.filter(user_id=user_id).order_by("id").values_list("id", "name")]


def tag_row(*, user_id: int, tag_id: int) -> TagRow:
    """Return one tag. Raises TagNotFound, also where it is somebody else's."""
    row = Tag.objects.filter(user_id=user_id, pk=tag_id).values_list("id", "name").first()
    if row is None:
        raise TagNotFound(tag_id)
    return TagRow(*row)


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
