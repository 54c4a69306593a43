"""Invitations at the door: whether a link opens something as things are, and which one somebody came with."""

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.invitations import LINK_END, InvitationNotFound, InvitationRow, invitation_row
from accounts.selectors import any_user

_KEPT: Final = "invitation"


def usable_invitation(token: str) -> InvitationRow:
    """Return what a link opens, as things are now. Raises InvitationNotFound."""
    row = invitation_row(token=token, now=timezone.now())
    if any_user() if row.is_first else settings.SIGN_UP == "closed":
        raise InvitationNotFound
    return row


def invitation_keep(request: HttpRequest, token: str) -> None:
    """Remember the link that somebody came with, while he shows elsewhere who he is; not what is none."""
    if re.fullmatch(LINK_END, token):  # anybody may send any text, and a session is stored
        request.session[_KEPT] = token


def invitation_kept(request: HttpRequest) -> str | None:
    """Return the link that somebody came with, or None where there is none, or it opens nothing any more."""
    token: str | None = request.session.get(_KEPT)
    try:
        return token if token and usable_invitation(token) else None
    except InvitationNotFound:
        return None
