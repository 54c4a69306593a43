"""Amounts in the base currency, as people type them."""

from decimal import Decimal

from django.core.exceptions import ValidationError

from expenses.grammar import GrammarError, NotAnAmount, parse_amount
from web.numbers import as_english
from web.telling import told


def amount_typed(text: str, *, currency: str) -> Decimal:
    """Return the amount that a text of the reader's language is. Raises ValidationError, also for other currencies."""
    number = as_english(text)
    try:
        amount = parse_amount(number, unit="", base_currency=currency)
        if amount.unit:
            raise NotAnAmount(number)
    except GrammarError as refusal:
        raise ValidationError(told(refusal)) from None
    return amount.value
