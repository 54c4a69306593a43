"""``manage.py adduser``: open an account for a person."""

import getpass
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.currencies import UnknownCurrency
from accounts.selectors import any_user
from accounts.services import BadAccount, account_check
from expenses.management.given import ledger_given
from expenses.services import account_open


class Command(BaseCommand):
    help = "Open an account. The password is asked for, or is the first line of standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--zone", default="UTC", help="the person's time zone, like Europe/Berlin")
        parser.add_argument("--currency", default="USD", help="what amounts are in, like EUR; it stays")

    def handle(self, *args: Any, email: str, zone: str, currency: str, **options: Any) -> None:
        ledger_given()
        try:
            account_check(email=email, zone=zone, currency=currency)  # before somebody has typed his password twice
            password = password_asked_for()
            is_first = not any_user()  # who opens the first account of a server runs it
            account_open(
                email=email, password=password, now=timezone.now(), zone=zone, currency=currency,
                is_staff=is_first, is_superuser=is_first,
            )  # fmt: skip
        except (BadAccount, UnknownCurrency) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{email} has an account.")


def password_asked_for() -> str:
    """Return a password typed twice alike, or the first line of standard input when that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    try:
        password, again = getpass.getpass("Password: "), getpass.getpass("Password (again): ")
    except EOFError:  # Ctrl-D
        raise CommandError("no password given") from None
    if again != password:
        raise CommandError("The two are not the same.")
    return password
