"""Amounts of money: exact decimals in Python, whole thousandths in the database and on their way to a wire."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from accounts.currencies import MINOR_DIGITS
from accounts.sentences import sentence

THOUSANDTH: Final = Decimal("0.001")
LIMIT: Final = Decimal(10) ** 15
"""No amount, typed or computed, is as large as this, in either direction."""


class AmountTooLarge(ValueError):
    """An amount has more than fifteen digits before the point."""

    def __init__(self, amount: Decimal) -> None:
        super().__init__(
            sentence("amount %(amount)s: at most 15 digits before the point are kept", amount=f"{amount:.6g}")
        )


def rounded(amount: Decimal, *, currency: str) -> Decimal:
    """Return ``amount`` rounded half up (away from zero) to the minor unit of ``currency``.

    Raises AmountTooLarge when the result is out of the ledger's range.
    """
    return _quantized(amount, Decimal(1).scaleb(-MINOR_DIGITS[currency]))


def raw_rounded(raw_amount: Decimal) -> Decimal:
    """Return what was typed, rounded half up to the thousandths that the ledger keeps. Raises AmountTooLarge."""
    return _quantized(raw_amount, THOUSANDTH)


def _quantized(amount: Decimal, step: Decimal) -> Decimal:
    # Compared before it is rounded: to quantize 1E+400 raises InvalidOperation.
    if abs(amount) >= LIMIT:
        raise AmountTooLarge(amount)
    result = amount.quantize(step, ROUND_HALF_UP)
    if abs(result) >= LIMIT:
        raise AmountTooLarge(amount)
    return result + 0  # -0 becomes 0: no wire prints a minus before a zero


def two_decimals(thousandths: int) -> str:
    """Return the text of an amount as the old wires print it: ``12345`` is ``12.35``, rounded half up."""
    if thousandths < 0:
        text = two_decimals(-thousandths)
        return text if text == "0.00" else f"-{text}"
    return "%d.%02d" % divmod((thousandths + 5) // 10, 100)  # noqa: UP031 - a third faster, twice for each row


def plain(thousandths: int) -> str:
    """Return the text of an amount with two decimals, or three where the third is not zero."""
    if thousandths % 10 == 0:
        return two_decimals(thousandths)
    sign = "-" if thousandths < 0 else ""
    units, rest = divmod(abs(thousandths), 1000)
    return f"{sign}{units}.{rest:03d}"


def as_typed(amount: Decimal) -> str:
    """Return a number as somebody would type it: 20.000 would be read as twenty thousand."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
