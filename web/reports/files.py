"""A report as a file, in each format that expenses leave the ledger in."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses.exports.formats import FILES
from expenses.selectors import ExpenseFilter, expense_rows
from reports.selectors import report_row
from web.exporting import exported
from web.reports.asking import of_a_report


@require_safe
@of_a_report
def export(request: HttpRequest, person: Account, report_id: int, output: str) -> HttpResponseBase:
    """Hand a report out whole, as a file that bears its name."""
    name = report_row(user_id=person.id, report_id=report_id).name
    rows = expense_rows(user_id=person.id, matching=ExpenseFilter(report_id=report_id), unread=FILES[output].unread)
    return exported(person, rows, name=name, output=output)
