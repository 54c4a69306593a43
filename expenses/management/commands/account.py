"""``manage.py account``: what a person prefers, shown or changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import selectors
from accounts.services import BadAccount, BadRate, mileage_rate_remove, mileage_rate_set, preferences_set
from expenses.grammar import DISTANCES
from expenses.management.given import given_day, given_number, ledger_given

SAID: Final = """\
{email}
  zone          {zone}
  currency      {currency}
  hourly rate   {hourly_rate:f} {currency}
  mileage unit  {mileage_unit}
  mileage rate  {mileage_rate}
"""


class Command(BaseCommand):
    help = "Show what a person prefers, after changing what is given. Expenses keep the rates they were made with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--zone", help="time zone, like Europe/Berlin")
        parser.add_argument("--hourly-rate", metavar="RATE", help="what an hour is worth in the base currency")
        parser.add_argument("--mileage-unit", metavar="mi|km", help="what a distance is in where nothing says it")
        parser.add_argument("--mileage-rate", metavar="RATE|none", help="what one mileage unit is worth; needs --from")
        parser.add_argument(
            "--from",
            metavar="YYYY-MM-DD",
            dest="start",
            help="the day on which --mileage-rate begins; none takes it back",
        )

    def handle(self, *args: Any, email: str, mileage_rate: str | None, start: str | None, **options: Any) -> None:
        ledger_given()
        try:
            with transaction.atomic():
                preferences_change(email, options)
                if mileage_rate is not None or start is not None:
                    mileage_rate_change(email, mileage_rate, start)
                self.stdout.write(shown(selectors.account(email=email)), ending="")
        except selectors.AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        except BadAccount as problem:
            raise CommandError(str(problem)) from None


def preferences_change(email: str, options: dict[str, Any]) -> None:
    """Change those preferences that ``options`` has, if any. Raises AccountNotFound, BadAccount, CommandError."""
    given = {name: options[name] for name in ("zone", "hourly_rate", "mileage_unit") if options[name] is not None}
    if "hourly_rate" in given:
        given["hourly_rate"] = given_number("--hourly-rate", given["hourly_rate"])
    if given.get("mileage_unit", "mi") not in DISTANCES:
        message = f"--mileage-unit {given['mileage_unit']!r}: mi or km is wanted"
        raise CommandError(message)
    if given:
        with naming("--hourly"):
            preferences_set(user_id=selectors.account(email=email).id, **given)


def mileage_rate_change(email: str, rate: str | None, start: str | None) -> None:
    """Set, or take back, the rate of the unit now preferred. Raises AccountNotFound, BadAccount, CommandError."""
    if rate is None or start is None:
        raise CommandError("--mileage-rate and --from go together")
    person = selectors.account(email=email)
    day = given_day("--from", start)
    if rate == "none":
        mileage_rate_remove(user_id=person.id, unit=person.mileage_unit, valid_from=day)
        return
    number = given_number("--mileage-rate", rate)
    with naming("--mileage"):
        mileage_rate_set(user_id=person.id, unit=person.mileage_unit, valid_from=day, rate=number)


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Say of a bad rate which option it was given with: "--hourly" makes "rate -5: …" "--hourly-rate -5: …"."""
    try:
        yield
    except BadRate as problem:
        message = f"{option}-{problem}"
        raise CommandError(message) from None


def shown(person: selectors.Account) -> str:
    today = person.wall_clock(timezone.now()).date()
    own = [
        f"{rate.normalize():f} {person.currency} per {unit} since {since}"
        for unit, rate, since in selectors.mileage_rates(user_id=person.id, day=today)
    ]
    shipped = "the standard one of the United States" if person.currency == "USD" else "none"
    said = person._replace(hourly_rate=person.hourly_rate.normalize())
    return SAID.format(**said._asdict(), mileage_rate="\n                ".join(own) or shipped)
