"""What an operator types behind an option, read; or refused in one line."""

from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection


def given_day(name: str, text: str) -> date:
    """Return the day that ``text`` spells. Raises CommandError, naming the option."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{name} {text!r}: a date like 2026-11-20 is wanted"
        raise CommandError(message) from None


def given_number(name: str, text: str) -> Decimal:
    """Return the number that ``text`` spells. Raises CommandError, naming the option."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        message = f"{name} {text!r}: a number like 1.08 is wanted"
        raise CommandError(message)
    return number


def ledger_given() -> None:
    """See that there is a ledger where the environment says. Raises CommandError, saying how there comes to be one."""
    if not _is_there() or "accounts_user" not in connection.introspection.table_names():
        message = "there is no ledger here yet: start the server once, with the same XPENSER_DATA or DATABASE_URL"
        raise CommandError(message)


def _is_there() -> bool:
    """Tell whether there is a database to look into: SQLite makes the file that it is to open."""
    name = str(connection.settings_dict["NAME"])
    return connection.vendor != "sqlite" or name.startswith("file:") or Path(name).exists()  # file: is in memory
