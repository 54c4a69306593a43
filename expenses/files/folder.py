"""Receipts in a folder of this machine, or one that several machines share with its locks."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from expenses.files import NAME, Listed

logger = logging.getLogger(__name__)


class ReceiptFolder(FileSystemStorage):
    """A folder with a folder for each owner in it."""

    def prepare(self) -> None:
        Path(self.location).mkdir(mode=0o700, exist_ok=True)  # a backup finds it before the first receipt
        name = f".tried-{uuid4().hex}"
        try:
            self.save(name, ContentFile(b"tried"))
        finally:
            self.delete(name)  # a full disk keeps an empty file, and this is tried again and again

    def put(self, name: str, content: IO[bytes]) -> None:
        aside = f"{name.partition('/')[0]}/{uuid4()}.PART"
        try:
            self.save(aside, content)
            Path(self.path(aside)).replace(self.path(name))
        except BaseException:
            self.delete(aside)
            raise

    def listed(self, owner: str = "") -> Iterator[Listed]:
        for folder in [owner] if owner else self._owners():
            with suppress(FileNotFoundError), os.scandir(self.path(folder)) as files:
                for file in files:
                    with suppress(OSError):  # it was removed meanwhile, or is a link that leads nowhere
                        if file.is_dir():
                            continue
                        found = file.stat()
                        yield Listed(
                            f"{folder}/{file.name}", found.st_size, datetime.fromtimestamp(found.st_mtime, UTC)
                        )

    def _owners(self) -> list[str]:
        return self.listdir("")[0] if self.exists("") else []

    def remove(self, name: str) -> None:
        while not self._went_or_goes(name):
            pass

    def _went_or_goes(self, name: str) -> bool:
        """Remove a file, or leave that to the backup that is under way; False where that one ends just now."""
        try:
            removals = os.open(self._removals(), os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:  # there is no backup; one that begins now finds no row of this file
            self.delete(name)
            return True
        with os.fdopen(removals, "wb", buffering=0) as listed:
            try:
                fcntl.flock(listed, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                listed.write(f"{name}\n".encode())
                return _is_there(listed)  # from when it is not there any more nobody may read it
            self.delete(name)
            return True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep files as ``ReceiptFiles`` says. Where a backup dies, the next one takes away what is left."""
        self._removals().parent.mkdir(mode=0o700, exist_ok=True)
        with self._removals_locked() as removals:
            try:
                yield
            finally:
                removals.seek(0)
                self._removed_go(removals)
                self._removals().unlink()
                # What was written meanwhile; who writes from now on sees that nobody reads it.
                self._removed_go(removals)

    @contextmanager
    def _removals_locked(self) -> Iterator[IO[bytes]]:
        while True:
            with self._removals().open("a+b", buffering=0) as removals:
                fcntl.flock(removals, fcntl.LOCK_EX)
                if _is_there(removals):  # and not that of a backup for whose end this one has waited
                    yield removals
                    return

    def _removed_go(self, removals: IO[bytes]) -> None:
        """Remove the files that are listed. One that can't be removed is logged, and a backup is not to fail for it."""
        for name in removals.read().decode(errors="replace").split("\n"):
            if not NAME.fullmatch(name):  # after a full disk or a lost power there may be anything
                continue
            try:
                self.delete(name)
            except OSError:
                logger.exception("a receipt that was removed during a backup is still there")

    def _removals(self) -> Path:
        """Return the file whose lock holds receipts, and which lists those that are to go once it is given back.

        It lies with the receipts, so that all machines that share those share it.
        """
        return Path(self.path(".removed"))


def _is_there(file: IO[bytes]) -> bool:
    """Tell whether an open file has a name still."""
    return os.fstat(file.fileno()).st_nlink > 0
