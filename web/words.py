"""What a program may do, in the words of pages."""

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.scopes import EVERYTHING, SCOPES

_SHORT: Final = {
    "expenses:read": _("see expenses"),
    "expenses:write": _("write expenses"),
    "reports:read": _("see reports"),
    "reports:write": _("write reports"),
    "receipts:read": _("see receipts"),
    "receipts:write": _("attach receipts"),
    "account:read": _("see who you are"),
}


def may_whole(scopes: Iterable[str]) -> list[str]:
    """Return a sentence for each scope, in the order of the table."""
    chosen = frozenset(scopes)
    return [gettext(words) for scope, words in SCOPES.items() if scope in chosen]


def may_short(scopes: Iterable[str], *, add_only: bool = False, report: str = "") -> str:
    """Return a few words for a line of a table."""
    chosen = frozenset(scopes)
    if add_only:
        return gettext("only add, to %(report)s") % {"report": report} if report else gettext("only add")
    if chosen >= EVERYTHING:
        return gettext("everything")
    return ", ".join(str(words) for scope, words in _SHORT.items() if scope in chosen)
