"""``manage.py invite``: make a link with which somebody opens an account for himself."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.invitations import invitation_create
from accounts.services import BadEmail
from expenses.management.given import ledger_given
from xpenser.mail import invitation_send, join_link


class Command(BaseCommand):
    help = "Make a link that opens one account, within two weeks; with EMAIL for that address, and mailed to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", default="", metavar="EMAIL")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        if settings.SIGN_UP == "closed":
            message = "SIGN_UP is closed, so a link would open nothing: set SIGN_UP=invited, for the server too"
            raise CommandError(message)
        ledger_given()
        try:
            with transaction.atomic():
                link = join_link(invitation_create(email=email, now=timezone.now()))
                if email:
                    invitation_send(email=email, link=link)
        except BadEmail as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(link)
