"""An archive of all that a person owns: asked for, made by whoever does what nobody waits for, kept for some days."""

import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import IO, Final, NamedTuple

from django.conf import settings
from django.db import transaction

from accounts.retried import retried
from accounts.selectors import Account
from expenses.archives import lines
from expenses.archives.writing import About, ArchiveWriter
from expenses.files import receipt_files
from expenses.models import LedgerArchive
from expenses.selectors import (
    ARCHIVE_KEPT,
    archive_row,
    archived_categories,
    archived_currency_rates,
    archived_expenses,
    archived_mileage_rates,
    archived_person,
    archived_reports,
    archived_tags,
    archived_types,
)
from expenses.services.clock import clock_hold

_TOLD_EVERY: Final = 20  # receipts: to tell it is a write
_FORGOTTEN: Final = timedelta(days=1)
"""A file that nobody names after so long was left by somebody who was killed."""


class ArchiveNotFound(Exception):
    """The person has no archive that can be fetched."""


class OpenArchive(NamedTuple):
    """An archive, open for reading; whoever takes it closes it."""

    file: IO[bytes]
    size: int
    made: datetime


@retried
@transaction.atomic
def archive_ask(*, user_id: int, now: datetime) -> bool:
    """Note that a person wants an archive, and tell whether ``archive_make`` is to be called: not while one is made.

    What was made before goes. Raises AccountClosed.
    """
    clock_hold(user_id=user_id)
    before = archive_row(user_id=user_id, now=now)
    if before is not None and before.is_under_way:
        return False
    archive_drop(user_id=user_id)
    LedgerArchive.objects.create(user_id=user_id, asked=now)
    return True


def archive_make(
    *, owner: Account, asked: datetime, home: str, now: datetime, snapshot: Callable[[], AbstractContextManager[None]]
) -> None:
    """Make the archive that was asked for, whole or not at all; one that is not wanted any more is not made.

    ``home`` is this server's address. What is read inside a ``snapshot`` is of one moment. Raises OSError, FilesAway.
    """
    meant = LedgerArchive.objects.filter(user_id=owner.id, asked=asked, made=None, failed=False)
    if not meant.exists():
        return
    path = _folder() / f"{owner.id}-{uuid.uuid4()}.zip"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = False
    try:
        with (
            open(path, "xb", opener=partial(os.open, mode=0o600)) as file,
            ArchiveWriter(file, About(owner.email, home, now)) as writer,
        ):
            with snapshot():
                named = _lines(writer, owner.id)
            _receipts(writer, named, told=meant.update)
            writer.finish()
        kept = meant.update(made=now, file=path.name, size=path.stat().st_size) > 0
    except Exception:
        meant.update(failed=True)
        raise
    finally:
        if not kept:  # also where the account was closed meanwhile
            path.unlink(missing_ok=True)


def _lines(writer: ArchiveWriter, user_id: int) -> list[tuple[str, str]]:
    """Write all lines, and return the parts that are to hold receipts, each with the name its file is stored by."""
    writer.lines(lines.PERSON, archived_person(user_id=user_id))
    writer.lines(lines.MILEAGE_RATES, archived_mileage_rates(user_id=user_id))
    writer.lines(lines.CURRENCY_RATES, archived_currency_rates(user_id=user_id))
    writer.lines(lines.REPORTS, archived_reports(user_id=user_id))
    writer.lines(lines.CATEGORIES, archived_categories(user_id=user_id))
    writer.lines(lines.TYPES, archived_types(user_id=user_id))
    writer.lines(lines.TAGS, archived_tags(user_id=user_id))
    named: list[tuple[str, str]] = []

    def expenses() -> Iterator[lines.ExpenseLine]:
        for line, images in archived_expenses(user_id=user_id):
            named.extend(zip((receipt.file for receipt in line.receipts), images, strict=True))
            yield line

    writer.lines(lines.EXPENSES, expenses())
    return named


def _receipts(writer: ArchiveWriter, named: Sequence[tuple[str, str]], told: Callable[..., int]) -> None:
    """Write the files of receipts, telling how far that has come. One that was removed meanwhile is left out."""
    told(total=len(named))
    for done, (part, image) in enumerate(named, 1):
        with suppress(FileNotFoundError), receipt_files().open(image) as file:
            writer.receipt(part, file)
        if done % _TOLD_EVERY == 0:
            told(done=done)


def archive_fail(*, user_id: int, asked: datetime) -> None:
    """Say that an archive was not made: whoever was at it was killed each time, and nobody will be at it any more."""
    LedgerArchive.objects.filter(user_id=user_id, asked=asked, made=None).update(failed=True)


def archive_open(*, user_id: int, now: datetime) -> OpenArchive:
    """Open the person's archive. Raises ArchiveNotFound."""
    row = archive_row(user_id=user_id, now=now)
    if row is None or row.made is None:
        raise ArchiveNotFound
    try:
        return OpenArchive((_folder() / row.file).open("rb"), row.size, row.made)
    except FileNotFoundError:  # a backup has the rows, and not these files
        raise ArchiveNotFound from None


@retried
@transaction.atomic
def archive_drop(*, user_id: int) -> None:
    """Forget the person's archive, its file too once that is committed; where there is none nothing happens."""
    found = LedgerArchive.objects.filter(user_id=user_id)
    for name in found.exclude(file="").values_list("file", flat=True):
        _remove_once_committed(name)
    found.delete()


def archives_forget(*, now: datetime) -> None:
    """Remove what was kept for long enough, whoever's, and files that nobody names."""
    LedgerArchive.objects.filter(asked__lte=now - ARCHIVE_KEPT).delete()
    named = set(LedgerArchive.objects.values_list("file", flat=True))
    for path in _folder().glob("*.zip"):
        with suppress(FileNotFoundError):  # another machine's worker was faster
            if path.name not in named and path.stat().st_mtime < (now - _FORGOTTEN).timestamp():
                path.unlink()


def _folder() -> Path:
    return Path(settings.ARCHIVES)


def _remove_once_committed(name: str) -> None:
    def remove() -> None:  # Django names in its log what fails, and a partial has no name
        (_folder() / name).unlink(missing_ok=True)

    transaction.on_commit(remove, robust=True)
