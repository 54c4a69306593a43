"""``manage.py rates``: what currencies are worth, from the European Central Bank or by hand."""

from contextlib import closing
from datetime import date
from http.client import HTTPException, IncompleteRead
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    UnknownHandler,
)

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.currencies import UnknownCurrency
from accounts.selectors import Account, AccountNotFound, account
from expenses.ecb import MOST_BYTES, BadRatesFile, read_ecb
from expenses.management.given import given_day, given_number, ledger_given
from expenses.services import (
    BadRate,
    NoSuchRate,
    SameCurrency,
    currency_rate_remove,
    currency_rate_set,
    reference_rates_load,
)
from xpenser.watching import watching

HISTORY: Final = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip"
PATIENCE_SECONDS: Final = 30


class Command(BaseCommand):
    help = (
        "Load the reference rates of the European Central Bank, which hold for everybody, from its XML or CSV files,"
        f" packed or not. All since 1999: {HISTORY}. Loading a file again changes nothing."
        " With --user, set a rate of one person instead."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("source", nargs="?", metavar="FILE-or-URL", help="a file, or an address in http or https")
        what.add_argument(
            "--user", nargs=3, metavar=("EMAIL", "CURRENCY", "RATE|none"),
            help="a person's own rate: what one unit of CURRENCY is worth in the base currency of the account;"
            " none takes back the one that begins on the day",
        )  # fmt: skip
        parser.add_argument("--day", metavar="YYYY-MM-DD", help="with --user, from when on; without it, from today")

    def handle(self, *args: Any, source: str | None, user: list[str] | None, day: str | None, **options: Any) -> None:
        ledger_given()
        if user:
            self.set_own(*user, day=day)
        elif day is None:
            self.load(source or "")
        else:
            raise CommandError("--day goes with --user; a file says its days itself")

    def load(self, source: str) -> None:
        content = _content(source)
        try:
            written = reference_rates_load(read_ecb(content), watch=watching(self.stderr))
        except BadRatesFile as problem:
            page = content.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))
            reason = f"this is a web page, not a file of rates; those since 1999: {HISTORY}" if page else problem
            message = f"{source}: {reason}"
            raise CommandError(message) from None
        self.stdout.write(f"{written} rates are new or have changed.")

    def set_own(self, email: str, currency: str, rate: str, *, day: str | None) -> None:
        try:
            owner = account(email=email)
            start = owner.wall_clock(timezone.now()).date() if day is None else given_day("--day", day)
            said = self.changed(owner, currency, start, rate)
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        except (UnknownCurrency, SameCurrency, BadRate, NoSuchRate) as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{said} for {owner.email} from {start} on.")

    @staticmethod
    def changed(owner: Account, currency: str, start: date, rate: str) -> str:
        """Set the rate or take it back, and say what holds now."""
        code = currency.upper()
        if rate == "none":
            currency_rate_remove(user_id=owner.id, currency=currency, base=owner.currency, day=start)
            return f"1 {code} is what it was before"
        number = given_number("RATE", rate)
        currency_rate_set(user_id=owner.id, currency=currency, base=owner.currency, day=start, rate=number)
        return f"1 {code} is {number:f} {owner.currency}"


def _content(source: str) -> bytes:
    """Return what is in the file or at the address, or one byte more than may be in it."""
    try:
        return _read(source)
    except (OSError, HTTPException, ValueError) as problem:
        if isinstance(problem, HTTPError):
            problem.close()
        message = f"{source}: {_reason(problem)}"
        raise CommandError(message) from None


def _reason(problem: Exception) -> str:
    """Return why, in a line: without the number that the system has for it, and without the name again."""
    cause = problem.reason if type(problem) is URLError else problem
    return " ".join(str(getattr(cause, "strerror", None) or cause).split())


def _read(source: str) -> bytes:
    if source.lower().startswith(("http://", "https://")):
        return _downloaded(source)
    if "://" in source:
        raise ValueError("an address in http or https is wanted")
    with Path(source).open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _downloaded(url: str) -> bytes:
    opener = OpenerDirector()
    # Not urlopen: it would follow a redirection to ftp.
    for handler in (
        ProxyHandler, UnknownHandler, HTTPHandler, HTTPSHandler,
        HTTPDefaultErrorHandler, HTTPRedirectHandler, HTTPErrorProcessor,
    ):  # fmt: skip
        opener.add_handler(handler())
    with closing(opener.open(url, timeout=PATIENCE_SECONDS)) as answer:
        content = bytes(answer.read(MOST_BYTES + 1))
        # A connection that breaks looks like an end, and half a CSV file like a whole one.
        if answer.length and len(content) <= MOST_BYTES:
            raise IncompleteRead(content, answer.length)
        return content
