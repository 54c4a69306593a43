"""How an instant is told: the last day by how long ago it was, else the day in the person's own zone."""

from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

register = template.Library()

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


@register.simple_tag
def day(instant: datetime, zone: str) -> SafeString:
    """Return the day on which an instant fell where the person lives."""
    return _time(instant, zone, date_format(instant.astimezone(ZoneInfo(zone)), gettext("j M Y")))


@register.simple_tag
def ago(instant: datetime, zone: str) -> SafeString:
    """Return how long ago an instant was, if that was within a day; else its day."""
    passed = timezone.now() - instant
    if passed >= _DAY:
        return day(instant, zone)
    return _time(instant, zone, _passed(passed))


def _passed(passed: timedelta) -> str:
    if passed < _MINUTE:
        return gettext("just now")
    if passed < _HOUR:
        minutes = passed // _MINUTE
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    hours = passed // _HOUR
    return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}


def _time(instant: datetime, zone: str, words: str) -> SafeString:
    there = instant.astimezone(ZoneInfo(zone)).replace(microsecond=0)
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(), f"{there:%Y-%m-%d %H:%M}", words)
