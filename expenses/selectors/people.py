"""How much people keep, for the operator: figures, and nothing of what was spent."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Max, Sum

from expenses.models import Clock, Expense, Receipt


class Kept(NamedTuple):
    """How many expenses and receipts a person has, how many bytes the receipts have, and when any was last changed."""

    expenses: int
    receipts: int
    receipt_bytes: int
    changed: datetime | None


def newest_change() -> datetime | None:
    """Return when any ledger was changed last, or None where there is none."""
    newest: datetime | None = Clock.objects.aggregate(newest=Max("last"))["newest"]
    return newest


def kept_by(*, user_ids: Sequence[int]) -> dict[int, Kept]:
    """Return what each of these people keeps; live expenses are counted, and all receipts."""
    expenses = dict(
        Expense.objects.filter(user_id__in=user_ids, status=Expense.Status.LIVE)
        .values_list("user_id")
        .annotate(count=Count("pk"))
    )
    receipts = {
        user_id: (count, size)
        for user_id, count, size in Receipt.objects.filter(user_id__in=user_ids)
        .values_list("user_id")
        .annotate(count=Count("pk"), total=Sum("size"))
    }
    changed = dict(Clock.objects.filter(user_id__in=user_ids).values_list("user_id", "last"))
    return {
        user_id: Kept(expenses.get(user_id, 0), *receipts.get(user_id, (0, 0)), changed.get(user_id))
        for user_id in user_ids
    }


class Totals(NamedTuple):
    """What all ledgers hold together."""

    expenses: int
    receipts: int
    receipt_bytes: int


class Keeper(NamedTuple):
    user_id: int
    email: str
    receipts: int
    receipt_bytes: int


def totals() -> Totals:
    """Return how many expenses and receipts there are, and how many bytes rows say that the receipts have."""
    receipts = Receipt.objects.aggregate(count=Count("pk"), total=Sum("size"))
    return Totals(Expense.objects.count(), receipts["count"], receipts["total"] or 0)


def largest_keepers(*, most: int) -> list[Keeper]:
    """Return whose receipts have the most bytes, the largest first."""
    rows = (
        Receipt.objects.values_list("user_id", "user__email")
        .annotate(count=Count("pk"), total=Sum("size"))
        .order_by("-total", "user_id")
    )
    return [Keeper(*row) for row in rows[:most]]
