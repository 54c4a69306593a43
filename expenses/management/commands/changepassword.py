"""``manage.py changepassword``: Django's command, finding the account and keeping the ledger as ours do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.selectors import AccountNotFound, account
from accounts.services import BadAccount, password_set
from expenses.management.commands.adduser import password_asked_for
from expenses.management.given import ledger_given


class Command(BaseCommand):
    help = "Change a person's password. The new one is asked for, or is the first line of standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        ledger_given()
        try:
            person = account(email=email)
            password_set(user_id=person.id, password=password_asked_for())
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        except BadAccount as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{person.email} has a new password.")
