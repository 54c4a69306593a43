"""What may be done to several expenses at once: all of it or nothing.

A refusal says which of them it is about. Those that are already as they should be stay untouched, wherever they are.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import BigIntegerField, F, Func, QuerySet

from accounts.fields import microseconds
from accounts.retried import retried
from accounts.selectors import Account
from expenses.models import Expense, ExpenseTag, Tag, Timer
from expenses.selectors import ExpenseNotFound
from expenses.services.clock import clock_take, touch
from expenses.services.storing import checked_open
from expenses.services.tags import MOST_TAGS, TooManyTags, tag_ids, tag_ids_known, tags_replace
from reports.selectors import report_row


class _Filed(NamedTuple):
    id: int
    report_id: int
    status: int
    version: int


class Was(NamedTuple):
    """How an expense was filed and tagged before a change, which made it what it is at ``version``.

    ``tags`` are ids, in order, and None where the change was none of tags.
    """

    id: int
    version: int
    report_id: int
    tags: tuple[int, ...] | None = None


@retried
@transaction.atomic
def expenses_move(*, owner: Account, expense_ids: Sequence[int], report_id: int, now: datetime) -> list[Was]:
    """File expenses in another report, and return how those were filed that were not in it.

    Raises ExpenseNotFound, ReportNotFound, ReportClosed.
    """
    clock_take(user_id=owner.id, now=now)
    checked_open(report_row(user_id=owner.id, report_id=report_id))
    filed = [row for row in _live(owner, expense_ids) if row.report_id != report_id]
    moved = _changing(owner, filed, now)
    _meant(owner, moved).update(report_id=report_id)
    return _were(owner, filed, {})


@retried
@transaction.atomic
def expenses_delete(
    *, owner: Account, expense_ids: Sequence[int], now: datetime, closed: Collection[int] = ()
) -> list[int]:
    """Mark expenses as deleted, and return those that were not: what an undo restores.

    Timers that would have filled them end. ``closed`` are reports that may be. Raises ExpenseNotFound, ReportClosed.
    """
    deleted = _set_status(owner, expense_ids, now, Expense.Status.DELETED, closed)
    Timer.objects.filter(user_id=owner.id, expense_id__in=deleted).delete()
    return deleted


@retried
@transaction.atomic
def expenses_restore(*, owner: Account, expense_ids: Sequence[int], now: datetime) -> list[int]:
    """Take back the deletion of expenses, and return those that were deleted. Raises ExpenseNotFound, ReportClosed."""
    return _set_status(owner, expense_ids, now, Expense.Status.LIVE)


@retried
@transaction.atomic
def expenses_tag(
    *,
    owner: Account,
    expense_ids: Sequence[int],
    now: datetime,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> list[Was]:
    """Put tags on expenses and take others off, by their names, and return how those were tagged that this changed.

    What is to be added is not removed; it comes behind the tags that an expense has. Raises ExpenseNotFound,
    ReportClosed, BadTagName, TooManyTags.
    """
    clock_take(user_id=owner.id, now=now)
    filed = _live(owner, expense_ids)
    added = tag_ids(user_id=owner.id, names=add)
    removed = {*tag_ids_known(user_id=owner.id, names=remove)} - {*added}
    before = _tags_of(owner, filed)
    missing = {expense_id: [tag for tag in added if tag not in tags] for expense_id, tags in before.items()}
    filed = [row for row in filed if missing[row.id] or removed.intersection(before[row.id])]
    changed = _changing(owner, filed, now)
    for expense_id in changed:
        if (count := len({*before[expense_id]} - removed) + len(missing[expense_id])) > MOST_TAGS:
            raise TooManyTags(count, expense_id)
    ExpenseTag.objects.filter(user_id=owner.id, expense_id__in=changed, tag_id__in=removed).delete()
    ExpenseTag.objects.bulk_create(
        ExpenseTag(user_id=owner.id, expense_id=expense_id, tag_id=tag)
        for expense_id in changed
        for tag in missing[expense_id]
    )
    return _were(owner, filed, before)


@retried
@transaction.atomic
def expenses_put_back(*, owner: Account, was: Sequence[Was], now: datetime) -> list[Was]:
    """Undo ``expenses_move`` and ``expenses_tag``, or this itself, by what they returned, and return the same of this.

    An expense that was changed or deleted since stays as it is, and is not among them; a tag that is gone stays away.
    Raises ExpenseNotFound, ReportNotFound, ReportClosed, TooManyTags.
    """
    clock_take(user_id=owner.id, now=now)
    present = {row.id: row for row in _filed(owner, [each.id for each in was])}
    unchanged = {(row.id, row.version) for row in present.values() if row.status == Expense.Status.LIVE}
    meant = {each.id: each for each in was if (each.id, each.version) in unchanged}
    for report_id in {each.report_id for each in meant.values()}:
        checked_open(report_row(user_id=owner.id, report_id=report_id))
    filed = [present[expense_id] for expense_id in meant]
    tagged = [present[each.id] for each in meant.values() if each.tags is not None]
    before = _tags_of(owner, tagged)
    _changing(owner, filed, now)
    for each in meant.values():
        Expense.objects.filter(user_id=owner.id, pk=each.id).update(report_id=each.report_id)
    for row in tagged:
        _tags_put_back(owner, meant[row.id])
    return _were(owner, filed, before)


def _tags_put_back(owner: Account, was: Was) -> None:
    tags = dict.fromkeys(was.tags or ())
    if len(tags) > MOST_TAGS:
        raise TooManyTags(len(tags), was.id)
    there = {*Tag.objects.filter(user_id=owner.id, pk__in=tags).values_list("pk", flat=True)}
    tags_replace(user_id=owner.id, expense_id=was.id, tags=[tag for tag in tags if tag in there])


def _set_status(
    owner: Account, expense_ids: Sequence[int], now: datetime, status: Expense.Status, closed: Collection[int] = ()
) -> list[int]:
    clock_take(user_id=owner.id, now=now)
    changed = _changing(owner, [row for row in _filed(owner, expense_ids) if row.status != status], now, closed)
    _meant(owner, changed).update(status=status)
    return changed


def _live(owner: Account, expense_ids: Sequence[int]) -> list[_Filed]:
    """Return expenses that are not deleted, each once. Raises ExpenseNotFound."""
    filed = _filed(owner, expense_ids)
    for row in filed:
        if row.status != Expense.Status.LIVE:
            raise ExpenseNotFound(row.id)
    return filed


def _meant(owner: Account, expense_ids: Sequence[int]) -> QuerySet[Expense]:
    """Return the expenses with these ids that are the owner's.

    SQLite would walk all that he has for three of them; the plus takes his indexes away.
    """
    his = Func(F("user_id"), template="+%(expressions)s", output_field=BigIntegerField())
    return Expense.objects.alias(his=his).filter(his=owner.id, pk__in=expense_ids)


def _filed(owner: Account, expense_ids: Sequence[int]) -> list[_Filed]:
    """Return expenses, deleted or not, each once, in the order in which they were named. Raises ExpenseNotFound."""
    rows = _meant(owner, expense_ids).values_list("pk", "report_id", "status", "modified")
    found = {row[0]: _Filed(row[0], row[1], row[2], microseconds(row[3])) for row in rows}
    for expense_id in expense_ids:
        if expense_id not in found:
            raise ExpenseNotFound(expense_id)
    return [found[expense_id] for expense_id in dict.fromkeys(expense_ids)]


def _changing(owner: Account, filed: Sequence[_Filed], now: datetime, closed: Collection[int] = ()) -> list[int]:
    """Return the ids of expenses that are about to change; each gets an instant for it. Raises ReportClosed."""
    firsts: dict[int, int] = {}
    for row in filed:
        if row.report_id not in closed:
            firsts.setdefault(row.report_id, row.id)
    for report_id, expense_id in firsts.items():
        checked_open(report_row(user_id=owner.id, report_id=report_id), expense_id=expense_id)
    ids = [row.id for row in filed]
    if ids:
        touch(user_id=owner.id, now=now, where=f"e.id IN ({', '.join(['%s'] * len(ids))})", values=[*ids])
    return ids


def _tags_of(owner: Account, filed: Sequence[_Filed]) -> dict[int, list[int]]:
    tags: dict[int, list[int]] = {row.id: [] for row in filed}
    links = ExpenseTag.objects.filter(user_id=owner.id, expense_id__in=[*tags]).order_by("id")
    for expense_id, tag_id in links.values_list("expense_id", "tag_id"):
        tags[expense_id].append(tag_id)
    return tags


def _were(owner: Account, filed: Sequence[_Filed], tags: Mapping[int, Sequence[int]]) -> list[Was]:
    """Return what is to be known of expenses to undo their change, once they are changed."""
    versions = {row.id: row.version for row in _filed(owner, [row.id for row in filed])}
    return [
        Was(row.id, versions[row.id], row.report_id, tuple(tags[row.id]) if row.id in tags else None) for row in filed
    ]
