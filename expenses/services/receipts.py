"""What may be done to the receipts of an expense: add, remove, put first, turn. Each is a change of the expense."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime

from django.db import transaction

from accounts.buffers import taken as taken_from
from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses.images import Picture, turned
from expenses.models import Expense, Receipt
from expenses.receipts import (
    receipt_append,
    receipt_open,
    receipt_replace,
    receipt_written,
    receipts_order,
    receipts_told,
)
from expenses.selectors import ExpenseNotFound, ReceiptNotFound, ReceiptRow, expense_receipts, receipt_row
from expenses.services.clock import clock_take, instant
from expenses.services.storing import checked_open
from reports.selectors import report_row

MOST_RECEIPTS = 50


class TooManyReceipts(ValueError):
    """The expense would have more receipts than it can have. The message may be shown."""

    def __init__(self, has: int, more: int) -> None:
        super().__init__(
            sentence(
                "receipt: an expense can have %(most)s; this one has %(has)s, and %(more)s more came",
                most=MOST_RECEIPTS,
                has=has,
                more=more,
            )
        )


@retried
def receipts_add(*, owner: Account, expense_id: int, pictures: Sequence[Picture], now: datetime) -> list[ReceiptRow]:
    """Put receipts behind those that an expense has, all of them or none, and return them.

    ``expense_create`` and ``expense_update`` put theirs first, as old clients expect. Raises ExpenseNotFound,
    ReportClosed, TooManyReceipts.
    """
    with ExitStack() as written:
        images = [written.enter_context(receipt_written(user_id=owner.id, picture=picture)) for picture in pictures]
        with transaction.atomic():
            _change(owner, expense_id, clock_take(user_id=owner.id, now=now))
            has = len(expense_receipts(user_id=owner.id, expense_id=expense_id))
            if has + len(images) > MOST_RECEIPTS:
                raise TooManyReceipts(has, len(images))
            receipts_told([image.name for image in images])
            return [receipt_append(user_id=owner.id, expense_id=expense_id, image=image, now=now) for image in images]


@retried
@transaction.atomic
def receipt_remove(*, owner: Account, receipt_id: int, now: datetime) -> None:
    """Remove a receipt for good, its file too; the next one takes its place. Raises ReceiptNotFound, ReportClosed."""
    taken = clock_take(user_id=owner.id, now=now)
    expense_id, ids = _receipts_beside(owner, receipt_id)
    _change(owner, expense_id, taken)
    receipts_order(user_id=owner.id, expense_id=expense_id, receipt_ids=[kept for kept in ids if kept != receipt_id])


@retried
@transaction.atomic
def receipt_make_first(*, owner: Account, receipt_id: int, now: datetime) -> None:
    """Make a receipt the one that old clients see, before all others. Raises ReceiptNotFound, ReportClosed."""
    taken = clock_take(user_id=owner.id, now=now)
    expense_id, ids = _receipts_beside(owner, receipt_id)
    if ids[0] != receipt_id:
        _change(owner, expense_id, taken)
        ids.remove(receipt_id)
        receipts_order(user_id=owner.id, expense_id=expense_id, receipt_ids=[receipt_id, *ids])


@retried
def receipt_turn(*, owner: Account, receipt_id: int, quarters: int, now: datetime) -> ReceiptRow:
    """Turn a receipt by so many quarters, clockwise, and return it.

    Its file has another name, so that no cache shows the old.

    Raises ReceiptNotFound (also where it is turned or removed at this very moment), NotTurnable, ReportClosed.
    """
    row = receipt_row(user_id=owner.id, receipt_id=receipt_id)
    with receipt_open(image=row.image).file as file:
        picture = turned(taken_from(file), row.extension, quarters=quarters)
    with receipt_written(user_id=owner.id, picture=picture) as image, transaction.atomic():
        taken = clock_take(user_id=owner.id, now=now)
        expense_id, _ = _receipts_beside(owner, receipt_id)
        _change(owner, expense_id, taken)
        if not receipt_replace(receipt_id=receipt_id, before=row.image, image=image):
            raise ReceiptNotFound
        return row._replace(image=image.name)


def _receipts_beside(owner: Account, receipt_id: int) -> tuple[int, list[int]]:
    """Return the expense that a receipt is of, and the ids of all its receipts in order. Raises ReceiptNotFound."""
    meant = Receipt.objects.filter(user_id=owner.id, pk=receipt_id, expense__status=Expense.Status.LIVE)
    expense_id = meant.values_list("expense_id", flat=True).first()
    if expense_id is None:
        raise ReceiptNotFound
    return expense_id, [row.id for row in expense_receipts(user_id=owner.id, expense_id=expense_id)]


def _change(owner: Account, expense_id: int, taken: int) -> None:
    """Give an expense the instant of its change. Raises ExpenseNotFound, ReportClosed."""
    meant = Expense.objects.filter(user_id=owner.id, pk=expense_id, status=Expense.Status.LIVE)
    report_id = meant.values_list("report_id", flat=True).first()
    if report_id is None:
        raise ExpenseNotFound(expense_id)
    checked_open(report_row(user_id=owner.id, report_id=report_id))
    meant.update(modified=instant(taken))
