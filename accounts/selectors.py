"""Questions about people. Answers are values, never models."""

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from accounts.models import MileageRate, User
from accounts.names import lookup_key
from accounts.rows import one_row


class Account(NamedTuple):
    """A person, as every question and every change needs him. ``hourly_rate`` is in the base currency.

    ``language`` is "" for whichever the browser asks for.
    """

    id: int
    email: str
    zone: str
    currency: str
    hourly_rate: Decimal
    mileage_unit: str
    language: str = ""

    @property
    def is_authenticated(self) -> bool:
        """Whoever has been found has shown who he is: what DRF's IsAuthenticated asks."""
        return True

    def wall_clock(self, now: datetime) -> datetime:
        """Return what the person's clock shows at the instant ``now``: without zone, to the second."""
        return now.astimezone(ZoneInfo(self.zone)).replace(tzinfo=None, microsecond=0)


class Credentials(NamedTuple):
    """What a password is checked against; ``password_is_enough``: no second factor is to be shown with it."""

    account: Account
    password_hash: str
    is_active: bool
    password_is_enough: bool


class AccountNotFound(Exception):
    """No account has this name."""


ACCOUNT_COLUMNS: Final = ("id", "email", "zone", "currency", "hourly_rate", "mileage_unit", "language")
"""The columns of ``accounts_user`` that ``account_made`` takes, for questions written by hand."""

# By hand: this runs on every request, and the ORM's way takes ten times as long.
_CREDENTIALS = (
    f"SELECT password, is_active, password_is_enough, {', '.join(ACCOUNT_COLUMNS)} FROM accounts_user"
    " WHERE email_key = %s"
)


@lru_cache(maxsize=4096)
def account_made(*columns: Any) -> Account:
    """Return the account of which ACCOUNT_COLUMNS were read as the database holds them."""
    user_id, email, zone, currency, hourly_rate, mileage_unit, language = columns
    return Account(user_id, email, zone, currency, Decimal(hourly_rate).scaleb(-12), mileage_unit, language)


def credentials(*, email: str) -> Credentials:
    """Return what the password of ``email`` is checked against. Raises AccountNotFound."""
    row = one_row(_CREDENTIALS, lookup_key(email))  # nobody's key is NULL
    if row is None:
        raise AccountNotFound
    password_hash, is_active, password_is_enough, *columns = row
    return Credentials(account_made(*columns), password_hash, bool(is_active), bool(password_is_enough))


def account(*, email: str) -> Account:
    """Return the account of ``email``. Raises AccountNotFound."""
    return credentials(email=email).account


def base_currency(*, user_id: int) -> str:
    """Return the currency that the person's ledger is in. Raises AccountNotFound."""
    row = one_row("SELECT currency FROM accounts_user WHERE id = %s", user_id)
    if row is None:
        raise AccountNotFound
    return str(row[0])


def any_user() -> bool:
    """Tell whether anybody has an account here."""
    return User.objects.exists()


def opened(*, user_ids: Collection[int]) -> dict[int, datetime]:
    """Return since when there have been the accounts of ``user_ids``, of those that there are."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "created"))


class OwnRate(NamedTuple):
    """What a person gets per ``unit`` ("mi" or "km"), in the base currency, and since when."""

    unit: str
    rate: Decimal
    since: date


def mileage_rates(*, user_id: int, day: date) -> list[OwnRate]:
    """Return the rates that the person set and that hold on ``day``: one for each unit at most."""
    rows = MileageRate.objects.filter(user_id=user_id, valid_from__lte=day).order_by("valid_from")
    newest = {row.unit: OwnRate(row.unit, row.rate, row.valid_from) for row in rows}
    return [newest[unit] for unit in sorted(newest)]


def all_mileage_rates(*, user_id: int) -> list[OwnRate]:
    """Return every rate that the person ever set, newest first; those of one day by unit."""
    rates = MileageRate.objects.filter(user_id=user_id).order_by("-valid_from", "unit")
    return [OwnRate(*row) for row in rates.values_list("unit", "rate", "valid_from")]
