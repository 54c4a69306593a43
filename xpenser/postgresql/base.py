"""Django's PostgreSQL, with a cursor by which many rows take one question and little memory, and one for rows by a key.

Django's own cursor for many rows is one of the server's. It is declared, fetched from and closed, and outside of a
transaction the server puts all rows aside before it hands out the first.
"""

from collections import deque
from collections.abc import Generator, Iterator
from itertools import chain, islice
from threading import Lock
from typing import Any, Final, LiteralString, Self, cast

from django.db.backends.postgresql import base
from django.db.backends.utils import CursorWrapper
from psycopg import ClientCursor, Cursor, ProgrammingError
from psycopg.abc import Params

_ROWS: Final = 2000
"""So many come from the server at once, and are in memory."""


class DatabaseWrapper(base.DatabaseWrapper):
    """Has a ``streaming_cursor`` besides; until that is closed, nothing else can be asked. And a ``keyed_cursor``."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        connection.lock = _Lock()  # psycopg 3.3 takes it by `with` alone, around all that it asks
        return connection

    def streaming_cursor(self) -> CursorWrapper:
        """Return a cursor whose rows come as they are taken."""
        return self._opened(_StreamingCursor)

    def keyed_cursor(self) -> CursorWrapper:
        """Return a cursor for questions by a key, which are kept prepared: after five PostgreSQL plans them no more.

        A bound would need a plan of its own for each value.
        """
        # A prepared statement leaves none of its words for Django's log.
        return self.cursor() if self.queries_logged else self._opened(_KeyedCursor)

    def _opened(self, kind: type[Cursor[Any]]) -> CursorWrapper:
        self.close_if_health_check_failed()
        self.ensure_connection()
        cursor: Any = kind(self.connection)
        cursor.database = self
        return self.make_debug_cursor(cursor) if self.queries_logged else self.make_cursor(cursor)


class _Lock:
    """What the driver holds while it asks, and as long as rows are taken.

    A connection is one thread's: who finds it held would wait for himself for ever, and is told so.
    """

    def __init__(self) -> None:
        self._lock = Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            message = "the rows of another question are still being taken"
            raise ProgrammingError(message)

    def __exit__(self, *problem: object) -> None:
        self._lock.release()


class _KeyedCursor(Cursor[tuple[Any, ...]]):
    def execute(self, query: LiteralString, params: Params | None = None) -> Self:  # type: ignore[override]
        # Only meanwhile: the driver counts all that it may prepare, and would hold whole files that were stored.
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params)
        finally:
            self.connection.prepare_threshold = None


class _StreamingCursor(ClientCursor[tuple[Any, ...]]):
    """Has the first rows once it is executed, and more of them come as they are taken."""

    database: DatabaseWrapper
    _left: Generator[tuple[Any, ...]] | None = None
    _rows: Iterator[tuple[Any, ...]] = iter(())

    def execute(self, query: LiteralString, params: Params | None = None) -> Self:  # type: ignore[override]
        self._left = cast("Generator[tuple[Any, ...]]", self.stream(query, params, size=_ROWS))
        # Asked here, where Django counts and translates what it takes and what goes wrong.
        self._rows = chain(list(islice(self._left, _ROWS)), self._left)
        return self

    def fetchmany(self, size: int = _ROWS) -> list[tuple[Any, ...]]:
        return list(islice(self._rows, size))

    def close(self) -> None:
        """Be done with the question, however many of its rows were taken.

        Outside of a transaction the rest is cancelled. Inside of one that would undo it, so it is read; what goes wrong
        then is Django's exception, since Django keeps the driver's to itself where a cursor is closed.
        """
        try:
            if not self.connection.autocommit:
                with self.database.wrap_database_errors:
                    deque(self._rows, maxlen=0)
        finally:
            if self._left is not None:
                self._left.close()
            super().close()
