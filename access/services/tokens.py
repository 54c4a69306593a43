"""What may be done to personal tokens: make one, use it, revoke it."""

from datetime import datetime
from typing import Final, NamedTuple

from access.models import PersonalToken
from access.personal import BEGINNING, token_digest, token_make
from access.scopes import Grant, read_scopes, scopes_text
from access.selectors.tokens import token_holder
from access.services.uses import use_note
from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence
from reports.selectors import report_row

NAME_LENGTH: Final = 100


class NewToken(NamedTuple):
    """A token that was just made. ``token`` is shown once: only its digest is kept."""

    id: int
    token: str


class BadToken(ValueError):
    """A token can't be made as it was asked for. The message may be shown."""


class BadTokenName(BadToken):
    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "name %(name)s: 1 to %(most)s characters on one line are wanted",
                name=repr(name[:40]),
                most=NAME_LENGTH,
            )
        )


class NoScope(BadToken):
    def __init__(self) -> None:
        super().__init__(sentence("a token that may do nothing is of no use: choose what it may do"))


class CantAdd(BadToken):
    def __init__(self) -> None:
        super().__init__(sentence("a token that may only add needs expenses:write"))


class ReportIsToAdd(BadToken):
    def __init__(self) -> None:
        super().__init__(sentence("only a token that may only add can be kept to one report"))


class ExpiresAtOnce(BadToken):
    def __init__(self, expires: datetime) -> None:
        super().__init__(
            sentence("expires %(expires)s UTC: a moment in the future is wanted", expires=f"{expires:%Y-%m-%d %H:%M}")
        )


class TokenNotFound(Exception):
    """The person has no such token. The message may be shown."""

    def __init__(self, token_id: int) -> None:
        super().__init__(sentence("token %(token_id)s: no token of yours has this id", token_id=token_id))


@retried
def token_create(
    *,
    user_id: int,
    name: str,
    scopes: frozenset[str],
    now: datetime,
    expires: datetime | None = None,
    add_only: bool = False,
    report_id: int | None = None,
) -> NewToken:
    """Make a token and return it, for the only time. It lasts until it is revoked where ``expires`` is None.

    ``add_only``: it may add expenses, and nothing else; with ``report_id`` only to this report, and it ends with it.
    Raises BadToken, UnknownScope, ReportNotFound.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise BadTokenName(name)
    _check_scopes(scopes, add_only=add_only)
    if expires is not None and expires <= now:
        raise ExpiresAtOnce(expires)
    if report_id is not None:
        if not add_only:
            raise ReportIsToAdd
        report_row(user_id=user_id, report_id=report_id)
    token = token_make()
    row = PersonalToken.objects.create(
        user_id=user_id, name=name, digest=token_digest(token), beginning=token[:BEGINNING],
        scopes=scopes_text(scopes), add_only=add_only, report_id=report_id, expires=expires, created=now,
    )  # fmt: skip
    return NewToken(row.pk, token)


@retried
def token_revoke(*, user_id: int, token_id: int) -> None:
    """Delete a token: it works nowhere from the next request on. Raises TokenNotFound."""
    deleted, _ = PersonalToken.objects.filter(user_id=user_id, pk=token_id).delete()
    if not deleted:
        raise TokenNotFound(token_id)


def token_account(*, token: str, now: datetime, used_from: str) -> tuple[Account, Grant]:
    """Return whom a token lets in at ``now`` and what for, and note its use. Raises WrongToken.

    ``used_from`` is the address of who calls. The account and the token are read each time, by one indexed question:
    what was revoked a moment ago, by whatever process, is refused.
    """
    holder = token_holder(token=token, now=now)
    use_note(PersonalToken, row_id=holder.token_id, noted=holder.used, now=now, used_from=used_from)
    return holder.account, holder.grant


def _check_scopes(scopes: frozenset[str], *, add_only: bool) -> None:
    if not scopes:
        raise NoScope
    read_scopes(" ".join(scopes))
    if add_only and "expenses:write" not in scopes:
        raise CantAdd
