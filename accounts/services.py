"""What may be done to people. An account is opened by ``expenses.services.account_open``, which calls this."""

import zoneinfo
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from accounts.currencies import currency_code
from accounts.hashers import LONGEST_PASSWORD
from accounts.languages import LANGUAGES
from accounts.models import MileageRate, User
from accounts.names import name_key
from accounts.retried import retried
from accounts.sentences import sentence


class BadAccount(ValueError):
    """What was said about an account can't be kept. The message may be shown."""


class BadEmail(BadAccount):
    def __init__(self, email: str) -> None:
        super().__init__(sentence("email %(email)s: an address like me@example.com is wanted", email=repr(email[:80])))


class EmailTaken(BadAccount):
    def __init__(self, email: str) -> None:
        super().__init__(sentence("email %(email)s: there is an account of this name", email=repr(email[:80])))


class WeakPassword(BadAccount):
    def __init__(self, reasons: list[str]) -> None:
        super().__init__(sentence("password: %(reasons)s", reasons=" ".join(reasons)))


class UnknownZone(BadAccount):
    def __init__(self, zone: str) -> None:
        super().__init__(sentence("zone %(zone)s: a zone like Europe/Berlin is wanted", zone=repr(zone[:80])))


class UnknownMileageUnit(BadAccount):
    def __init__(self, unit: str) -> None:
        super().__init__(sentence("mileage unit %(unit)s: mi or km is wanted", unit=repr(unit[:80])))


class UnknownLanguage(BadAccount):
    def __init__(self, language: str) -> None:
        known = ", ".join(LANGUAGES)
        super().__init__(
            sentence("language %(language)s: one of %(known)s is wanted", language=repr(language[:80]), known=known)
        )


class BadRate(BadAccount):
    def __init__(self, rate: Decimal) -> None:
        super().__init__(
            sentence("rate %(rate)s: a number from 0 to 1000000 with at most 12 decimals is wanted", rate=rate)
        )


class NoSuchMileageRate(BadAccount):
    def __init__(self, unit: str, valid_from: date) -> None:
        super().__init__(
            sentence("mileage rate: none per %(unit)s begins on %(valid_from)s", unit=unit, valid_from=valid_from)
        )


def email_check(email: str) -> None:
    """See that an account can have this name, whoever has it now. Raises BadEmail."""
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        raise BadEmail(email) from None
    # Basic credentials end the name at the first colon (wire §1.0.6).
    if ":" in email or len(email) > 254 or len(name_key(email)) > 254:
        raise BadEmail(email)


def account_check(*, email: str, zone: str, currency: str) -> None:
    """See that an account can be opened, but for its password. Raises BadAccount, or UnknownCurrency."""
    email_check(email)
    _check_free(email.strip())
    _check_zone(zone)
    currency_code(currency)


