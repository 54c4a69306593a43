"""Forms that may be sent twice and count once."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest

from accounts.selectors import Account
from expenses.services import Answer, BadKey, KeyReused, answer_once


class FormReused(Exception):
    """The form came before with something else, or without its key: who sent it means another thing now."""


def form_once(
    request: HttpRequest, person: Account, *, said: bytes, now: datetime, write: Callable[[], Answer], door: str = ""
) -> Answer:
    """Return the answer of ``write``, or the one that it gave when a form of this key came first.

    ``said`` is what the form says; ``door`` is where it may have come first, if not here. Raises FormReused, and what
    ``write`` raises.
    """
    digest = hashlib.sha256((door or request.path).encode() + b"\0" + said).hexdigest()
    try:
        return answer_once(user_id=person.id, key=request.POST.get("once", ""), digest=digest, now=now, write=write)
    except (BadKey, KeyReused):
        raise FormReused from None
