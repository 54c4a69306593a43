"""``manage.py doctor``: look at everything, and say what to do."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from django.utils import timezone

from expenses.files import FilesAway
from expenses.management.given import ledger_given
from expenses.receipts import Watch, receipts_tidy
from xpenser.health import State, all_checks
from xpenser.watching import watching


class Command(BaseCommand):
    help = "Look at database, receipts, disk, clock, mail and settings, and say what to do. Status 1: something is bad."
    requires_system_checks = ()  # they are among what is looked at

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tidy", action="store_true", help="first remove files that belong to no receipt")
        parser.add_argument("--no-input", "--noinput", action="store_false", dest="interactive", help="and do not ask")

    def handle(self, *args: Any, tidy: bool, interactive: bool, **options: Any) -> None:
        watch = watching(self.stderr)
        with suppress(Error):  # a database that can't be asked is what is looked at first
            ledger_given()
        if tidy:
            self.tidy(watch, agreed=asked if interactive else lambda stray, files: True)
        found = all_checks(now=timezone.now(), most_receipts=None, watch=watch)
        for check in found:
            self.stdout.write(f"{check.state:<8}{check.name}: {check.said}")
            if check.advice:
                self.stdout.write(f"{'':8}{check.advice}")
        bad = sum(check.state is State.BAD for check in found)
        if bad:
            message = f"{bad} of {len(found)} are bad."
            raise CommandError(message)

    def tidy(self, watch: Watch, *, agreed: Callable[[int, int], bool]) -> None:
        try:
            removed = receipts_tidy(now=timezone.now(), watch=watch, agreed=agreed)
        except (Error, OSError) as problem:
            message = f"The files of receipts can't be tidied: {problem}"
            raise CommandError(message) from None
        except FilesAway as problem:
            message = f"The files of receipts can't be tidied: {problem.why}"
            raise CommandError(message) from None
        self.stdout.write(f"{removed} files that belong to no receipt were removed.")


def asked(stray: int, files: int) -> bool:
    """Ask whether files may go; where nobody answers they may not."""
    ledger = f"{connection.vendor}, {connection.settings_dict['NAME']}"
    try:
        said = input(f"{stray} of {files} files belong to no receipt of this ledger ({ledger}). Remove them? [y/N] ")
    except EOFError:
        return False
    return said.strip().lower() in {"y", "yes"}
