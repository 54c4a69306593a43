"""How a number is told that a person set."""

from decimal import Decimal

from django import template

from web import figures

register = template.Library()


@register.filter
def rated(rate: Decimal) -> str:
    """Return a rate as pages write it."""
    return figures.rated(rate)
