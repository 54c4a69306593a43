"""What may be done to several expenses at once: all of it or nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.selectors import Account
from expenses.models import Expense
from expenses.selectors import ExpenseNotFound
from expenses.services.clock import clock_take, touch
from expenses.services.storing import checked_open
from reports.selectors import report_row


@transaction.atomic
def expenses_move(*, owner: Account, expense_ids: Sequence[int], report_id: int, now: datetime) -> None:
    """File expenses in another report, all or none. Raises ExpenseNotFound, ReportNotFound, ReportClosed."""
    clock_take(user_id=owner.id, now=now)
    checked_open(report_row(user_id=owner.id, report_id=report_id))
    meant = Expense.objects.filter(user_id=owner.id, status=Expense.Status.LIVE, pk__in=expense_ids)
    found = dict(meant.values_list("pk", "report_id"))
    for expense_id in expense_ids:
        if expense_id not in found:
            raise ExpenseNotFound(expense_id)
    for source in set(found.values()) - {report_id}:
        checked_open(report_row(user_id=owner.id, report_id=source))
    moved = [expense_id for expense_id, source in found.items() if source != report_id]
    if moved:
        touch(user_id=owner.id, now=now, where=f"e.id IN ({', '.join(['%s'] * len(moved))})", values=[*moved])
        meant.filter(pk__in=moved).update(report_id=report_id)
