"""Who works on a data folder: servers beside each other, or one that makes it anew."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class FolderInUse(Exception):
    """A server serves from the folder. The message may be shown."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"a server works on {data}: stop it first, or what it is told meanwhile would be lost")


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Say that a server works on the folder, until the block and all processes that were forked in it have ended."""
    with _locked(data, fcntl.LOCK_SH):
        yield


@contextmanager
def unserved(data: Path) -> Iterator[None]:
    """Keep servers from the folder. Raises FolderInUse where there is one."""
    try:
        with _locked(data, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield
    except BlockingIOError:
        raise FolderInUse(data) from None


@contextmanager
def _locked(data: Path, how: int) -> Iterator[None]:
    # The folder itself and no file in it: whoever restores has just emptied it.
    folder = os.open(data, os.O_RDONLY)
    try:
        fcntl.flock(folder, how)
        yield
    finally:
        os.close(folder)
