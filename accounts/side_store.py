"""Small SQLite files beside the ledger, for what all processes must count together and nobody would miss.

They are not synced to the disk: a power cut may lose the last seconds of one, a crash of the program loses nothing.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

WAIT_SECONDS: Final = 10.0


class SideStore:
    """One such file, with a connection for each thread. ``schema`` is a script that changes nothing the second time.

    ``is_synced``: it is synced to the disk after all.
    """

    def __init__(self, schema: str, *, is_synced: bool = False) -> None:
        self._script = f"PRAGMA journal_mode=WAL; PRAGMA synchronous={'FULL' if is_synced else 'OFF'}; {schema}"
        self._local = threading.local()

    def make(self, path: Path) -> None:
        """Make the file before processes look for it: those that make it at once get in each other's way.

        No connection is kept, which a process that is forked would share.
        """
        self._opened(path).close()

    @contextmanager
    def writing(self, path: Path) -> Iterator[sqlite3.Connection]:
        """Give the connection of this thread inside a transaction; an exception takes back what was written."""
        connection = self._connection(path)
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def write(self, path: Path, statement: str, values: Sequence[object]) -> int:
        """Run one statement, a transaction by itself, and return how many rows it wrote."""
        return self._connection(path).execute(statement, values).rowcount

    def rows(self, path: Path, statement: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        """Return the rows that a question gives."""
        return self._connection(path).execute(statement, values).fetchall()

    def _connection(self, path: Path) -> sqlite3.Connection:
        # Tests and commands may look into another data folder than the last one.
        if getattr(self._local, "path", None) != path:
            self._local.connection, self._local.path = self._opened(path), path
        found: sqlite3.Connection = self._local.connection
        return found

    def _opened(self, path: Path) -> sqlite3.Connection:
        connection = sqlite3.connect(path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.executescript(self._script)
        return connection
