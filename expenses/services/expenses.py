"""What may be done to an expense: create, change, delete, restore.

Every change takes the owner's clock first, which orders it, and is one transaction: the expense, its tags, its
receipt and the clock, or nothing.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.fields import microseconds
from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses.exports.row import ExpenseRow
from expenses.images import Picture
from expenses.models import Expense, Timer
from expenses.receipts import receipt_attach, receipt_kept
from expenses.selectors import ExpenseNotFound, LedgerRow, expense_row, ledger_row
from expenses.services.clock import clock_take, instant, ledger_take
from expenses.services.fields import ExpenseFields, columns_after, draft_of
from expenses.services.storing import checked_open, expense_store
from expenses.services.tags import tag_ids, tags_replace
from reports.selectors import report_row


class ExpenseChanged(Exception):
    """The expense was changed or deleted since it was seen. The message may be shown; ``row`` is what it is now."""

    def __init__(self, row: LedgerRow) -> None:
        super().__init__(
            sentence("expense %(id)s: it was changed meanwhile; look at it as it is now", id=row.expense.id)
        )
        self.row = row


@retried
def expense_create(
    *, owner: Account, fields: ExpenseFields, now: datetime, channel: str = "", picture: Picture | None = None
) -> ExpenseRow:
    """Store an expense and return it.

    Raises BadType, AmountMissing, AmountTooLarge, RateMissing, NotesTooLong, BadTagName, TooManyTags,
    ReportNotFound, ReportClosed.
    """
    with receipt_kept(user_id=owner.id, picture=picture) as image, transaction.atomic():
        owner, taken = ledger_take(owner=owner, now=now)
        draft = draft_of(owner, fields, now)
        expense_id = expense_store(owner=owner, draft=draft, taken=taken, channel=channel)
        receipt_attach(user_id=owner.id, expense_id=expense_id, image=image, now=now)
        return expense_row(user_id=owner.id, expense_id=expense_id)


@retried
def expense_update(
    *,
    owner: Account,
    expense_id: int,
    fields: ExpenseFields,
    now: datetime,
    restore: bool = False,
    picture: Picture | None = None,
    if_modified: int | None = None,
) -> ExpenseRow:
    """Change what is given of an expense and return it; where nothing changes, nothing is written.

    ``restore`` takes back the deletion of a deleted one. A timer that ran for it ends where it is no longer counted in
    minutes. ``if_modified`` is the version (of a ``LedgerRow``) that was looked at, where another is not to be changed.
    Raises ExpenseNotFound (also where it was deleted and is not restored), ExpenseChanged and what ``expense_create``
    raises.
    """
    with receipt_kept(user_id=owner.id, picture=picture) as image, transaction.atomic():
        owner, taken = ledger_take(owner=owner, now=now)
        expense = _expense(owner, expense_id, if_modified)
        deleted = expense.status == Expense.Status.DELETED
        if deleted and not restore:
            raise ExpenseNotFound(expense_id)
        changes = columns_after(owner, expense, fields) | {"status": Expense.Status.LIVE}
        changed = {name: value for name, value in changes.items() if getattr(expense, name) != value}
        retagged = "tags" in fields and tags_replace(
            user_id=owner.id, expense_id=expense_id, tags=tag_ids(user_id=owner.id, names=fields["tags"])
        )
        if changed.get("unit", "min") != "min":
            _timer_end(owner, expense_id)
        if changed or retagged or image is not None:
            checked_open(report_row(user_id=owner.id, report_id=expense.report_id))
            _save(expense, taken, changed)
        receipt_attach(user_id=owner.id, expense_id=expense_id, image=image, now=now)
        return expense_row(user_id=owner.id, expense_id=expense_id)


@retried
@transaction.atomic
def expense_delete(*, owner: Account, expense_id: int, now: datetime, if_modified: int | None = None) -> None:
    """Mark an expense as deleted; a second time changes nothing. A timer that would have filled it ends.

    ``if_modified`` is as in ``expense_update``. Raises ExpenseNotFound, ExpenseChanged, ReportClosed.
    """
    taken = clock_take(user_id=owner.id, now=now)
    expense = _expense(owner, expense_id, if_modified)
    if expense.status == Expense.Status.LIVE:
        checked_open(report_row(user_id=owner.id, report_id=expense.report_id))
        _timer_end(owner, expense_id)
        _save(expense, taken, {"status": Expense.Status.DELETED})


def _expense(owner: Account, expense_id: int, if_modified: int | None) -> Expense:
    expense = Expense.objects.filter(user_id=owner.id, pk=expense_id).first()
    if expense is None:
        raise ExpenseNotFound(expense_id)
    if if_modified not in {None, microseconds(expense.modified)}:
        raise ExpenseChanged(ledger_row(user_id=owner.id, expense_id=expense_id))
    return expense


def _timer_end(owner: Account, expense_id: int) -> None:
    """Forget a timer whose expense it can't fill in any more."""
    Timer.objects.filter(user_id=owner.id, expense_id=expense_id).delete()


def _save(expense: Expense, taken: int, changes: dict[str, Any]) -> None:
    changes["modified"] = instant(taken)
    for name, value in changes.items():
        setattr(expense, name, value)
    expense.save(update_fields=list(changes))
