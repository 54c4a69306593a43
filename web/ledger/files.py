"""What a person looks for in the ledger, as a file."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from expenses.exports.formats import FILES
from expenses.selectors import ledger_matching
from reports.selectors import report_rows
from web.account import owner
from web.exporting import exported
from web.ledger.page import filter_form


@require_safe
def export(request: HttpRequest, output: str) -> HttpResponseBase:
    """Hand out all that the list of the same address shows, on all of its pages."""
    person = owner(request)
    form = filter_form(person, request.GET, now=timezone.now(), reports=report_rows(user_id=person.id))
    rows = ledger_matching(user_id=person.id, matching=form.matching(deleted=False), unread=FILES[output].unread)
    return exported(person, rows, name=gettext("Expenses"), output=output)
