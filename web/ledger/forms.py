"""The cells of a row of the ledger, as they are filled in."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.selectors import Account
from expenses.dates import BadDate, read_date
from expenses.services import ExpenseFields
from reports.selectors import ReportRow
from web.figures import counted
from web.ledger.amounts import amount_typed
from web.ledger.lines import Line
from web.numbers import as_english
from web.telling import told

_TAGS: Final = re.compile(r"\s*(?:,|(?:^|\s)#)\s*")

LABELS: Final = {
    "type": _("Type"),
    "notes": _("Notes"),
    "tags": _("Tags"),
    "report": _("Report"),
    "entered": _("Amount as entered"),
    "amount": _("Amount"),
    "date": _("Date and time"),
}
"""What each cell holds, in the order in which differences are told."""


class ExpenseForm(forms.Form):
    """The cells of a row. Each carries what it held when it was shown, so that only what was typed is changed."""

    type = forms.CharField(label=LABELS["type"], show_hidden_initial=True)
    notes = forms.CharField(
        label=LABELS["notes"], required=False, show_hidden_initial=True, widget=forms.Textarea({"rows": 1})
    )
    tags = forms.CharField(label=LABELS["tags"], required=False, show_hidden_initial=True)
    report = forms.ChoiceField(label=LABELS["report"], show_hidden_initial=True)
    entered = forms.CharField(label=LABELS["entered"], show_hidden_initial=True)
    amount = forms.CharField(label=LABELS["amount"], required=False, show_hidden_initial=True)
    date = forms.CharField(
        label=LABELS["date"],
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
            label=LABELS["report"], choices=list(self.reports.items()), show_hidden_initial=True
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
        return amount_typed(text, currency=self.owner.currency) if text else text

    def clean_entered(self) -> str:
        return as_english(self.cleaned_data["entered"])

    def told(self, name: str, text: str) -> str:
        """Return what a cell holds, in words: a report by its name."""
        return self.reports.get(text, text) if name == "report" else text

    def clean_date(self) -> Any:
        try:
            return read_date(self.cleaned_data["date"])
        except BadDate as refusal:
            raise ValidationError(told(refusal)) from None

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
