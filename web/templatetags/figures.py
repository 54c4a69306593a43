"""Figures in templates."""

from django import template

from web.figures import money, worked
from web.reports.words import span

register = template.Library()
register.filter(money)
register.filter(worked)
register.simple_tag(span)
