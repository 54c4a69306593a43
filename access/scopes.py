"""What a program may be allowed to do, and what one that called was allowed. No rules of any protocol."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from accounts.sentences import marked

SCOPES: Final[Mapping[str, str]] = {
    "expenses:read": marked("See expenses, tags and categories"),
    "expenses:write": marked("Add, change and delete expenses and tags"),
    "reports:read": marked("See reports"),
    "reports:write": marked("Make, change and delete reports"),
    "receipts:read": marked("See receipts"),
    "receipts:write": marked("Attach receipts"),
    "account:read": marked("See who you are"),
}
"""Each scope with what it lets a program do, in words for the person who is asked."""

EVERYTHING: Final = frozenset(SCOPES)


class UnknownScope(ValueError):
    """A scope is none of ours. The message may be shown."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"scope {scope[:40]!r}: one of {', '.join(SCOPES)} is wanted")


class Grant(NamedTuple):
    """How a caller was let in, and what for."""

    by: str
    """"basic", "session", "token", "oauth1" or "oauth2"."""
    scopes: frozenset[str] = EVERYTHING
    add_only: bool = False
    """May add expenses, and do nothing else."""
    report_id: int | None = None
    """The one report that it may add to; only together with ``add_only``."""


def read_scopes(text: str) -> frozenset[str]:
    """Return the scopes that a text names, blanks between them (RFC 6749 §3.3). Raises UnknownScope."""
    scopes = frozenset(text.split())
    for scope in sorted(scopes - EVERYTHING):
        raise UnknownScope(scope)
    return scopes


@lru_cache(maxsize=1024)
def scopes_kept(text: str) -> frozenset[str]:
    """Return the scopes that a stored text names, but for those that there are no more."""
    return EVERYTHING.intersection(text.split())


def scopes_text(scopes: frozenset[str]) -> str:
    """Return the scopes as ``read_scopes`` reads them, in the order of the table."""
    return " ".join(scope for scope in SCOPES if scope in scopes)
