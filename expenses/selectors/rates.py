"""What currencies are worth on a day."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from expenses.models import CurrencyRate

RATE_PLACES = 12


class RateRow(NamedTuple):
    """One unit of the foreign currency is worth ``rate`` units of the base currency, as of ``day``."""

    rate: Decimal
    day: date


def currency_rate(*, user_id: int, currency: str, base: str, day: date) -> RateRow | None:
    """Return the newest rate on or before ``day``: the owner's own, or the reference one where that is newer."""
    if currency == base:
        return RateRow(Decimal(1), day)
    found = [*_own_rates(user_id, currency, base, day), *_reference_rates(currency, base, day)]
    return max(found, key=lambda row: row.day, default=None)


def _own_rates(user_id: int, currency: str, base: str, day: date) -> Iterator[RateRow]:
    either_way = Q(base=currency, quote=base) | Q(base=base, quote=currency)
    rates = CurrencyRate.objects.filter(either_way, user_id=user_id, day__lte=day)
    # A day may have one each way: the one that was asked for is exact.
    for row in rates.order_by("-day", Case(When(base=currency, then=0), default=1))[:1]:
        yield RateRow(row.rate if row.base == currency else _rate(1 / row.rate), row.day)


def _reference_rates(currency: str, base: str, day: date) -> Iterator[RateRow]:
    """Yield the rate, through euros, of the last day on which both currencies were quoted."""
    wanted = {currency, base} - {"EUR"}
    quoted = CurrencyRate.objects.filter(user=None, base="EUR", quote__in=wanted)
    both = Exists(quoted.filter(quote=max(wanted), day=OuterRef("day")))
    last = quoted.filter(both, quote=min(wanted), day__lte=day).order_by("-day").values("day")[:1]
    if rows := list(quoted.filter(day=Subquery(last))):
        per_euro = {"EUR": Decimal(1)} | {row.quote: row.rate for row in rows}
        yield RateRow(_rate(per_euro[base] / per_euro[currency]), rows[0].day)


def _rate(rate: Decimal) -> Decimal:
    return rate.quantize(Decimal(1).scaleb(-RATE_PLACES), ROUND_HALF_EVEN)
