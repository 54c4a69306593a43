"""From what was typed to what it is worth: units, their rates, and the amount in the base currency."""

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Final

from accounts.currencies import MINOR_DIGITS
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses.grammar import DISTANCES
from expenses.money import as_typed, raw_rounded, rounded
from expenses.selectors import RATE_PLACES, currency_rate, mileage_rate

MOST_RATE: Final = Decimal(1_000_000)
_PER_HOUR: Final = 60
_EXACT: Final = Context(prec=60)  # the usual 28 digits would round large amounts once before they are rounded


class RateMissing(ValueError):
    """Nothing says what the unit is worth. The message may be shown, and says how to give a rate."""


class NoCurrencyRate(RateMissing):
    def __init__(self, raw_amount: Decimal, currency: str, base: str) -> None:
        typed = f"{as_typed(raw_amount)} {currency}"
        super().__init__(
            sentence(
                "amount '%(typed)s': no rate from %(currency)s to %(base)s is known for this day;"
                " give one behind it, like '%(typed)s at 1.08', set yours on the page Rates of the"
                " settings, or have the server's operator load the reference rates (manage.py rates)",
                typed=typed,
                currency=currency,
                base=base,
            )
        )


class NoMileageRate(RateMissing):
    def __init__(self, raw_amount: Decimal, unit: str, base: str) -> None:
        typed = f"{as_typed(raw_amount)} {unit}"
        super().__init__(
            sentence(
                "amount '%(typed)s': no mileage rate in %(base)s is set, and the shipped ones are in USD;"
                " give one behind it, like '%(typed)s at 0.30', or set yours on the page Rates of the settings",
                typed=typed,
                base=base,
            )
        )


class BadRate(ValueError):
    """The rate is out of range. The message may be shown."""

    def __init__(self, rate: Decimal) -> None:
        super().__init__(
            sentence(
                "rate %(rate)s: a number from 0 to %(most)s with at most %(places)s decimals is wanted",
                rate=f"{rate:.12g}",
                most=MOST_RATE,
                places=RATE_PLACES,
            )
        )


@dataclass(frozen=True, slots=True)
class Price:
    """What an expense comes to. ``rate`` is None exactly where ``unit`` is "", the base currency."""

    amount: Decimal
    raw_amount: Decimal
    unit: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class KnownType:
    """What the owner's ledger says of a type: a unit, and the rate per unit where it has one of its own."""

    unit: str = ""
    rate: Decimal | None = None


def plain_price(*, owner: Account, amount: Decimal) -> Price:
    """Return the price of an amount in the base currency. Raises AmountTooLarge."""
    return Price(rounded(amount, currency=owner.currency), raw_rounded(amount), "", None)


def price(
    *, owner: Account, raw_amount: Decimal, unit: str, day: date, known: KnownType, rate: Decimal | None = None
) -> Price:
    """Return what ``raw_amount`` of ``unit`` is worth on ``day``, at ``rate`` if one is given.

    A unit that is no currency, time or distance is worth nothing until its type gets a rate. Raises RateMissing where
    nothing says what another is worth, BadRate, AmountTooLarge.
    """
    if unit in {"", owner.currency}:
        return plain_price(owner=owner, amount=raw_amount)
    raw_amount = raw_rounded(raw_amount)
    rate = checked_rate(rate if rate is not None else _rate(owner, raw_amount, unit, day, known))
    return Price(worth(owner=owner, raw_amount=raw_amount, unit=unit, rate=rate), raw_amount, unit, rate)


def price_said(*, owner: Account, raw_amount: Decimal, unit: str, amount: Decimal) -> Price:
    """Return the price of ``raw_amount`` that is worth ``amount`` by word of the client: the rate is what makes it so.

    Where no rate does, it is ``amount`` in the base currency. Raises AmountTooLarge.
    """
    plain = plain_price(owner=owner, amount=amount)
    raw_amount = raw_rounded(raw_amount)
    if not raw_amount:
        return plain
    rate = _EXACT.quantize(_EXACT.divide(plain.amount, raw_amount), Decimal(1).scaleb(-RATE_PLACES))
    return Price(plain.amount, raw_amount, unit, rate) if 0 <= rate <= MOST_RATE else plain


def worth(*, owner: Account, raw_amount: Decimal, unit: str, rate: Decimal) -> Decimal:
    """Return the amount in the base currency; the rate for minutes is by the hour. Raises AmountTooLarge."""
    amount = _EXACT.multiply(raw_amount, rate)
    return rounded(_EXACT.divide(amount, _PER_HOUR) if unit == "min" else amount, currency=owner.currency)


def checked_rate(rate: Decimal) -> Decimal:
    """Return ``rate`` if it can be kept. Raises BadRate."""
    if not rate.is_finite() or not 0 <= rate <= MOST_RATE or rate != round(rate, RATE_PLACES):
        raise BadRate(rate)
    return rate


def _rate(owner: Account, raw_amount: Decimal, unit: str, day: date, known: KnownType) -> Decimal:
    if known.rate is not None and unit == known.unit:
        return known.rate
    if unit == "min":
        return owner.hourly_rate
    if unit in DISTANCES:
        return _mileage_rate(owner, raw_amount, unit, day)
    if unit in MINOR_DIGITS:
        return _exchange_rate(owner, raw_amount, unit, day)
    return Decimal(0)


def _mileage_rate(owner: Account, raw_amount: Decimal, unit: str, day: date) -> Decimal:
    found = mileage_rate(owner=owner, unit=unit, day=day)
    if found is None:
        raise NoMileageRate(raw_amount, unit, owner.currency)
    return found.rate


def _exchange_rate(owner: Account, raw_amount: Decimal, unit: str, day: date) -> Decimal:
    found = currency_rate(user_id=owner.id, currency=unit, base=owner.currency, day=day)
    if found is None:
        raise NoCurrencyRate(raw_amount, unit, owner.currency)
    return found.rate
