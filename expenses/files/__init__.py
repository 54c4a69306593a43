"""Where the files of receipts are: in a folder, or in a bucket of a storage that speaks S3.

A name is ``<user id>/<uuid4>.<EXT>`` and is never used twice, so it always stands for the same content. What is made
of a receipt lies beside it.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import IO, Final, NamedTuple, Protocol, cast

from django.core.files.base import File
from django.core.files.storage import default_storage

from accounts.throttled import Throttled

NAME: Final = re.compile(r"[0-9]+/[A-Za-z0-9-]+\.[A-Za-z0-9]+", re.ASCII)
_COME_AGAIN: Final = 5


class FilesAway(Throttled):
    """The storage of receipts did not do what it was asked. ``why`` is for the operator, and names no receipt."""

    def __init__(self, why: str) -> None:
        super().__init__(_COME_AGAIN)
        self.why = why


class Listed(NamedTuple):
    """A file that is there, of ``size`` bytes."""

    name: str
    size: int
    modified: datetime


class ReceiptFiles(Protocol):
    """What receipts ask of either. Where it is a bucket, all of it raises FilesAway."""

    def prepare(self) -> None:
        """See that files can be kept: write one, and take it away."""

    def save(self, name: str, content: IO[bytes]) -> str:
        """Keep a file, whole or not at all, and return its name."""

    def put(self, name: str, content: IO[bytes]) -> None:
        """Keep a file, whole or not at all, in the place of one of that name."""

    def open(self, name: str) -> "File[bytes]":
        """Return a file. Raises FileNotFoundError."""

    def listed(self, owner: str = "") -> Iterator[Listed]:
        """Give the files that there are, or those of one owner."""

    def delete(self, name: str) -> None:
        """Remove a file, now, if it is there."""

    def remove(self, name: str) -> None:
        """Remove a file that no row names any more, once no backup may need it."""

    def held(self) -> AbstractContextManager[None]:
        """Keep the files of all rows that there are until the block ends; what was removed meanwhile goes then."""


def receipt_files() -> ReceiptFiles:
    """Return where receipts are kept."""
    return cast("ReceiptFiles", default_storage)
