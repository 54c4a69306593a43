"""What a person looks for in the ledger. It stands in the address, so that it can be kept and sent."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expenses.selectors import LedgerFilter
from reports.selectors import ReportRow
from web.ledger.amounts import amount_typed
from web.periods import BadPeriod, Period, period_read, period_told
from web.telling import told

_MONTHS, _YEARS = 12, 4  # that are offered


class AmountField(forms.CharField):
    """An amount in the base currency, None where none is typed.

    It is read as the ledger reads amounts, so that an address means the same in every language, but for a number with
    one comma and three digits behind it.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, *, currency: str, label: str) -> None:
        super().__init__(label=f"{label} ({currency})", required=False)
        self.currency = currency

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return amount_typed(text, currency=self.currency) if text else None


class SelectionForm(forms.Form):
    """Each field leaves out what does not fit; empty ones leave out nothing."""

    AT_FIRST: ClassVar[Sequence[tuple[str, Promise]]] = [("", _("All time"))]
    """Periods that are offered before the months and years."""

    period = forms.CharField(label=_("Period"), required=False)
    report = forms.ChoiceField(label=_("Report"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        today: date,
        reports: Sequence[ReportRow],
        types: Sequence[str],
        tags: Sequence[str],
    ) -> None:
        super().__init__(data)
        self.today = today
        choices = [*self.AT_FIRST, *_periods(today)]
        asked = data.get("period", "")
        if asked not in dict(choices):
            choices.append((asked, _told(asked)))
        self.fields["period"].widget = forms.Select(choices=choices)
        all_reports, all_types, all_tags = ("", _("All reports")), ("", _("All types")), ("", _("All tags"))
        by_name = {
            "report": [all_reports, *((str(report.id), report.name) for report in reports)],
            "type": [all_types, *((name, name) for name in _with(types, data.get("type", "")))],
            "tag": [all_tags, *((name, f"#{name}") for name in _with(tags, data.get("tag", "")))],
        }
        for name, offered in by_name.items():
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=offered, required=False)

    @property
    def ranges(self) -> list[forms.BoundField]:
        """Return the fields that are asked for less often."""
        return [self[name] for name in ("since", "until")]

    def clean_period(self) -> Period | None:
        """Return the days of the period."""
        text = self.cleaned_data["period"]
        try:
            return period_read(text) if text else None
        except BadPeriod as refusal:
            raise ValidationError(told(refusal)) from refusal

    def matching(self) -> LedgerFilter:
        """Return what was asked for, without the fields that can't be read."""
        self.full_clean()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        first, last = said.get("period", (None, None))
        return LedgerFilter(
            first_day=said.get("since", first),
            last_day=said.get("until", last),
            types=(said["type"],) if "type" in said else (),
            tags=(said["tag"],) if "tag" in said else (),
            report_ids=(int(said["report"]),) if "report" in said else (),
        )


class FilterForm(SelectionForm):
    """All that the list of expenses can be asked for."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    receipt = forms.ChoiceField(
        label=_("Receipt"),
        choices=[("", _("Any receipt")), ("yes", _("With receipt")), ("no", _("Without receipt"))],
        required=False,
    )

    def __init__(self, data: Mapping[str, Any], *, currency: str, **offered: Any) -> None:
        super().__init__(data, **offered)
        self.fields["least"] = AmountField(label=gettext("At least"), currency=currency)
        self.fields["most"] = AmountField(label=gettext("At most"), currency=currency)

    @property
    def ranges(self) -> list[forms.BoundField]:
        """Return the fields that are asked for less often."""
        return [*super().ranges, self["least"], self["most"]]

    def matching(self, *, deleted: bool = False) -> LedgerFilter:
        """Return what was asked for, without the fields that can't be read."""
        return replace(
            super().matching(),
            text=self.cleaned_data.get("q", ""),
            least=self.cleaned_data.get("least"),
            most=self.cleaned_data.get("most"),
            has_receipt={"yes": True, "no": False}.get(self.cleaned_data.get("receipt", "")),
            deleted=deleted,
        )


def _periods(today: date) -> Iterator[tuple[str, str]]:
    """Yield the last months and years."""
    for back in range(_MONTHS):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        yield f"{year}-{month + 1:02}", date_format(date(year, month + 1, 1), gettext("F Y"))
    for back in range(_YEARS):
        yield str(today.year - back), str(today.year - back)


def _told(asked: str) -> str:
    try:
        return period_told(period_read(asked))
    except BadPeriod:
        return asked


def _with(names: Sequence[str], asked: str) -> list[str]:
    return [*names, asked] if asked and asked not in names else [*names]
