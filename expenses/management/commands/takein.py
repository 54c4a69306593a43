"""``manage.py takein``: take a person's archive, of any size, into a ledger."""

import hashlib
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.selectors import Account, AccountNotFound, account
from expenses.archives.reading import Archive, BadArchive
from expenses.files import FilesAway
from expenses.management.given import ledger_given
from expenses.services import ArchivePlan, LedgerChanged, OtherCurrency, ReportClosed, archive_plan, archive_take


class Command(BaseCommand):
    help = "Take FILE, which somebody made of a ledger on “Your data”, into that of EMAIL: all of it or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="only say what would come")
        parser.add_argument(
            "--as-it-was",
            action="store_true",
            help="make an unused ledger that of FILE, with settings and instants of change; programs that have read it"
            " already don't hear of what comes",
        )

    def handle(self, *args: Any, email: str, file: Path, dry_run: bool, as_it_was: bool, **options: Any) -> None:
        ledger_given()
        try:
            plan = taken_in(account(email=email), file, as_it_was=as_it_was, dry_run=dry_run)
        except AccountNotFound:
            message = f"{email}: no account has this name"
            raise CommandError(message) from None
        except (BadArchive, LedgerChanged, OtherCurrency, ReportClosed) as problem:
            message = f"{file}: {problem}"
            raise CommandError(message) from None
        except FilesAway as problem:
            message = f"RECEIPTS_S3: {problem.why}"
            raise CommandError(message) from None
        except OSError as problem:
            message = f"{problem.filename or file}: {problem.strerror}"
            raise CommandError(message) from None
        if as_it_was and not plan.as_it_was:
            self.stderr.write("The ledger was used before: what is there stays, and what is missing comes as new.")
        self.stdout.write(
            f"{'Would come' if dry_run else 'Came'}: expenses {len(plan.expenses)} (deleted {plan.deleted}),"
            f" receipts {plan.receipts}, reports {len(plan.reports)}."
            f" There already: expenses {plan.there + plan.alike}."
        )


def taken_in(owner: Account, path: Path, *, as_it_was: bool, dry_run: bool) -> ArchivePlan:
    """Take an archive in, unless that is only to be tried, and return what came."""
    with path.open("rb") as file, Archive(file) as archive:
        archive.check()
        plan = archive_plan(owner=owner, archive=archive, as_it_was=as_it_was, now=timezone.now())
        if not dry_run:
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            archive_take(
                owner=owner, archive=archive, plan=plan, name=path.name, sha256=sha256, now=timezone.now()
            )  # fmt: skip
        return plan
