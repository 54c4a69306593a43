"""Where an overview's figures lead: to the rows of the ledger that they are the sums of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from web.periods import Period, period_written


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of the ledger: of chosen labels (type, tag, report), on some days or, without a period, on all."""

    labels: Mapping[str, str]
    period: Period | None

    def within(self, period: Period | None) -> "Rows":
        """Return the rows of these labels in another period."""
        return replace(self, period=period)

    def of(self, **labels: str) -> "Rows":
        """Return those of the rows that have one more label."""
        return replace(self, labels={**self.labels, **labels})

    @property
    def href(self) -> str:
        """Return the address at which the ledger shows them."""
        days = {"period": period_written(self.period)} if self.period else {}
        query = urlencode({**self.labels, **days})
        return reverse("ledger") + (f"?{query}" if query else "")
