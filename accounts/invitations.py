"""Links that open one account each: for who was invited, and for who is the first on an empty server."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from accounts.models import Invitation
from accounts.names import name_key
from accounts.services import BadAccount, email_check

LIFE: Final = timedelta(days=14)
"""For as long somebody who was invited may take to come."""


class InvitationNotFound(Exception):
    """The link opens nothing: it was used, it has expired, or it never was one. The message may be shown."""

    def __init__(self) -> None:
        super().__init__("This link opens no account: it was used before, or its time is over.")


class InvitedIsAnother(BadAccount):
    """Who was invited has another address than who came."""

    def __init__(self, invited: str) -> None:
        super().__init__(f"email: this invitation is for {invited}")


class InvitationRow(NamedTuple):
    """``email`` is "" where anybody may come who has the link."""

    email: str
    is_first: bool


def invitation_create(*, now: datetime, email: str = "") -> str:
    """Return what the link of a new invitation ends with; only its digest is kept. Raises BadEmail."""
    if email:
        email_check(email)
    return _created(email=email, is_first=False, expires=now + LIFE, now=now)


def first_invitation_create(*, now: datetime) -> str:
    """Return the same for the first account of the server; the one before, which another start made, is void."""
    Invitation.objects.filter(is_first=True).delete()
    return _created(email="", is_first=True, expires=None, now=now)


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


def _created(*, email: str, is_first: bool, expires: datetime | None, now: datetime) -> str:
    token = secrets.token_urlsafe(24)
    Invitation.objects.create(digest=_digest(token), email=email, is_first=is_first, expires=expires, created=now)
    return token


def _digest(token: str) -> str:
    """Return what is kept: the token is random, so nobody can guess it back, and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
