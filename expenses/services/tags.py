"""What may be done to tags, the ledger's and an expense's."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from accounts.names import lookup_key, name_fits, name_key
from accounts.retried import retried
from accounts.sentences import Sentence, sentence
from expenses.exports.row import TagRow
from expenses.models import ExpenseTag, Tag
from expenses.selectors import TagNotFound, tag_row
from expenses.services.clock import clock_take, touch

NAME_LENGTH = 100
MOST_TAGS = 100
_MOST_NAMES = 1000  # names may be given twice, but each is looked at while others wait to write
_AHEAD = re.compile(r"[\s#]*")


def refusal_of(expense_id: int | None, why: Sentence) -> Sentence:
    """Return why something is refused, and of which expense where several are meant."""
    return why if expense_id is None else sentence("expense %(id)s: %(why)s", id=expense_id, why=why)


class BadTagName(ValueError):
    """The name can't be a tag's. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "name %(name)s: 1 to %(most)s characters on one line, like clientx, are wanted",
                name=repr(name[:40]),
                most=NAME_LENGTH,
            )
        )


class TagNameTaken(ValueError):
    """Another tag of the person has this name. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(sentence("name %(name)s: another tag of yours has this name", name=repr(name[:40])))


class TooManyTags(ValueError):
    """An expense was given more tags than it can have. The message may be shown."""

    def __init__(self, count: int, expense_id: int | None = None) -> None:
        why = sentence("tags: %(count)s were given, and an expense can have %(most)s", count=count, most=MOST_TAGS)
        super().__init__(refusal_of(expense_id, why))
        self.expense_id = expense_id


@retried
@transaction.atomic
def tag_create(*, user_id: int, name: str, now: datetime) -> TagRow:
    """Return the person's tag of this name, made if there is none. Raises BadTagName."""
    clock_take(user_id=user_id, now=now)
    (tag_id,) = tag_ids(user_id=user_id, names=[name])
    return tag_row(user_id=user_id, tag_id=tag_id)


@retried
@transaction.atomic
def tag_rename(*, user_id: int, tag_id: int, name: str, now: datetime) -> TagRow:
    """Give a tag another name; its expenses change with it. Raises TagNotFound, BadTagName, TagNameTaken."""
    name = _checked_name(name)
    clock_take(user_id=user_id, now=now)
    before = tag_row(user_id=user_id, tag_id=tag_id)
    if Tag.objects.filter(user_id=user_id, name_key=name_key(name)).exclude(pk=tag_id).exists():
        raise TagNameTaken(name)
    if name != before.name:
        _touch_tagged(user_id, tag_id, now)
        Tag.objects.filter(user_id=user_id, pk=tag_id).update(name=name, name_key=name_key(name))
    return TagRow(tag_id, name)


@retried
@transaction.atomic
def tag_merge(*, user_id: int, tag_id: int, into: int, now: datetime) -> TagRow:
    """Replace one tag by another on every expense, and delete it. Raises TagNotFound."""
    clock_take(user_id=user_id, now=now)
    kept = tag_row(user_id=user_id, tag_id=into)
    tag_row(user_id=user_id, tag_id=tag_id)
    if tag_id != into:
        _touch_tagged(user_id, tag_id, now)
        links = ExpenseTag.objects.filter(user_id=user_id, tag_id=tag_id)
        have = ExpenseTag.objects.filter(user_id=user_id, tag_id=into)
        links.exclude(expense_id__in=have.values("expense_id")).update(tag_id=into)
        Tag.objects.filter(user_id=user_id, pk=tag_id).delete()
    return kept


@retried
@transaction.atomic
def tag_delete(*, user_id: int, tag_id: int, now: datetime) -> None:
    """Take a tag off every expense, and delete it. Raises TagNotFound."""
    clock_take(user_id=user_id, now=now)
    _touch_tagged(user_id, tag_id, now)
    if not Tag.objects.filter(user_id=user_id, pk=tag_id).delete()[0]:
        raise TagNotFound(tag_id)


def tag_ids(*, user_id: int, names: Sequence[str]) -> list[int]:
    """Return the ids of the person's tags of these names, in order and each once; missing tags are made.

    The caller holds the owner's clock. Raises BadTagName, TooManyTags.
    """
    wanted = tags_wanted(names)
    if not wanted:
        return []
    known = _known(user_id, list(wanted))
    missing = [key for key in wanted if key not in known]
    if missing:
        Tag.objects.bulk_create([Tag(user_id=user_id, name=wanted[key], name_key=key) for key in missing])
        known = _known(user_id, list(wanted))
    return [known[key] for key in wanted]


def tags_wanted(names: Sequence[str]) -> dict[str, str]:
    """Return the names of an expense's tags by what they compare by, in order. Raises BadTagName, TooManyTags."""
    if len(names) > _MOST_NAMES:
        raise TooManyTags(len(names))
    wanted: dict[str, str] = {}
    for name in map(_checked_name, names):
        wanted.setdefault(name_key(name), name)
    if len(wanted) > MOST_TAGS:
        raise TooManyTags(len(wanted))
    return wanted


def tag_ids_known(*, user_id: int, names: Sequence[str]) -> list[int]:
    """Return the ids of the person's tags of these names; what names none is passed over. Raises TooManyTags."""
    if len(names) > _MOST_NAMES:
        raise TooManyTags(len(names))
    keys = [key for key in map(lookup_key, map(_bare, names)) if key]
    return [*_known(user_id, keys).values()] if keys else []


def tags_put(*, user_id: int, expense_id: int, tags: Sequence[int]) -> None:
    """Link a new expense with tags, in this order."""
    if tags:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO expenses_expensetag (user_id, expense_id, tag_id) VALUES "
                + ", ".join(["(%s, %s, %s)"] * len(tags)),
                [value for tag_id in tags for value in (user_id, expense_id, tag_id)],
            )


def tags_replace(*, user_id: int, expense_id: int, tags: Sequence[int]) -> bool:
    """Make these the tags of an expense, in this order, and tell whether that changed anything."""
    links = ExpenseTag.objects.filter(user_id=user_id, expense_id=expense_id)
    if list(links.order_by("id").values_list("tag_id", flat=True)) == list(tags):
        return False
    links.delete()
    tags_put(user_id=user_id, expense_id=expense_id, tags=tags)
    return True


def _known(user_id: int, keys: list[str]) -> dict[str, int]:
    marks = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name_key, id FROM expenses_tag WHERE user_id = %s AND name_key IN ({marks})", [user_id, *keys]
        )
        return dict(cursor.fetchall())


def _touch_tagged(user_id: int, tag_id: int, now: datetime) -> None:
    tagged = "e.id IN (SELECT l.expense_id FROM expenses_expensetag l WHERE l.tag_id = %s)"
    touch(user_id=user_id, now=now, where=tagged, values=[tag_id])


def _checked_name(name: str) -> str:
    name = _bare(name)
    if not name_fits(name, most=NAME_LENGTH):
        raise BadTagName(name)
    return name


def _bare(name: str) -> str:
    """Return a name without what stands around it, however often: what is bare stays as it is."""
    return _AHEAD.sub("", name.rstrip(), count=1)
