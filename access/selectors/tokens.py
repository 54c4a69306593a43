"""Questions about personal tokens. Answers are values, never models."""

from datetime import datetime
from typing import Final, NamedTuple

from access.models import PersonalToken
from access.personal import is_token, token_digest
from access.scopes import Grant, scopes_kept
from accounts.fields import microseconds
from accounts.rows import one_row
from accounts.selectors import ACCOUNT_COLUMNS, Account, account_made


class TokenRow(NamedTuple):
    """A token as its owner sees it: all but the token itself, which is not kept.

    ``beginning`` are its first letters. ``report`` is the name of the one report it may add to, or "".
    """

    id: int
    name: str
    beginning: str
    scopes: frozenset[str]
    add_only: bool
    report_id: int | None
    report: str
    expires: datetime | None
    created: datetime
    used: datetime | None
    used_from: str


class Holder(NamedTuple):
    """Whom a token lets in, and what for; ``used`` is when its last use was noted, in microseconds since 1970."""

    account: Account
    grant: Grant
    token_id: int
    used: int | None


class WrongToken(Exception):
    """The token opens nothing: it was never made, is revoked or has expired, or its account is closed."""


_ROW: Final = (
    "id", "name", "beginning", "scopes", "add_only", "report_id", "report__name", "expires", "created", "used",
    "used_from",
)  # fmt: skip
# By hand, like accounts.selectors.credentials: this runs on every request.
_HOLDER: Final = (
    "SELECT t.id, t.scopes, t.add_only, t.report_id, t.expires, t.used, u.is_active, "
    + ", ".join(f"u.{column}" for column in ACCOUNT_COLUMNS)
    + " FROM access_personaltoken t JOIN accounts_user u ON u.id = t.user_id WHERE t.digest = %s"
)


def token_rows(*, user_id: int) -> list[TokenRow]:
    """Return a person's tokens, newest first, also those that have expired."""
    rows = PersonalToken.objects.filter(user_id=user_id).order_by("-id").values_list(*_ROW)
    return [TokenRow._make((*row[:3], frozenset(row[3].split()), *row[4:6], row[6] or "", *row[7:])) for row in rows]


def token_holder(*, token: str, now: datetime) -> Holder:
    """Return whom a token lets in at ``now``. Raises WrongToken."""
    if not is_token(token):  # guesses end here, without a question to the database
        raise WrongToken
    row = one_row(_HOLDER, token_digest(token))
    if row is None:
        raise WrongToken
    token_id, scopes, add_only, report_id, expires, used, is_active, *columns = row
    if not is_active or (expires is not None and expires <= microseconds(now)):
        raise WrongToken
    grant = Grant("token", scopes_kept(scopes), bool(add_only), report_id)
    return Holder(account_made(*columns), grant, token_id, used)
