"""What people fill in on more than one page of the settings."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, Protocol, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from expenses.dates import BadDate, read_date
from web.numbers import as_english

UNITS: Final = [("mi", _("miles")), ("km", _("kilometres"))]
PLAIN: Final = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}

_NUMBER: Final = re.compile(r"[0-9]{1,15}(?:[.,][0-9]{1,15})?")
_IN_THOUSANDS: Final = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9,])")


class RateField(forms.CharField):
    """What one unit is worth: digits, and a point or a comma before the decimals. The ledger judges its range.

    A comma before three digits parts thousands where the reader's language does so: ``1,060`` is 1060, and 1.060 in
    German. No thousands begin with a zero.
    """

    widget = forms.TextInput(attrs={**PLAIN, "inputmode": "decimal"})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        number = _IN_THOUSANDS.sub(lambda found: found[0].replace(",", ""), as_english(text), count=1)
        if not _NUMBER.fullmatch(number):
            raise ValidationError(gettext("“%(value)s”: a number like 0.725 is wanted.") % {"value": text[:40]})
        return Decimal(number.replace(",", "."))


class DayField(forms.CharField):
    """A day, in each of the forms in which one may be typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            day = read_date(text)
        except BadDate:
            raise ValidationError(
                gettext("“%(value)s”: a day like 2026-01-31 is wanted.") % {"value": text[:40]}
            ) from None
        return day.date() if isinstance(day, datetime) else day


class Named(Protocol):
    """A tag or a type."""

    @property
    def id(self) -> int: ...
    @property
    def name(self) -> str: ...


NamedT = TypeVar("NamedT", bound=Named)


class MergeForm(forms.Form, Generic[NamedT]):
    """Which of the ``others`` something becomes."""

    into = forms.ChoiceField(label=_("Becomes"))

    def __init__(self, *arguments: Any, others: Sequence[NamedT], **choices: Any) -> None:
        super().__init__(*arguments, **choices)
        self._others = {str(other.id): other for other in others}
        names = [(number, other.name) for number, other in self._others.items()]
        self.fields["into"] = forms.ChoiceField(label=self.fields["into"].label, choices=names)

    @property
    def target(self) -> NamedT:
        return self._others[self.cleaned_data["into"]]


def told_apart(rows: Sequence[NamedT], number: int) -> tuple[NamedT, list[NamedT]]:
    """Return the row that an address names, and all others. Raises Http404 (see ``web.settings.gone``)."""
    for row in rows:
        if row.id == number:
            return row, [other for other in rows if other is not row]
    raise Http404


def day_in_address(text: str) -> date | None:
    """Return the day that a part of an address names, or None where no calendar has it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
