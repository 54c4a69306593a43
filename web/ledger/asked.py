"""What a person looks for in the ledger. It stands in the address, so that it can be kept and sent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expenses.selectors import LedgerFilter
from reports.selectors import ReportRow

_PERIOD: Final = re.compile("([0-9]{4})(?:-([0-9]{2}))?")
_MONTHS, _YEARS = 12, 4  # that are offered


class FilterForm(forms.Form):
    """Each field leaves out what does not fit; empty ones leave out nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    period = forms.CharField(label=_("Period"), required=False)
    report = forms.ChoiceField(label=_("Report"), required=False)
    type = forms.ChoiceField(label=_("Type"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), required=False)
    receipt = forms.ChoiceField(
        label=_("Receipt"),
        choices=[("", _("Any receipt")), ("yes", _("With receipt")), ("no", _("Without receipt"))],
        required=False,
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput({"type": "date"}))
    least = forms.DecimalField(label=_("At least"), required=False)
    most = forms.DecimalField(label=_("At most"), required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        today: date,
        currency: str,
        reports: Sequence[ReportRow],
        types: Sequence[str],
        tags: Sequence[str],
    ) -> None:
        super().__init__(data)
        for name in ("least", "most"):
            self.fields[name].label = f"{self.fields[name].label} ({currency})"
        self.fields["period"].widget = forms.Select(choices=list(_periods(today, data.get("period", ""))))
        all_reports, all_types, all_tags = ("", _("All reports")), ("", _("All types")), ("", _("All tags"))
        by_name = {
            "report": [all_reports, *((str(report.id), report.name) for report in reports)],
            "type": [all_types, *((name, name) for name in _with(types, data.get("type", "")))],
            "tag": [all_tags, *((name, f"#{name}") for name in _with(tags, data.get("tag", "")))],
        }
        for name, choices in by_name.items():
            self.fields[name] = forms.ChoiceField(label=self.fields[name].label, choices=choices, required=False)

    @property
    def ranges(self) -> list[forms.BoundField]:
        """Return the fields that are asked for less often."""
        return [self[name] for name in ("since", "until", "least", "most")]

    def clean_period(self) -> tuple[date, date] | None:
        """Return the first and the last day of the period."""
        text = self.cleaned_data["period"]
        if not text:
            return None
        match = _PERIOD.fullmatch(text)
        try:
            return _span(int(match[1]), int(match[2] or 0)) if match else _no_period(text)
        except ValueError:
            return _no_period(text)

    def matching(self, *, deleted: bool) -> LedgerFilter:
        """Return what was asked for, without the fields that can't be read."""
        self.full_clean()
        said = {name: value for name, value in self.cleaned_data.items() if value}
        first, last = said.get("period", (None, None))
        return LedgerFilter(
            text=said.get("q", ""),
            first_day=said.get("since", first),
            last_day=said.get("until", last),
            types=(said["type"],) if "type" in said else (),
            tags=(said["tag"],) if "tag" in said else (),
            report_ids=(int(said["report"]),) if "report" in said else (),
            least=self.cleaned_data.get("least"),
            most=self.cleaned_data.get("most"),
            has_receipt={"yes": True, "no": False}.get(said.get("receipt", "")),
            deleted=deleted,
        )


def _span(year: int, month: int) -> tuple[date, date]:
    """Return the first and the last day of a month, or of a year where ``month`` is 0. Raises ValueError."""
    first = date(year, month or 1, 1)
    last = date(year, 12, 31) if month in {0, 12} else date(year, month + 1, 1) - timedelta(days=1)
    return first, last


def _no_period(text: str) -> NoReturn:
    message = gettext("'%(text)s': a month like 2026-11 or a year like 2026 is wanted") % {"text": text[:40]}
    raise ValidationError(message)


def _periods(today: date, asked: str) -> Iterator[tuple[str, str]]:
    """Yield the last months and years, and the one that was asked for."""
    yield "", gettext("All time")
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(_MONTHS)]
    offered = {f"{year}-{month + 1:02}": date_format(date(year, month + 1, 1), "F Y") for year, month in months}
    offered |= {str(today.year - back): str(today.year - back) for back in range(_YEARS)}
    yield from offered.items()
    if asked and asked not in offered:
        yield asked, asked


def _with(names: Sequence[str], asked: str) -> list[str]:
    return [*names, asked] if asked and asked not in names else [*names]
