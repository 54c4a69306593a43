"""What an overview is of. It stands in the address, in the words that the ledger's filter has for it."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import ClassVar, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from web.ledger.asked import SelectionForm
from web.periods import Period

EVERYTHING: Final = "all"
_MONTHS: Final = 12


class OverviewForm(SelectionForm):
    """A selection that is of the last twelve months where no days are named."""

    AT_FIRST: ClassVar[Sequence[tuple[str, Promise]]] = [("", _("Last 12 months")), (EVERYTHING, _("All time"))]

    def clean_period(self) -> Period | None:
        """Return the days of the period; None for all time, and where other fields name the days."""
        text = self.cleaned_data["period"]
        if text == EVERYTHING or (not text and (self.data.get("since") or self.data.get("until"))):
            return None
        return super().clean_period() if text else last_months(self.today)

    @property
    def labels(self) -> dict[str, str]:
        """Return the type, tag and report that were chosen, as an address has them."""
        return {name: self.cleaned_data[name] for name in ("type", "tag", "report") if self.cleaned_data.get(name)}

    @property
    def is_narrowed(self) -> bool:
        """Whether it is of less than everything in the last twelve months."""
        return any(self.data.get(name) for name in self.fields)


def last_months(today: date) -> Period:
    """Return the twelve months of which this one is the last."""
    month = Period.of_month(today)
    return Period(_months_before(month.first, _MONTHS - 1), month.last)


def month_before(period: Period) -> Period | None:
    """Return the same days of the month before, as far as that one has them; None before the calendar begins."""
    return _shifted(period, 1)


def year_before(period: Period) -> Period | None:
    """Return the same days of the year before; 29 February becomes the 28th. None before the calendar begins."""
    return _shifted(period, _MONTHS)


def _shifted(period: Period, months: int) -> Period | None:
    try:
        first, last = (_months_before(day, months) for day in period)
    except ValueError:
        return None
    # The whole of February is before the whole of March, and the whole of February 2024 before that of 2025.
    return Period(first, Period.of_month(last).last if period.last == Period.of_month(period.last).last else last)


def _months_before(day: date, months: int) -> date:
    """Return the day of that number some months before, or the last day of that month. Raises ValueError."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
