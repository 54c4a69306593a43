"""Which signed requests have been here: each works once (RFC 5849 §3.3).

They are kept beside the ledger, not in it: a durable row would make a writer of every signed GET. A store is a file
that all processes of a machine share, and a process that dies takes nothing with it. A machine that dies may: so the
file holds good for one boot of the machine. The next one starts an empty file, and refuses what was signed before.

Several machines share one in Redis instead (``access.shared_nonces``).
"""

import fcntl
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from accounts.side_store import SideStore

WINDOW: Final = 300
"""Seconds by which a timestamp may be off, either way. The old service's, which let in any that was ahead (wire §4)."""
KEPT: Final = 3600 + 2 * WINDOW + 60
"""Seconds for which a nonce is kept: a clock that is put back by an hour lets none in again, however it was stamped."""
_SWEPT_EVERY: Final = 60
_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS nonce (timestamp, digest, PRIMARY KEY (timestamp, digest)) WITHOUT ROWID"
BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class NonceStore:
    """The nonces of one data folder. ``boot_id``: a file with a text that each boot of the machine changes.

    Where there is no such file, every nonce is written through to the disk instead.
    """

    def __init__(self, path: Path, *, boot_id: Path = BOOT_ID) -> None:
        self._path = path
        self._boot_id = boot_id.read_text().strip() if boot_id.exists() else ""
        self._store = SideStore(_SCHEMA, is_synced=not self._boot_id)
        self._lock = threading.Lock()
        self._oldest: int | None = None
        self._swept = 0

    def prepare(self, *, now: int) -> int:
        """Make the file ready for this boot, and return the oldest timestamp that can be told from a replay."""
        with self._lock:
            if self._oldest is None:
                with _alone(self._path.with_suffix(".lock")):
                    self._oldest = self._prepared(now)
            return self._oldest

    def take(self, *, signer: str, nonce: str, timestamp: int, now: int) -> bool:
        """Tell whether this signer's nonce is new; it is not the next time. Times are seconds since 1970.

        What was signed before the file began is never new.
        """
        oldest = self.prepare(now=now) if self._oldest is None else self._oldest
        if timestamp < oldest:
            return False
        if abs(now - self._swept) >= _SWEPT_EVERY:
            self._swept = now
            self._store.write(self._path, "DELETE FROM nonce WHERE timestamp < ?", [now - KEPT])
        digest = hashlib.sha256(f"{signer}\0{nonce}".encode()).digest()[:16]
        return self._store.write(self._path, "INSERT OR IGNORE INTO nonce VALUES (?, ?)", [timestamp, digest]) == 1

    def _prepared(self, now: int) -> int:
        marker = self._path.with_suffix(".boot")
        boot, _, oldest = marker.read_text().partition(" ") if marker.exists() else ("", "", "")
        if self._path.exists() and oldest.isdigit() and boot == self._boot_id:
            return int(oldest)
        # Where there is neither, nothing has ever been let in here that could come again.
        oldest = str(now) if marker.exists() or self._path.exists() else "0"
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        self._store.make(self._path)
        marker.write_text(f"{self._boot_id} {oldest}")
        return int(oldest)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
