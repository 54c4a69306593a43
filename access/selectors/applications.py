"""Questions about programs that speak OAuth 2.0, and what their tokens open. Answers are values, never models."""

import hashlib
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from oauth2_provider.models import AccessToken, Application

from access.models import Approval
from access.scopes import Grant, scopes_kept
from access.selectors.tokens import WrongToken
from accounts.rows import one_row
from accounts.selectors import ACCOUNT_COLUMNS, Account, account_made


class ApplicationRow(NamedTuple):
    """A registered program: all but the secret, which is not kept.

    ``owner``: the e-mail address of who registered it.
    """

    id: int
    name: str
    owner: str
    client_id: str
    redirect_uris: tuple[str, ...]
    is_confidential: bool
    created: datetime


class GrantRow(NamedTuple):
    """A program that a person lets act for him: with which scopes, since when, and when and from where it last did.

    ``owner``: the e-mail address of who registered it.
    """

    application_id: int
    name: str
    owner: str
    scopes: frozenset[str]
    since: datetime
    used: datetime | None
    used_from: str


class BearerHolder(NamedTuple):
    """Whom an access token lets in, and what for; ``used`` is when its last use was noted, in µs since 1970."""

    account: Account
    grant: Grant
    approval_id: int
    used: int | None


class Introspection(NamedTuple):
    """What a program may hear of a token of its own (RFC 7662 §2.2). Instants are seconds since 1970."""

    scope: str
    expires: int
    issued: int


class UnknownApplication(Exception):
    """No program has this client_id."""


def application_rows(*, user_id: int) -> list[ApplicationRow]:
    """Return the programs that a person registered, newest first."""
    return [_application_row(row) for row in _applications().filter(user_id=user_id).order_by("-id")]


def application_of(*, client_id: str) -> ApplicationRow:
    """Return the program that calls itself so. Raises UnknownApplication."""
    row = _applications().filter(client_id=client_id).first()
    if row is None:
        raise UnknownApplication
    return _application_row(row)


def _applications() -> "QuerySet[Application]":
    rows: QuerySet[Application] = Application.objects.select_related("user")
    return rows


def _application_row(row: Application) -> ApplicationRow:
    is_confidential = row.client_type == Application.CLIENT_CONFIDENTIAL
    return ApplicationRow(
        row.pk, row.name, row.user.email, row.client_id, tuple(row.redirect_uris.split()), is_confidential, row.created
    )


def grant_rows(*, user_id: int, now: datetime) -> list[GrantRow]:
    """Return the programs that hold something of a person which still works, the first allowed first."""
    scopes: dict[int, set[str]] = {}
    for application_id, scope in _alive(now).filter(user_id=user_id).values_list("application_id", "scope"):
        scopes.setdefault(application_id, set()).update(scope.split())
    approvals = Approval.objects.filter(user_id=user_id, application_id__in=scopes).select_related("application__user")
    return [
        GrantRow(
            row.application_id, row.application.name, row.application.user.email, frozenset(scopes[row.application_id]),
            row.created, row.used, row.used_from,
        )
        for row in approvals.order_by("id")
    ]  # fmt: skip


def _alive(now: datetime) -> "QuerySet[AccessToken]":
    """Access tokens that work, or stand for a refresh token that does: it lasts from their end on."""
    lasts = timedelta(seconds=settings.OAUTH2_PROVIDER["REFRESH_TOKEN_EXPIRE_SECONDS"])
    refreshable = Q(refresh_token__isnull=False, refresh_token__revoked__isnull=True, expires__gt=now - lasts)
    tokens: QuerySet[AccessToken] = AccessToken.objects.filter(Q(expires__gt=now) | refreshable)
    return tokens


# By hand, like accounts.selectors.credentials: this runs on every request.
_HOLDER: Final = (
    "SELECT t.scope, a.id, a.used, "
    + ", ".join(f"u.{column}" for column in ACCOUNT_COLUMNS)
    + " FROM oauth2_provider_accesstoken t"
    " JOIN access_approval a ON a.user_id = t.user_id AND a.application_id = t.application_id"
    " JOIN accounts_user u ON u.id = t.user_id"
    " WHERE t.token_checksum = %s AND t.expires > %s AND u.is_active"
)


def bearer_holder(*, token: str, now: datetime) -> BearerHolder:
    """Return whom an access token lets in at ``now``. Raises WrongToken."""
    row = one_row(_HOLDER, token_digest(token), connection.ops.adapt_datetimefield_value(now))
    if row is None:
        raise WrongToken
    scope, approval_id, used, *columns = row
    return BearerHolder(account_made(*columns), Grant("oauth2", scopes_kept(scope)), approval_id, used)


def introspection(*, token: str, application_id: int, now: datetime) -> Introspection:
    """Return what a program may hear of a token that it holds, of either kind. Raises WrongToken."""
    digest = token_digest(token)
    held = Q(token_checksum=digest, expires__gt=now) | Q(
        refresh_token__token_checksum=digest, refresh_token__revoked__isnull=True
    )
    row = _alive(now).filter(held, application_id=application_id, user__is_active=True).first()
    if row is None:
        raise WrongToken
    return Introspection(row.scope, int(row.expires.timestamp()), int(row.created.timestamp()))


def token_digest(token: str) -> str:
    """Return what is kept of a token, as the toolkit computes it."""
    return hashlib.sha256(token.encode()).hexdigest()
