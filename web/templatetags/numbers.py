"""How a number is told that a person set."""

from decimal import Decimal

from django import template

from expenses import money

register = template.Library()


@register.filter
def as_typed(number: Decimal) -> str:
    """Return a number without the zeros that its column adds."""
    return money.as_typed(number)
