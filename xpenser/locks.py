"""What one process at a time may do, of all on this machine."""

import fcntl
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

PAUSE: Final = 0.002
"""Seconds after which a lock that is waited for with patience is tried again."""


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time into the block; others wait. The lock ends with its process, however that ends."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def alone_if_soon(path: Path, *, patience: float) -> Iterator[None]:
    """Let one at a time into the block, of all threads and processes; who has waited for ``patience`` seconds goes in
    beside whoever is there. Of two who come again and again each has every second turn.
    """
    until = time.monotonic() + patience
    with path.open("w") as lock:
        # Who comes from the block stands behind who waits: otherwise he would be in again before that one looks.
        with path.with_suffix(".next").open("w") as place:
            _lock(place, until)
            _lock(lock, until)
        yield


def _lock(file: IO[str], until: float) -> None:
    """Lock a file, or let it be at that time."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return
            time.sleep(PAUSE)
        else:
            return


@contextmanager
def alone_by_name(path: Path) -> Iterator[str]:
    """Do the same, and give a name to whoever is in: for this file the same each time, for any other another."""
    with path.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not (name := lock.read()):
            name = uuid.uuid4().hex
            lock.write(name)
            lock.flush()
        yield name
