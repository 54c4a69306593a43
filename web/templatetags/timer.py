"""The running timer, as the bar shows it."""

from datetime import datetime, timedelta

from django import template

register = template.Library()


@register.filter
def passed(started: datetime, now: datetime) -> str:
    """Return the hours and minutes since an instant: ``1:07``."""
    minutes = max(now - started, timedelta(0)) // timedelta(minutes=1)
    return f"{minutes // 60}:{minutes % 60:02}"
