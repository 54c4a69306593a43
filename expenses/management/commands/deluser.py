"""``manage.py deluser``: delete an account with all that is in its ledger."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.selectors import AccountNotFound, account
from expenses.management.given import ledger_given
from expenses.services import account_close


class Command(BaseCommand):
    help = "Delete an account: its expenses, reports, receipts and preferences. They can't be brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--yes", action="store_true", help="don't ask whether it is meant")

    def handle(self, *args: Any, email: str, yes: bool, **options: Any) -> None:
        ledger_given()
        try:
            owner = account(email=email)
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        if not yes and input(f"Delete {owner.email} with all expenses and receipts, for good? [y/N] ").strip() != "y":
            raise CommandError("Nothing was deleted.")
        account_close(user_id=owner.id, now=timezone.now())
        self.stdout.write(f"{owner.email} and all that was in the ledger is deleted.")
