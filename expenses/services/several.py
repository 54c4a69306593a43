"""What may be done to several expenses at once: all of it or nothing.

A refusal says which of them it is about. Those that are already as they should be stay untouched, wherever they are.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from accounts.selectors import Account
from expenses.models import Expense, ExpenseTag, Timer
from expenses.selectors import ExpenseNotFound
from expenses.services.clock import clock_take, touch
from expenses.services.storing import checked_open
from expenses.services.tags import MOST_TAGS, TooManyTags, tag_ids, tag_ids_known
from reports.selectors import report_row


class _Filed(NamedTuple):
    id: int
    report_id: int
    status: int


@transaction.atomic
def expenses_move(*, owner: Account, expense_ids: Sequence[int], report_id: int, now: datetime) -> list[int]:
    """File expenses in another report, and return those that were not in it.

    Raises ExpenseNotFound, ReportNotFound, ReportClosed.
    """
    clock_take(user_id=owner.id, now=now)
    checked_open(report_row(user_id=owner.id, report_id=report_id))
    filed = [row for row in _live(owner, expense_ids) if row.report_id != report_id]
    moved = _changing(owner, filed, now)
    Expense.objects.filter(user_id=owner.id, pk__in=moved).update(report_id=report_id)
    return moved


@transaction.atomic
def expenses_delete(*, owner: Account, expense_ids: Sequence[int], now: datetime) -> list[int]:
    """Mark expenses as deleted, and return those that were not: what an undo restores.

    Timers that would have filled them end. Raises ExpenseNotFound, ReportClosed.
    """
    deleted = _set_status(owner, expense_ids, now, Expense.Status.DELETED)
    Timer.objects.filter(user_id=owner.id, expense_id__in=deleted).delete()
    return deleted


@transaction.atomic
def expenses_restore(*, owner: Account, expense_ids: Sequence[int], now: datetime) -> list[int]:
    """Take back the deletion of expenses, and return those that were deleted. Raises ExpenseNotFound, ReportClosed."""
    return _set_status(owner, expense_ids, now, Expense.Status.LIVE)


@transaction.atomic
def expenses_tag(
    *,
    owner: Account,
    expense_ids: Sequence[int],
    now: datetime,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
) -> list[int]:
    """Put tags on expenses and take others off, by their names, and return the expenses that this changed.

    What is to be added is not removed; it comes behind the tags that an expense has. Raises ExpenseNotFound,
    ReportClosed, BadTagName, TooManyTags.
    """
    clock_take(user_id=owner.id, now=now)
    filed = _live(owner, expense_ids)
    added = tag_ids(user_id=owner.id, names=add)
    removed = {*tag_ids_known(user_id=owner.id, names=remove)} - {*added}
    before = _tags_of(owner, filed)
    missing = {expense_id: [tag for tag in added if tag not in tags] for expense_id, tags in before.items()}
    changed = _changing(owner, [row for row in filed if missing[row.id] or before[row.id] & removed], now)
    for expense_id in changed:
        if (count := len(before[expense_id] - removed) + len(missing[expense_id])) > MOST_TAGS:
            raise TooManyTags(count, expense_id)
    ExpenseTag.objects.filter(user_id=owner.id, expense_id__in=changed, tag_id__in=removed).delete()
    ExpenseTag.objects.bulk_create(
        ExpenseTag(user_id=owner.id, expense_id=expense_id, tag_id=tag)
        for expense_id in changed
        for tag in missing[expense_id]
    )
    return changed


def _set_status(owner: Account, expense_ids: Sequence[int], now: datetime, status: Expense.Status) -> list[int]:
    clock_take(user_id=owner.id, now=now)
    changed = _changing(owner, [row for row in _filed(owner, expense_ids) if row.status != status], now)
    Expense.objects.filter(user_id=owner.id, pk__in=changed).update(status=status)
    return changed


def _live(owner: Account, expense_ids: Sequence[int]) -> list[_Filed]:
    """Return expenses that are not deleted, each once. Raises ExpenseNotFound."""
    filed = _filed(owner, expense_ids)
    for row in filed:
        if row.status != Expense.Status.LIVE:
            raise ExpenseNotFound(row.id)
    return filed


def _filed(owner: Account, expense_ids: Sequence[int]) -> list[_Filed]:
    """Return expenses, deleted or not, each once, in the order in which they were named. Raises ExpenseNotFound."""
    meant = Expense.objects.filter(user_id=owner.id, pk__in=expense_ids)
    found = {row[0]: _Filed(*row) for row in meant.values_list("pk", "report_id", "status")}
    for expense_id in expense_ids:
        if expense_id not in found:
            raise ExpenseNotFound(expense_id)
    return [found[expense_id] for expense_id in dict.fromkeys(expense_ids)]


def _changing(owner: Account, filed: Sequence[_Filed], now: datetime) -> list[int]:
    """Return the ids of expenses that are about to change; each gets an instant for it. Raises ReportClosed."""
    firsts: dict[int, int] = {}
    for row in filed:
        firsts.setdefault(row.report_id, row.id)
    for report_id, expense_id in firsts.items():
        checked_open(report_row(user_id=owner.id, report_id=report_id), expense_id=expense_id)
    ids = [row.id for row in filed]
    if ids:
        touch(user_id=owner.id, now=now, where=f"e.id IN ({', '.join(['%s'] * len(ids))})", values=[*ids])
    return ids


def _tags_of(owner: Account, filed: Sequence[_Filed]) -> dict[int, set[int]]:
    tags: dict[int, set[int]] = {row.id: set() for row in filed}
    links = ExpenseTag.objects.filter(user_id=owner.id, expense_id__in=[*tags])
    for expense_id, tag_id in links.values_list("expense_id", "tag_id"):
        tags[expense_id].add(tag_id)
    return tags
