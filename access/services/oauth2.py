"""How OAuth 2.0 gives and takes tokens, as far as the toolkit leaves that to us; and what they open."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from oauth2_provider.models import AccessToken, Grant, RefreshToken, clear_expired

from access.models import Approval, UsedCode
from access.scopes import Grant as Permission
from access.selectors.applications import bearer_holder, token_digest
from access.services.uses import use_note
from accounts.selectors import Account

REMEMBERED: Final = timedelta(days=1)
"""How long an exchanged code is known as such; it would have lasted a minute."""

_SAME: Final = {"user_id": OuterRef("user_id"), "application_id": OuterRef("application_id")}


class NotGiven(Exception):
    """What was to be exchanged for tokens is worth nothing any more. Nothing may be issued for it."""


def oauth2_account(*, token: str, now: datetime, used_from: str) -> tuple[Account, Permission]:
    """Return whom an access token lets in at ``now``, and what for, and note its use. Raises WrongToken.

    ``used_from`` is the address of who calls. Asked anew each time, by one indexed question: what was revoked a moment
    ago, by whatever process, is refused. A changed password leaves it alone: a token is a credential of its own.
    """
    holder = bearer_holder(token=token, now=now)
    use_note(Approval, row_id=holder.approval_id, noted=holder.used, now=now, used_from=used_from)
    return holder.account, holder.grant


def approval_note(*, user_id: int, application_id: int, now: datetime) -> None:
    """Note that a person lets a program act for him, in the transaction that stores the code which says for what."""
    Approval.objects.select_for_update().get_or_create(
        user_id=user_id, application_id=application_id, defaults={"created": now}
    )


def approval_hold(*, user_id: int, application_id: int) -> None:
    """Keep a person's approval from being taken back until the transaction ends. Raises NotGiven: there is none."""
    if Approval.objects.select_for_update().filter(user_id=user_id, application_id=application_id).first() is None:
        raise NotGiven


def refresh_token_take(*, refresh_token_id: int) -> None:
    """Make sure, inside the transaction that exchanges it, that a refresh token was not exchanged. Raises NotGiven.

    Two who come with it at once have both been found right before; the toolkit answers the second with empty tokens.
    """
    row = RefreshToken.objects.select_for_update().filter(pk=refresh_token_id, revoked__isnull=True).first()
    if row is None:
        raise NotGiven


def code_take(*, code: str, application_id: int, refresh_token: str, now: datetime) -> None:
    """Exchange a code, for the only time, in the transaction that stores ``refresh_token``. Raises NotGiven."""
    deleted, _ = Grant.objects.filter(code=code, application_id=application_id).delete()
    if not deleted:
        raise NotGiven
    row = RefreshToken.objects.get(token_checksum=token_digest(refresh_token))
    UsedCode.objects.create(user_id=row.user_id, digest=token_digest(code), family=row.token_family, created=now)


def code_used_again(*, code: str) -> None:
    """Revoke what a code gave, if it was exchanged before: one of the two who had it stole it (RFC 6749 §4.1.2)."""
    used = UsedCode.objects.filter(digest=token_digest(code)).first()
    if used is not None:
        family_revoke(family=used.family)


def family_revoke(*, family: UUID) -> None:
    """Revoke a refresh token, all that came of it, and their access tokens."""
    RefreshToken.revoke_family(family)


def expired_clear(*, now: datetime) -> None:
    """Delete what is of no use to anybody any more. A second run changes nothing."""
    clear_expired()
    UsedCode.objects.filter(created__lt=now - REMEMBERED).delete()
    held = [~Exists(table.objects.filter(**_SAME)) for table in (Grant, RefreshToken, AccessToken)]
    Approval.objects.filter(*held, created__lt=now - REMEMBERED).delete()
