"""Whose page it is, for scripts."""

from django import template

from web.account import ledger_name

register = template.Library()
register.filter(ledger_name)