def user_create(
    *,
    email: str,
    password: str | None,
    now: datetime,
    zone: str = "UTC",
    currency: str = "USD",
    is_staff: bool = False,
    is_superuser: bool = False,
) -> User:
    """Store a person and return the row. Raises BadAccount, or UnknownCurrency, naming what is wrong.

    ``password`` is None for who has none, because somebody else says who he is; it is refused everywhere.
    """
    account_check(email=email, zone=zone, currency=currency)
    email, code = email.strip(), currency_code(currency)
    user = User(
        email=email, email_key=name_key(email), zone=zone, currency=code,
        is_staff=is_staff, is_superuser=is_superuser, created=now,
    )  # fmt: skip
    if password is not None:
        password_check(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:  # somebody else took the name since it was looked for
        raise EmailTaken(email) from None
    return user


def user_delete(*, user_id: int) -> None:
    """Delete a person with every row that is his, whatever the app."""
    User.objects.get(pk=user_id).delete()


@retried
def email_set(*, user_id: int, email: str) -> None:
    """Give a person another name to sign in by. Raises BadEmail, EmailTaken."""
    email_check(email)
    email = email.strip()
    _check_free(email, besides=user_id)
    try:
        with transaction.atomic():
            User.objects.filter(pk=user_id).update(email=email, email_key=name_key(email))
    except IntegrityError:  # somebody else took the name since it was looked for
        raise EmailTaken(email) from None


def password_check(password: str, user: User | None = None) -> None:
    """See that a password is good enough, for ``user`` if he is known. Raises WeakPassword."""
    if len(password) > LONGEST_PASSWORD:
        too_long = gettext("This password is too long. At most %(most)d characters are read.")
        raise WeakPassword([too_long % {"most": LONGEST_PASSWORD}])
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(error.messages) from None


@retried
def password_set(*, user_id: int, password: str) -> None:
    """Change a person's password. Raises WeakPassword."""
    user = User.objects.get(pk=user_id)
    password_check(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


@retried
@transaction.atomic
def second_factor_note(*, user_id: int, has_one: Callable[[], bool]) -> None:
    """Note whether the person has a second factor, without which his password opens nothing by itself.

    ``has_one`` is asked when nobody else can change the answer: who notes waits for who noted before.
    """
    list(User.objects.select_for_update().filter(pk=user_id))
    User.objects.filter(pk=user_id).update(password_is_enough=not has_one())


@retried
def preferences_set(
    *,
    user_id: int,
    zone: str | None = None,
    hourly_rate: Decimal | None = None,
    mileage_unit: str | None = None,
    language: str | None = None,
) -> None:
    """Change what is given. Raises BadAccount. Expenses keep the rates they were made with.

    ``language`` is one of ``accounts.languages``, or "" for whichever the browser asks for.

    The base currency is not among them, as amounts of the ledger are in it: ``expenses.services.base_currency_set``.
    """
    changes: dict[str, Any] = {}
    if zone is not None:
        _check_zone(zone)
        changes["zone"] = zone
    if hourly_rate is not None:
        _check_rate(hourly_rate)
        changes["hourly_rate"] = hourly_rate
    if mileage_unit is not None:
        changes["mileage_unit"] = _checked_unit(mileage_unit)
    if language is not None:
        if language and language not in LANGUAGES:
            raise UnknownLanguage(language)
        changes["language"] = language
    # What was not given is not written: to read it first and write it back would undo a change made meanwhile.
    if changes:
        User.objects.filter(pk=user_id).update(**changes)


def base_currency_put(*, user_id: int, code: str) -> None:
    """Write down another base currency. ``expenses.services.base_currency_set`` has seen that the ledger allows it."""
    User.objects.filter(pk=user_id).update(currency=code)


@retried
def mileage_rate_set(*, user_id: int, unit: str, valid_from: date, rate: Decimal) -> None:
    """Set what the person gets per ``unit`` ("mi" or "km") from a day on. Raises BadRate, UnknownMileageUnit."""
    _check_rate(rate)
    MileageRate.objects.update_or_create(
        user_id=user_id, unit=_checked_unit(unit), valid_from=valid_from, defaults={"rate": rate}
    )


@retried
def mileage_rate_remove(*, user_id: int, unit: str, valid_from: date) -> None:
    """Take back the rate per ``unit`` that begins on a day; the one before it holds on. Raises NoSuchMileageRate."""
    if not MileageRate.objects.filter(user_id=user_id, unit=unit, valid_from=valid_from).delete()[0]:
        raise NoSuchMileageRate(unit, valid_from)


def _check_free(email: str, *, besides: int = 0) -> None:
    if User.objects.filter(email_key=name_key(email)).exclude(pk=besides).exists():
        raise EmailTaken(email)


def _check_zone(zone: str) -> None:
    if zone not in _zones():
        raise UnknownZone(zone)


@cache
def _zones() -> frozenset[str]:
    """Return the names of all zones: to find them opens six hundred files."""
    return frozenset(zoneinfo.available_timezones())


def _checked_unit(unit: str) -> str:
    if unit not in User.MileageUnit.values:
        raise UnknownMileageUnit(unit)
    return unit


def _check_rate(rate: Decimal) -> None:
    exponent = rate.as_tuple().exponent
    if not rate.is_finite() or not 0 <= rate <= 1_000_000 or (isinstance(exponent, int) and exponent < -12):
        raise BadRate(rate)
