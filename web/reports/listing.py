"""All reports of a person, by state, and a new one."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.selectors import Account
from expenses.selectors import FiledReport, filed_reports
from expenses.services import report_create
from reports.services import BadReportName, ReportNameTaken
from web.account import owner
from web.forms import NameForm
from web.reports.words import STATES
from web.telling import told


class Group(NamedTuple):
    """The reports in one state, the default one first, then the newest, and what is filed in all of them."""

    state: Promise
    reports: Sequence[FiledReport]
    expenses: int
    amount: int


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """Show a person's reports, or make one; one of that name that is open is as good as made."""
    person = owner(request)
    if request.method != "POST":
        return _shown(request, person, NameForm())
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            made = report_create(user_id=person.id, name=form.cleaned_data["name"], now=timezone.now())
        except (BadReportName, ReportNameTaken) as refusal:
            form.add_error("name", told(refusal))
        else:
            messages.success(request, gettext("“%(name)s” is open.") % {"name": made.name})
            return redirect("report", made.id)
    return _shown(request, person, form)


def _shown(request: HttpRequest, person: Account, form: NameForm) -> HttpResponse:
    groups = list(_groups(filed_reports(user_id=person.id)))
    return render(request, "reports/list.html", {"groups": groups, "form": form, "currency": person.currency})


def _groups(found: Sequence[FiledReport]) -> Iterator[Group]:
    newest = sorted(found, key=lambda report: (report.is_default, report.id), reverse=True)
    for status, state in STATES.items():
        inside = [report for report in newest if report.status == status]
        if inside:
            expenses, amount = sum(report.expenses for report in inside), sum(report.amount for report in inside)
            yield Group(state, inside, expenses, amount)
