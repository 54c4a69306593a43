"""One report: what is in it, and what may be done with it."""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors import Account
from expenses.exports.row import ExpenseRow
from expenses.selectors import (
    LedgerFilter,
    LedgerRow,
    Position,
    filed_report,
    filed_types,
)
from expenses.services import NoSuchStep, ReportClosed, report_delete, report_step, report_update
from reports.selectors import ReportRow, report_default, report_rows
from reports.services import BadReportName, DefaultReportNeeded, ReportNameTaken, ReportNotOpen
from reports.status import ROUTED, Status, UnknownStatus, read_status
from web.exporting import USES
from web.forms import NameForm
from web.paging import page_at
from web.reports.asking import of_a_report
from web.reports.forms import DeleteForm, MoveForm
from web.reports.words import STATES, stages, steps
from web.telling import told

ROWS: Final = 50
_START: Final = Position(datetime.fromisoformat("0001-01-01"), 0)
"""The place in the ledger before every expense: unlike the ledger, a report is read from its first day on."""


class Line(NamedTuple):
    """An expense of a report; ``ledger`` is where the ledger shows it, to be corrected."""

    expense: ExpenseRow
    moment: datetime
    receipts: int
    ledger: str


@require_safe
@of_a_report
def report(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Show a report, a page of its expenses at a time."""
    return show(request, person, report_id)


@require_POST
@of_a_report
def state(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Take a report to its next state."""
    try:
        status = read_status(request.POST.get("status", ""))
        changed = report_step(user_id=person.id, report_id=report_id, status=status, now=timezone.now())
    except (UnknownStatus, NoSuchStep, DefaultReportNeeded) as refusal:
        return show(request, person, report_id, refusal=told(refusal))
    words = {"name": changed.name, "state": STATES[status]}
    messages.success(request, gettext("“%(name)s”: %(state)s.") % words)
    return redirect("report", report_id)


@require_POST
@of_a_report
def default(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Make a report the one that takes what names no other."""
    try:
        changed = report_update(user_id=person.id, report_id=report_id, make_default=True, now=timezone.now())
    except ReportNotOpen as refusal:
        return show(request, person, report_id, refusal=told(refusal))
    messages.success(request, gettext("“%(name)s” takes what names no other report.") % {"name": changed.name})
    return redirect("report", report_id)


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_report
def rename(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Ask for another name, or give it."""
    named = filed_report(user_id=person.id, report_id=report_id)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": named.name})
    if form.is_valid():
        try:
            report_update(user_id=person.id, report_id=report_id, name=form.cleaned_data["name"], now=timezone.now())
        except (BadReportName, ReportNameTaken) as refusal:
            form.add_error("name", told(refusal))
        else:
            return redirect("report", report_id)
    return render(request, "reports/rename.html", {"report": named, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@of_a_report
def delete(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Ask where the expenses of a report go, or delete it."""
    doomed = filed_report(user_id=person.id, report_id=report_id)
    form = DeleteForm(
        request.POST if request.method == "POST" else None,
        reports=targets(person, report_id), initial={"to": report_default(user_id=person.id).id},
    )  # fmt: skip
    refusal = ""
    if form.is_valid():
        try:
            report_delete(
                user_id=person.id, report_id=report_id, now=timezone.now(),
                to_report_id=form.target.id, with_expenses=form.with_expenses,
            )  # fmt: skip
        except (DefaultReportNeeded, ReportClosed) as no:
            refusal = str(no)
        else:
            messages.success(request, gettext("“%(name)s” is deleted.") % {"name": doomed.name})
            return redirect("reports")
    context = {"report": doomed, "form": form, "refusal": refusal, "currency": person.currency}
    return render(request, "reports/delete.html", context)


def show(
    request: HttpRequest,
    person: Account,
    report_id: int,
    *,
    refusal: str = "",
    move: MoveForm | None = None,
    chosen: Collection[int] = (),
) -> HttpResponse:
    """Answer with the page of a report. ``chosen``: the expenses that were to be moved, which ``refusal`` is about."""
    shown = filed_report(user_id=person.id, report_id=report_id)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    matching = LedgerFilter(report_ids=(report_id,))
    page = page_at(person, matching, after=after, before=before, limit=ROWS, start=_START)
    others = targets(person, report_id)
    status = Status(shown.status)
    context = {
        "report": shown,
        "state": STATES[status],
        "stages": stages(status),
        "steps": steps(status),
        "lines": [_line(row) for row in reversed(page.rows)],
        "may_move": bool(page.rows and others and not shown.is_closed),
        "may_default": status is Status.ACTIVE and not shown.is_default,
        "may_delete": not (shown.is_closed or shown.is_default),
        "page": page,
        "outputs": USES,
        "types": filed_types(user_id=person.id, report_id=report_id),
        "others": others,
        "move": move or MoveForm(reports=others),
        "chosen": chosen,
        "refusal": refusal,
        "currency": person.currency,
        "zone": person.zone,
    }
    return render(request, "reports/report.html", context)


def _line(row: LedgerRow) -> Line:
    # The ledger pages by what stands before: with this place its page begins with the expense, however many there are.
    before = Position(row.position.date, row.expense.id + 1)
    query = urlencode({"report": row.expense.report_id, "after": before.token})
    return Line(row.expense, row.position.date, row.receipts, f"{reverse('ledger')}?{query}#e{row.expense.id}")


def targets(person: Account, report_id: int) -> list[ReportRow]:
    """Return the reports that may take what is in this one."""
    return [row for row in report_rows(user_id=person.id, statuses=ROUTED) if row.id != report_id]
