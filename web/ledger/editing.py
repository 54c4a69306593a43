"""One expense, changed in place."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import Account
from expenses.grammar import GrammarError
from expenses.money import AmountTooLarge
from expenses.selectors import ExpenseNotFound, LedgerRow, ledger_row
from expenses.services import (
    BadRate,
    BadTagName,
    BadType,
    ExpenseChanged,
    NotesTooLong,
    RateMissing,
    ReportClosed,
    TooManyTags,
    expense_update,
)
from reports.selectors import ReportNotFound, report_rows
from web.account import owner
from web.htmx import HtmxRequest
from web.ledger.forms import LABELS, ExpenseForm, cells_of
from web.ledger.hints import rate_told
from web.ledger.lines import line_of
from web.ledger.page import TEMPLATE, done
from web.ledger.toast import Toast
from web.refusals import refuse

# Which cell a refusal is about.
_CELLS: Final[Mapping[type[Exception], str]] = {
    AmountTooLarge: "entered",
    BadRate: "entered",
    BadTagName: "tags",
    BadType: "type",
    GrammarError: "entered",
    NotesTooLong: "notes",
    RateMissing: "entered",
    ReportClosed: "report",
    ReportNotFound: "report",
    TooManyTags: "tags",
}


class Difference(NamedTuple):
    """A field that somebody else, or another tab, changed meanwhile; ``mine`` is what this one wants."""

    label: str
    theirs: str
    mine: str


@require_http_methods(["GET", "HEAD", "POST"])
def expense(request: HtmxRequest, number: int) -> HttpResponse:
    """Show an expense's cells as fields; change what was typed in them."""
    person = owner(request)
    row = live_row(person, number)
    if request.method != "POST":
        return _asked(request, person, row, None)
    form = _form(request.POST, person, row)
    if not form.is_valid():
        return _asked(request, person, row, form)
    return _changed(request, person, row, form)


@require_safe
def line(request: HtmxRequest, number: int) -> HttpResponse:
    """Show a row as it is: what Escape goes back to."""
    person = owner(request)
    shown = line_of(live_row(person, number), person)
    return render(request, f"{TEMPLATE}#line", {"line": shown, "person": person})


def live_row(person: Account, expense_id: int) -> LedgerRow:
    """Return an expense of the person's that is not deleted. Raises Http404."""
    try:
        row = ledger_row(user_id=person.id, expense_id=expense_id)
    except ExpenseNotFound:
        raise Http404 from None
    if row.expense.status < 0:
        raise Http404
    return row


def _form(data: Mapping[str, Any] | None, person: Account, row: LedgerRow) -> ExpenseForm:
    open_reports = [report for report in report_rows(user_id=person.id) if not report.is_closed]
    return ExpenseForm(data, line=line_of(row, person), owner=person, reports=open_reports)


def _asked(
    request: HtmxRequest,
    person: Account,
    row: LedgerRow,
    form: ExpenseForm | None,
    differences: Sequence[Difference] = (),
) -> HttpResponse:
    context = {
        "form": form or _form(None, person, row),
        "line": line_of(row, person),
        "rate_told": rate_told(person, row.expense),
        "person": person,
        "differences": differences,
        "cell": request.GET.get("cell", ""),
        "back": reverse("ledger"),
    }
    response = render(request, "ledger/expense.html#row" if request.htmx else "ledger/expense.html", context)
    if request.htmx and request.method == "POST":
        response.headers["HX-Retarget"] = f"#e{row.expense.id}"
    return response


def _changed(request: HtmxRequest, person: Account, row: LedgerRow, form: ExpenseForm) -> HttpResponse:
    try:
        expense_update(
            owner=person, expense_id=row.expense.id, fields=form.said, now=timezone.now(),
            if_modified=form.cleaned_data["version"],
        )  # fmt: skip
    except ExpenseChanged:
        return _again(request, person, form)
    except tuple(_CELLS) as refusal:
        refuse(form, refusal, _CELLS)
        return _asked(request, person, row, form)
    return done(request, Toast(gettext("Saved")), fresh=[row.expense.id])


def _again(request: HtmxRequest, person: Account, form: ExpenseForm) -> HttpResponse:
    """Show what was changed meanwhile, and what was typed here in its place: whoever saves again has seen it."""
    row = live_row(person, form.line.id)
    now = {name: str(text) for name, text in cells_of(line_of(row, person), person.currency).items()}
    seen = {name: form.data.get(form.add_initial_prefix(name), "") for name in LABELS}
    typed = {name: form.data.get(name, "") for name in form.changed_data if name in LABELS}
    merged = now | typed | {form.add_initial_prefix(name): now[name] for name in LABELS}
    again = _form(merged, person, row)
    differences = [
        Difference(str(label), again.told(name, now[name]), again.told(name, typed[name]) if name in typed else "")
        for name, label in LABELS.items()
        if now[name] != seen[name]
    ]
    return _asked(request, person, row, again, differences)
