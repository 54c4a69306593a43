"""Figures in templates."""

from django import template

from web.figures import money, more, rated, worked
from web.periods import span

register = template.Library()
register.filter(money)
register.filter(more)
register.filter(rated)
register.filter(worked)
register.simple_tag(span)
