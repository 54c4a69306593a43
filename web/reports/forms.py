"""What a person fills in about reports. What may be said is for the services to judge."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.selectors import ReportRow

_DELETE: Final = "delete"


class MoveForm(forms.Form):
    """Where expenses are to go: one of ``reports``."""

    def __init__(self, *arguments: Any, reports: Sequence[ReportRow], **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        self._reports = {str(report.id): report for report in reports}
        names = [(number, report.name) for number, report in self._reports.items()]
        self.fields["to"] = forms.ChoiceField(label=_("Move to"), choices=names)

    @property
    def target(self) -> ReportRow:
        return self._reports[self.cleaned_data["to"]]


class DeleteForm(MoveForm):
    """Where the expenses of a report go that is deleted. ``expenses`` is "" for one that has none."""

    expenses = forms.ChoiceField(
        label=_("What is in it"),
        choices=[("", _("Move to another report")), (_DELETE, _("Delete it too; the trash keeps it"))],
        widget=forms.RadioSelect,
        required=False,
    )

    @property
    def with_expenses(self) -> bool:
        return bool(self.cleaned_data["expenses"] == _DELETE)
