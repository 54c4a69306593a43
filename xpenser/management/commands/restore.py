"""``manage.py restore``: make a server of a backup again, or prove that it could be done."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError

from expenses.files import FilesAway, receipt_files
from xpenser.backups.archive import Archive, BadArchive
from xpenser.backups.restoring import NoKey, NotEmpty, NotMovable, OtherKey, restore
from xpenser.holding import FolderInUse
from xpenser.management.commands.backup import content
from xpenser.watching import watching


class Command(BaseCommand):
    help = "Fill an empty XPENSER_DATA, and an empty database if DATABASE_URL names one, from what `backup` made."
    requires_system_checks = ()
    database = DEFAULT_DB_ALIAS

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--verify", action="store_true", help="only prove that FILE is whole, and touch nothing")
        parser.add_argument(
            "--lose-secrets", action="store_true", help="go on without the key that the backup's secrets are under"
        )

    def handle(self, *args: Any, file: Path, verify: bool, lose_secrets: bool, **options: Any) -> None:
        watch = watching(self.stderr)
        try:
            with Archive(file) as archive:
                exhaust(watch(archive.check(), archive.manifest.parts, "parts proven"))
                if not verify:
                    restore(
                        archive, data=settings.ENV.data, bucket=receipt_files() if settings.ENV.receipts_s3 else None,
                        using=self.database, lose_secrets=lose_secrets, watch=watch,
                    )  # fmt: skip
        except BadArchive as problem:
            message = f"{file}: {problem}"
            raise CommandError(message) from None
        except (FolderInUse, NotEmpty, NotMovable, OtherKey, NoKey) as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            message = f"{problem.filename or settings.ENV.data}: {problem.strerror}"
            raise CommandError(message) from None
        except FilesAway as problem:
            message = f"RECEIPTS_S3: {problem.why}"
            raise CommandError(message) from None
        except DatabaseError as problem:
            message = f"the database refuses it: {problem}"
            raise CommandError(message) from None
        self.stdout.write(f"{file} is whole{'' if verify else ', and restored'}: {content(archive.manifest)}.")
        if archive.manifest.missing:
            self.stderr.write(f"When it was made the files of {archive.manifest.missing} receipts were missing.")


def exhaust(items: Iterable[Any]) -> None:
    for _ in items:
        pass
