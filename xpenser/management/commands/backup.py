"""``manage.py backup``: the whole server in one file, while it serves."""

from argparse import BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from expenses.files import FilesAway
from expenses.management.given import ledger_given
from xpenser.backups.archive import BadArchive, Manifest
from xpenser.backups.taking import backup_take
from xpenser.watching import watching


class Command(BaseCommand):
    help = "Put database, receipts and keys into FILE, for `restore`; the server may go on serving."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--keys", action=BooleanOptionalAction, default=True,
            help="take secret_key and tls/ along; without secret_key the secrets of OAuth and second factors are lost",
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, keys: bool, verbosity: int, **options: Any) -> None:
        if file.exists():
            message = f"{file} is there already, and a backup takes the place of nothing"
            raise CommandError(message)
        try:
            ledger_given()
            see_migrated()
            made = backup_take(
                file, data=settings.ENV.data, using=DEFAULT_DB_ALIAS, with_keys=keys,
                secret_keys=[settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS], now=timezone.now(),
                watch=watching(self.stderr),
            )  # fmt: skip
        except BadArchive as problem:
            raise CommandError(str(problem)) from None
        except OSError as problem:
            message = f"{problem.filename or file}: {problem.strerror}"
            raise CommandError(message) from None
        except FilesAway as problem:
            message = f"RECEIPTS_S3: {problem.why}"
            raise CommandError(message) from None
        except DatabaseError as problem:
            message = f"the database can't be read: {problem}"
            raise CommandError(message) from None
        if verbosity:
            self.stdout.write(f"{file}: {content(made)}.")
        if made.missing or made.damaged:
            message = (
                f"{file} holds what there is, but the files of {made.missing} receipts are missing or closed to us, and"
                f" those of {made.damaged} are not as they were stored: look for them in an older backup"
            )
            raise CommandError(message)


def see_migrated() -> None:
    """Raise CommandError where the database has other tables and columns than this program knows."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if executor.migration_plan(loader.graph.leaf_nodes()):
        message = "the database is not as this program wants it: start the server once, which migrates it"
        raise CommandError(message)
    for app, name in sorted(loader.applied_migrations.keys() - loader.disk_migrations.keys()):
        if app in loader.migrated_apps:
            message = f"the database is newer than this program: {app}.{name} is not known here, nor what it added"
            raise CommandError(message)


def content(manifest: Manifest) -> str:
    """Return in words what an archive holds."""
    keys = "the keys" if manifest.keys else "no keys"
    return f"{manifest.rows} rows, {manifest.files} receipts, {keys}, of {manifest.made}"
