"""What currencies are worth on a day."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from accounts.selectors import Account, all_mileage_rates, mileage_rates
from expenses.mileage import converted_rate, shipped_rate, shipped_rates
from expenses.models import CurrencyRate, Expense

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


class CurrencyRow(NamedTuple):
    """One unit of ``currency`` is worth ``rate`` units of the base currency from ``day`` on."""

    currency: str
    rate: Decimal
    day: date


def own_currency_rates(*, user_id: int, base: str) -> list[CurrencyRow]:
    """Return the rates to ``base`` that the person set, by currency, newest first."""
    rates = CurrencyRate.objects.filter(user_id=user_id, quote=base).order_by("base", "-day")
    return [CurrencyRow(*row) for row in rates.values_list("base", "rate", "day")]


def reference_rates(*, base: str, day: date) -> list[CurrencyRow]:
    """Return what each currency was worth in ``base`` on the last day on or before ``day`` that has reference rates.

    Nothing is returned where ``base`` was not among those quoted on it.
    """
    quoted = CurrencyRate.objects.filter(user=None, base="EUR")
    last = quoted.filter(day__lte=day).order_by("-day").values("day")[:1]
    rows = list(quoted.filter(day=Subquery(last)).order_by("quote"))
    per_euro = {"EUR": Decimal(1)} | {row.quote: row.rate for row in rows}
    if base not in per_euro:
        return []
    return [
        CurrencyRow(code, _rate(per_euro[base] / rate), rows[0].day)
        for code, rate in sorted(per_euro.items())
        if code != base
    ]


class MileageRow(NamedTuple):
    """One ``unit`` ("mi" or "km") is worth ``rate`` in the base currency from ``since`` on.

    ``source`` is where a shipped rate was published, and "" where the person set it.
    """

    unit: str
    rate: Decimal
    since: date
    source: str


def mileage_history(*, owner: Account) -> list[MileageRow]:
    """Return what a distance has been worth, newest first: the person's own rates, and the shipped ones before them.

    The shipped ones are in US dollars, for nobody else; from the first day of an own rate on none of them holds,
    whichever the unit.
    """
    own = [MileageRow(*rate, source="") for rate in all_mileage_rates(user_id=owner.id)]
    first = own[-1].since if own else date.max
    shipped = shipped_rates(unit=owner.mileage_unit) if owner.currency == "USD" else []
    before = [MileageRow(owner.mileage_unit, row.rate, row.since, row.source) for row in shipped if row.since < first]
    return [*own, *reversed(before)]


def mileage_rate(*, owner: Account, unit: str, day: date) -> MileageRow | None:
    """Return what one ``unit`` is worth on ``day``: by the person's own rate, or a shipped one where he set none.

    Who said what a mile is worth has said what a kilometre is worth: the shipped rate would contradict him. None is
    returned where nobody said anything in his currency.
    """
    own = {rate.unit: rate for rate in mileage_rates(user_id=owner.id, day=day)}
    if unit in own:
        return MileageRow(*own[unit], source="")
    if own:
        (other,) = own.values()
        return MileageRow(unit, converted_rate(other.rate, unit=unit), other.since, source="")
    if owner.currency != "USD":
        return None
    shipped = shipped_rate(unit=unit, day=day)
    return MileageRow(unit, shipped.rate, shipped.since, shipped.source)


def base_currency_is_fixed(*, user_id: int) -> bool:
    """Tell whether an expense is worth something in the base currency, which then can't become another one.

    A deleted one counts, since it can be restored; a new ledger's sample is worth nothing.
    """
    worthless = {"amount": 0, "raw_amount": 0, "rate": None}
    return Expense.objects.filter(user_id=user_id).exclude(**worthless).exists()


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
