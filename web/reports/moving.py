"""Expenses of a report, filed in another one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts.selectors import Account
from expenses.selectors import ExpenseNotFound
from expenses.services import ReportClosed, expenses_move
from reports.selectors import report_row
from web.ids import ids_in
from web.reports.asking import of_a_report
from web.reports.forms import MoveForm
from web.reports.report import show, targets


@require_POST
@of_a_report
def move(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Move what was ticked, all or none; where that can't be, it is ticked still."""
    report_row(user_id=person.id, report_id=report_id)
    form = MoveForm(request.POST, reports=targets(person, report_id))
    chosen = frozenset(ids_in(request.POST.getlist("expense")))
    refusal = "" if chosen else gettext("Tick what is to be moved.")
    if form.is_valid() and chosen:
        try:
            expenses_move(owner=person, expense_ids=sorted(chosen), report_id=form.target.id, now=timezone.now())
        except (ExpenseNotFound, ReportClosed) as no:
            refusal = str(no)
        else:
            return _moved(request, report_id, len(chosen), form.target.name)
    return show(request, person, report_id, refusal=refusal, move=form, chosen=chosen)


def _moved(request: HttpRequest, report_id: int, count: int, target: str) -> HttpResponse:
    words = ngettext("%(count)d expense is in “%(name)s” now.", "%(count)d expenses are in “%(name)s” now.", count)
    messages.success(request, words % {"count": count, "name": target})
    return redirect("report", report_id)
