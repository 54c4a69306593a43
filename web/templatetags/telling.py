"""What the ledger says, in templates."""

from django import template

from web.telling import told

register = template.Library()
register.filter(told)
