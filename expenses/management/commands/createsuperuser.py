"""``manage.py createsuperuser``: Django's command, opening the account whole, as every other way in does."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.services import BadAccount
from expenses.management.commands.adduser import password_asked_for
from expenses.management.given import ledger_given
from expenses.services import account_open


class Command(BaseCommand):
    help = "Open an account that may do everything. With --noinput: DJANGO_SUPERUSER_EMAIL, DJANGO_SUPERUSER_PASSWORD."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default=os.environ.get("DJANGO_SUPERUSER_EMAIL", ""))
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")

    def handle(self, *args: Any, email: str, interactive: bool, **options: Any) -> None:
        ledger_given()
        if not email and interactive:
            email = input("Email: ")
        password = password_asked_for() if interactive else os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if not (email and password):
            raise CommandError("An e-mail address and a password are needed.")
        try:
            account_open(email=email, password=password, now=timezone.now(), is_staff=True, is_superuser=True)
        except BadAccount as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{email} has an account, and may do everything.")
