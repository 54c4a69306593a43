"""``manage.py dropfactors``: for who has lost phone, passkeys and codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import AccountNotFound, account
from expenses.management.given import ledger_given
from web.coming_in.factors import factors_drop


class Command(BaseCommand):
    help = "Take a person's second factors away, all of them: then the password is enough again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        ledger_given()
        try:
            person = account(email=email)
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        factors_drop(user_id=person.id)
        self.stdout.write(f"{person.email} has no second factor.")
