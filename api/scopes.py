"""What a caller may do at a door: each door says what it takes, and a grant that has less is refused."""

from typing import Final, cast

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from access.scopes import SCOPES, Grant

ALL: Final = " ".join(SCOPES)
"""What a door takes that does not say what it takes."""
NONE: Final = ""
"""What a door takes that tells nothing but that somebody is known."""
EXPENSE_WRITES: Final = "expenses:read expenses:write"
"""What a change of an expense or a tag that is there takes: the answer shows all of it, however little was changed."""
REPORT_WRITES: Final = "reports:read reports:write"
"""The same of a report."""


class NotGranted(Exception):
    """The caller was not granted this. ``scope`` is what it would take; the message may be shown."""

    def __init__(self, scope: str, message: str) -> None:
        super().__init__(message)
        self.scope = scope


class Scoped(APIView):
    """A door that says what it takes: scopes with blanks between, for what asks (GET, HEAD) and for what changes.

    A GET that records something takes what a change takes, so such a door says the same for both. ``adds``: what is
    done here makes an expense and does nothing else.
    """

    reads: str = ALL
    writes: str = ALL
    adds: bool = False


class InScope(BasePermission):
    """Lets in whose grant has what the door takes. A method that the door has not is refused later, as such."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        method, door = str(request.method), cast("Scoped", view)
        if method == "OPTIONS" or not hasattr(door, method.lower()):
            return True
        needed = door.reads if method in {"GET", "HEAD"} else door.writes
        if needed and grant_of(request).add_only and not door.adds:
            raise NotGranted(needed, "this token may add expenses, and nothing else")
        require(request, needed)
        return True


def require(request: Request, needed: str) -> None:
    """Refuse a caller that was not granted all that is needed. Raises NotGranted."""
    missing = [scope for scope in needed.split() if scope not in grant_of(request).scopes]
    if missing:
        raise NotGranted(needed, f"this token was not granted {' '.join(missing)}")


def grant_of(request: Request) -> Grant:
    """Return how the caller was let in: behind a door there is always one."""
    return cast("Grant", request.auth)
