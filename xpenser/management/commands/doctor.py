"""``manage.py doctor``: look at everything, and say what to do."""

from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils import timezone

from expenses.management.given import ledger_given
from expenses.receipts import receipts_tidy
from xpenser.health import State, all_checks
from xpenser.watching import watching


class Command(BaseCommand):
    help = "Look at database, receipts, disk, clock, mail and settings, and say what to do. Status 1: something is bad."
    requires_system_checks = ()  # they are among what is looked at

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tidy", action="store_true", help="first remove files that belong to no receipt")

    def handle(self, *args: Any, tidy: bool, **options: Any) -> None:
        watch = watching(self.stderr)
        with suppress(Error):  # a database that can't be asked is what is looked at first
            ledger_given()
        if tidy:
            removed = receipts_tidy(now=timezone.now(), watch=watch)
            self.stdout.write(f"{removed} files that belong to no receipt were removed.")
        found = all_checks(now=timezone.now(), most_receipts=None, watch=watch)
        for check in found:
            self.stdout.write(f"{check.state:<8}{check.name}: {check.said}")
            if check.advice:
                self.stdout.write(f"{'':8}{check.advice}")
        bad = sum(check.state is State.BAD for check in found)
        if bad:
            message = f"{bad} of {len(found)} are bad."
            raise CommandError(message)
