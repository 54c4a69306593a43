"""``manage.py copyreceipts``: bring receipts from the data folder into a bucket, or back."""

from typing import Any, cast

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from expenses.files import FilesAway, ReceiptFiles, receipt_files
from expenses.management.given import ledger_given
from expenses.receipts import receipts_copy
from xpenser.watching import watching


class Command(BaseCommand):
    help = "Copy receipts from the data folder into the bucket of RECEIPTS_S3, but for those that are there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--back", action="store_true", help="the other way round: from the bucket into the folder")

    def handle(self, *args: Any, back: bool, **options: Any) -> None:
        if settings.ENV.receipts_s3 is None:
            message = "RECEIPTS_S3 names no bucket: receipts are in the data folder"
            raise CommandError(message)
        bucket, folder = receipt_files(), cast("ReceiptFiles", storages.create_storage(settings.RECEIPTS_FOLDER))
        source, target = (bucket, folder) if back else (folder, bucket)
        try:
            ledger_given()
            done = receipts_copy(source=source, target=target, watch=watching(self.stderr))
        except FilesAway as problem:
            message = f"RECEIPTS_S3: {problem.why}"
            raise CommandError(message) from None
        except OSError as problem:
            message = f"{problem.filename}: {problem.strerror}"
            raise CommandError(message) from None
        except DatabaseError as problem:
            message = f"the database can't be read: {problem}"
            raise CommandError(message) from None
        self.stdout.write(f"{done.copied} receipts were copied; none was removed where it came from.")
        if done.amiss:
            message = f"{len(done.amiss)} are missing, or not as they were stored: {', '.join(done.amiss[:5])}"
            raise CommandError(message)
