"""One expense, changed in place."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import Account
from expenses.dates import BadDate, read_date
from expenses.grammar import GrammarError, NotAnAmount, parse_amount
from expenses.money import AmountTooLarge
from expenses.selectors import ExpenseNotFound, LedgerRow, ledger_row
from expenses.services import (
    BadRate,
    BadTagName,
    BadType,
    ExpenseChanged,
    ExpenseFields,
    NotesTooLong,
    RateMissing,
    ReportClosed,
    TooManyTags,
    expense_update,
)
from reports.selectors import ReportNotFound, ReportRow, report_rows
from web.account import owner
from web.figures import counted
from web.htmx import HtmxRequest
from web.ledger.hints import rate_told
from web.ledger.lines import Line, line_of
from web.ledger.page import TEMPLATE, done
from web.ledger.toast import Toast
from web.refusals import refuse

_TAGS: Final = re.compile(r"\s*(?:,|(?:^|\s)#)\s*")
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
_LABELS: Final = {
    "type": _("Type"),
    "notes": _("Notes"),
    "tags": _("Tags"),
    "report": _("Report"),
    "entered": _("Amount as entered"),
    "amount": _("Amount"),
    "date": _("Date and time"),
}


class Difference(NamedTuple):
    """A field that somebody else, or another tab, changed meanwhile; ``mine`` is what this one wants."""

    label: str
    theirs: str
    mine: str


class ExpenseForm(forms.Form):
    """The cells of a row. Each carries what it held when it was shown, so that only what was typed is changed."""

    type = forms.CharField(label=_LABELS["type"], show_hidden_initial=True)
    notes = forms.CharField(
        label=_LABELS["notes"], required=False, show_hidden_initial=True, widget=forms.Textarea({"rows": 1})
    )
    tags = forms.CharField(label=_LABELS["tags"], required=False, show_hidden_initial=True)
    report = forms.ChoiceField(label=_LABELS["report"], show_hidden_initial=True)
    entered = forms.CharField(label=_LABELS["entered"], show_hidden_initial=True)
    amount = forms.CharField(label=_LABELS["amount"], required=False, show_hidden_initial=True)
    date = forms.CharField(
        label=_LABELS["date"],
        show_hidden_initial=True,
        widget=forms.DateTimeInput({"type": "datetime-local", "step": 1}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None, *, line: Line, owner: Account, reports: Sequence[ReportRow]
    ) -> None:
        super().__init__(
            data, initial=cells_of(line, owner.currency), auto_id=f"id_{line.id}_%s", use_required_attribute=False
        )
        self.owner, self.line = owner, line
        here = [] if any(report.id == line.report_id for report in reports) else [(str(line.report_id), line.report)]
        self.reports = dict([*here, *((str(report.id), report.name) for report in reports)])
        self.fields["report"] = forms.ChoiceField(
            label=_LABELS["report"], choices=list(self.reports.items()), show_hidden_initial=True
        )
        for name in self.fields:
            self.fields[name].widget.attrs |= {"aria-label": self.fields[name].label or "", "autocomplete": "off"}

    @property
    def cells(self) -> list[forms.BoundField]:
        """Return the fields in the order of the row. An amount that is what was entered has one cell, not two."""
        names = ("type", "notes", "tags", "report", "entered", *(("amount",) if self.line.worked else ()), "date")
        return [self[name] for name in names]

    def clean_amount(self) -> Any:
        """Return the amount in the base currency; "" where there is no cell for it."""
        text = self.cleaned_data["amount"]
        if not text:
            return text
        try:
            amount = parse_amount(text, unit="", base_currency=self.owner.currency)
            if amount.unit:
                raise NotAnAmount(text)
        except GrammarError as refusal:
            raise ValidationError(str(refusal)) from None
        return amount.value

    def told(self, name: str, text: str) -> str:
        """Return what a cell holds, in words: a report by its name."""
        return self.reports.get(text, text) if name == "report" else text

    def clean_date(self) -> Any:
        try:
            return read_date(self.cleaned_data["date"])
        except BadDate as refusal:
            raise ValidationError(str(refusal)) from None

    @property
    def said(self) -> ExpenseFields:
        """Return what was typed, and nothing else."""
        changed, cells = self.changed_data, self.cleaned_data
        said = ExpenseFields()
        if "type" in changed:
            said["type"] = cells["type"]
        if "notes" in changed:
            said["notes"] = cells["notes"]
        if "tags" in changed:
            said["tags"] = [name for name in _TAGS.split(cells["tags"]) if name]
        if "report" in changed:
            said["report_id"] = int(cells["report"])
        if "entered" in changed:
            said["entered"] = cells["entered"]
        if "amount" in changed and cells["amount"] != "":
            said["amount"] = cells["amount"]
        if "date" in changed:
            said["date"] = cells["date"]
        return said


def cells_of(line: Line, currency: str) -> dict[str, Any]:
    """Return the texts of a row's cells, as they are edited. ``amount`` is "" where it is what was entered."""
    return {
        "type": line.type,
        "notes": line.notes,
        "tags": " ".join(f"#{tag.name}" for tag in line.tags),
        "report": str(line.report_id),
        "entered": line.entered,
        "amount": counted(line.thousandths, currency).removesuffix(f" {currency}") if line.worked else "",
        "date": line.moment.isoformat(),
        "version": line.version,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def expense(request: HtmxRequest, number: str) -> HttpResponse:
    """Show an expense's cells as fields; change what was typed in them."""
    person = owner(request)
    row = live_row(person, int(number))
    if request.method != "POST":
        return _asked(request, person, row, None)
    form = _form(request.POST, person, row)
    if not form.is_valid():
        return _asked(request, person, row, form)
    return _changed(request, person, row, form)


@require_safe
def line(request: HtmxRequest, number: str) -> HttpResponse:
    """Show a row as it is: what Escape goes back to."""
    person = owner(request)
    shown = line_of(live_row(person, int(number)), person)
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
    seen = {name: form.data.get(form.add_initial_prefix(name), "") for name in _LABELS}
    typed = {name: form.data.get(name, "") for name in form.changed_data if name in _LABELS}
    merged = now | typed | {form.add_initial_prefix(name): now[name] for name in _LABELS}
    again = _form(merged, person, row)
    differences = [
        Difference(str(label), again.told(name, now[name]), again.told(name, typed[name]) if name in typed else "")
        for name, label in _LABELS.items()
        if now[name] != seen[name]
    ]
    return _asked(request, person, row, again, differences)
