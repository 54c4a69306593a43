"""Links that open one account each: for who was invited, and for who is the first on an empty server."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from accounts.models import Invitation
from accounts.names import name_key
from accounts.retried import retried
from accounts.sentences import sentence
from accounts.services import BadAccount, email_check

LIFE: Final = timedelta(days=14)
"""For as long somebody who was invited may take to come."""
SHOWN: Final = timedelta(days=30)
"""For as long one is kept that has expired."""
LINK_END: Final = "[A-Za-z0-9_-]{32}"
"""The pattern of what a link ends with."""


class InvitationNotFound(Exception):
    """The link opens nothing: it was used, it has expired, or it never was one. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("This link opens no account: it was used before, or its time is over."))


class InvitedIsAnother(BadAccount):
    """Who was invited has another address than who came."""

    def __init__(self, invited: str) -> None:
        super().__init__(sentence("email: this invitation is for %(invited)s", invited=invited))


class InvitationRow(NamedTuple):
    """``email`` is "" where anybody may come who has the link."""

    email: str
    is_first: bool


class Invited(NamedTuple):
    """An invitation that nobody has taken. ``email`` as above; ``by``: who made it, "" where in a terminal."""

    id: int
    email: str
    by: str
    since: datetime
    expires: datetime
    has_expired: bool


@retried
def invitation_create(*, now: datetime, email: str = "", by: int | None = None) -> str:
    """Return what the link of a new invitation ends with; only its digest is kept. Raises BadEmail.

    ``by`` is the id of the operator who makes it, None where he does so in a terminal.
    """
    if email:
        email_check(email)
    return _created(email=email, is_first=False, expires=now + LIFE, now=now, by=by)


def first_invitation_create(*, now: datetime) -> str:
    """Return the same for the first account of the server; the one before, which another start made, is void."""
    Invitation.objects.filter(is_first=True).delete()
    return _created(email="", is_first=True, expires=None, now=now, by=None)


def invitations_waiting(*, now: datetime, most: int) -> list[Invited]:
    """Return the newest invitations that nobody has taken, those too late to be taken among them."""
    rows = Invitation.objects.filter(is_first=False).order_by("-pk")
    columns = ("pk", "email", "invited_by__email", "created", "expires")
    return [
        Invited(id_, email, by or "", since, expires, expires <= now)
        for id_, email, by, since, expires in rows.values_list(*columns)[:most]
    ]


@retried
def invitation_withdraw(*, invitation_id: int) -> None:
    """Let a link open nothing any more. Raises InvitationNotFound."""
    gone, _ = Invitation.objects.filter(pk=invitation_id, is_first=False).delete()
    if not gone:
        raise InvitationNotFound


def invitations_forget(*, now: datetime) -> None:
    """Delete those that nobody can take any more, once the operator has had a month to see that nobody came."""
    Invitation.objects.filter(expires__lt=now - SHOWN).delete()


def invitation_row(*, token: str, now: datetime) -> InvitationRow:
    """Return what a link opens. Raises InvitationNotFound."""
    found = Invitation.objects.filter(digest=_digest(token)).values_list("email", "is_first", "expires").first()
    if found is None:
        raise InvitationNotFound
    email, is_first, expires = found
    if expires is not None and expires <= now:
        raise InvitationNotFound
    return InvitationRow(email, is_first)


def invitation_take(*, token: str, email: str, now: datetime) -> InvitationRow:
    """Use a link up for who has the address ``email``. Raises InvitationNotFound, InvitedIsAnother.

    In a transaction of the caller's: where opening the account fails, the link is as good as before.
    """
    row = invitation_row(token=token, now=now)
    if row.email and name_key(row.email) != name_key(email):
        raise InvitedIsAnother(row.email)
    taken, _ = Invitation.objects.filter(digest=_digest(token)).delete()
    if not taken:  # somebody else came at the same moment
        raise InvitationNotFound
    return row


def _created(*, email: str, is_first: bool, expires: datetime | None, now: datetime, by: int | None) -> str:
    token = secrets.token_urlsafe(24)
    Invitation.objects.create(
        digest=_digest(token), email=email, is_first=is_first, expires=expires, created=now, invited_by_id=by
    )
    return token


def _digest(token: str) -> str:
    """Return what is kept: the token is random, so nobody can guess it back, and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
