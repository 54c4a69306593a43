"""Django's SQLite, before whose one write lock the threads of a process stand in the order in which they came.

SQLite's own way to wait is to look again after ever longer pauses, up to a tenth of a second: of many that wait some
sleep while the lock is free, and whoever came last may be first. Here one thread of each process looks, a thousand
times a second, and the others wait until it has been. Between processes SQLite's lock alone decides, so one that is
killed leaves nothing behind that others would wait for.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import cache, partial
from typing import Any, Final, Self

from django.db.backends.sqlite3 import base
from django.db.backends.utils import CursorWrapper

from xpenser.failures import DatabaseAway, failure_of
from xpenser.turns import NoTurn, Turns

PAUSE: Final = 0.001
"""Seconds after which the lock is tried again."""
_WRITES: Final = ("BEGIN", "INSERT", "UPDATE", "DELETE", "REPLACE")
"""What takes the lock where no transaction is under way: the settings say that each begins by taking it."""


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction takes its turn as it begins, and gives it back when it has ended, however it ends.

    Who has one has the lock, or tries to get it, and so waits for nobody who waits for a turn. After ``timeout``
    seconds of the options SQLite itself says that it is locked, as it would without turns.
    """

    def __init__(self, *args: Any, **choices: Any) -> None:
        self._turn = ExitStack()
        super().__init__(*args, **choices)

    def create_cursor(self, name: str | None = None) -> base.SQLiteCursorWrapper:
        cursor: base.SQLiteCursorWrapper
        if self.is_in_memory_db():  # it is this process's alone, and says at once that it is locked
            cursor = super().create_cursor(name)
        else:
            cursor = self.connection.cursor(factory=partial(_Cursor, in_turn=self._in_turn))
        return cursor

    def streaming_cursor(self) -> CursorWrapper:
        """Return a cursor whose rows come as they are taken: SQLite has no others."""
        return self.cursor()

    def keyed_cursor(self) -> CursorWrapper:
        """Return a cursor for questions by a key: the driver keeps the plans of all."""
        return self.cursor()

    def commit(self) -> None:
        with self._turn:
            super().commit()

    def rollback(self) -> None:
        with self._turn:
            super().rollback()

    def close(self) -> None:
        with self._turn:
            super().close()

    def __del__(self) -> None:
        self._turn.close()

    def _in_turn(self, write: Callable[[], object]) -> None:
        """Do what takes the lock, in turn; the turn lasts as long as the transaction that was begun, if any."""
        self._turn.close()  # SQLite ends a transaction by itself where the disk is full
        patience = self.settings_dict["OPTIONS"]["timeout"]
        until = time.monotonic() + patience
        with ExitStack() as turn:
            with suppress(NoTurn):  # there is no time left then, and SQLite says so
                turns = _turns(str(self.settings_dict["NAME"]), patience)
                turns.take()
                turn.callback(turns.give_back)
            self._tried(write, until)
            if self.connection.in_transaction:
                self._turn = turn.pop_all()

    def _tried(self, write: Callable[[], object], until: float) -> None:
        """Write as soon as the lock is free; try once at least."""
        self.connection.execute("PRAGMA busy_timeout = 0")
        try:
            while True:
                try:
                    write()
                except sqlite3.OperationalError as problem:
                    if time.monotonic() >= until or not isinstance(failure_of(problem), DatabaseAway):
                        raise
                else:
                    return
                time.sleep(PAUSE)
        finally:
            self.connection.execute(f"PRAGMA busy_timeout = {self.settings_dict['OPTIONS']['timeout'] * 1000}")


class _Cursor(base.SQLiteCursorWrapper):
    def __init__(self, connection: sqlite3.Connection, *, in_turn: Callable[[Callable[[], object]], None]) -> None:
        super().__init__(connection)
        self._in_turn = in_turn

    def execute(self, query: str, params: Any = None) -> Self:
        write = partial(super().execute, query, params)
        if self.connection.in_transaction or not query.startswith(_WRITES):
            write()
        else:
            self._in_turn(write)
        return self


@cache
def _turns(database: str, patience: float) -> Turns:
    return Turns(1, patience=patience)
