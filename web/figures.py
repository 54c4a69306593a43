"""Figures, as pages write them: amounts grouped, with a real minus, and as many digits as the currency has."""

from decimal import Decimal
from typing import Final

from accounts.currencies import MINOR_DIGITS
from expenses.exports.row import ExpenseRow
from expenses.grammar import DISTANCES
from expenses.services import Preview
from web.numbers import written

_READ: Final = frozenset({"min", *DISTANCES, *MINOR_DIGITS})
"""The units that free text reads behind a number."""
_MINUS: Final = "\N{MINUS SIGN}"
_TIMES: Final = "\N{MULTIPLICATION SIGN}"


def money(thousandths: int, currency: str) -> str:
    """Return an amount in thousandths as text: ``-1473720`` dollars are ``−1,473.72``."""
    return written(_signed(f"{Decimal(thousandths).scaleb(-3):,.{MINOR_DIGITS[currency]}f}"))


def whole(thousandths: int) -> str:
    """Return an amount of whole units as text, without decimals: ``-1500000`` are ``−1,500``."""
    return written(_signed(f"{thousandths // 1000:,}"))


def more(thousandths: int, currency: str) -> str:
    """Return a difference as text, with a sign in either direction: ``1500`` dollars are ``+1.50``."""
    return f"{'+' if thousandths > 0 else ''}{money(thousandths, currency)}"


def counted(thousandths: int, unit: str) -> str:
    """Return a raw amount with its unit, as free text reads it back: ``38.00 EUR``, ``37 min``, ``100.5 mi``.

    A unit of a type's own is left out: there free text reads none.
    """
    number = Decimal(thousandths).scaleb(-3)
    text = _trimmed(number, at_least=MINOR_DIGITS.get(unit, 0))
    return f"{text} {unit}" if unit in _READ else text


def worked(row: ExpenseRow | Preview) -> str:
    """Return how an amount came to be, ``37 min × 90.00/h =``; "" where it is what was typed."""
    return f"{multiplied(row.raw_amount, row.unit, Decimal(row.rate))} =" if row.unit else ""


def multiplied(thousandths: int, unit: str, rate: Decimal | None) -> str:
    """Return a raw amount and, if there is one, its rate: ``37 min × 90.00/h``."""
    said = _lasted(thousandths) if unit == "min" else counted(thousandths, unit) + ("" if unit in _READ else f" {unit}")
    said = _signed(said)
    return said if rate is None else f"{said} {_TIMES} {rated(rate)}{'/h' if unit == 'min' else ''}"


def rated(rate: Decimal) -> str:
    """Return a rate with at least two decimals, and as many as it has: ``0.70``, ``0.725``."""
    return _trimmed(rate, at_least=2)


def megabytes(size: int) -> str:
    """Return a number of bytes as text: ``10000000`` are ``10 MB``."""
    return f"{written(f'{size / 1_000_000:g}')} MB"


def _trimmed(number: Decimal, *, at_least: int) -> str:
    whole, _, rest = f"{number:f}".partition(".")
    rest = rest.rstrip("0").ljust(at_least, "0")
    return written(f"{whole}.{rest}" if rest else whole)


def _lasted(thousandths: int) -> str:
    """Return thousandths of a minute in minutes and seconds, as a timer leaves them: ``46`` are ``3 s``."""
    minutes, seconds = divmod(round(abs(thousandths) * 60 / 1000), 60)
    parts = [f"{minutes} min"] if minutes or not seconds else []
    parts += [f"{seconds} s"] if seconds else []
    return "-" * (thousandths < 0) + " ".join(parts)


def _signed(text: str) -> str:
    return text.replace("-", _MINUS, 1)
