"""``manage.py operator``: make somebody an operator, or one no more."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.operators import LastOperator, operator_set
from accounts.selectors import AccountNotFound, account
from expenses.management.given import ledger_given


class Command(BaseCommand):
    help = "Make a person an operator, who has the pages under /operator/; with --no one no more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--no", action="store_true", help="he is one no more")

    def handle(self, *args: Any, email: str, no: bool, **options: Any) -> None:
        ledger_given()
        try:
            person = account(email=email)
            operator_set(user_id=person.id, is_operator=not no)
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        except LastOperator as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{person.email} is {'no operator' if no else 'an operator'}.")
