"""Django's PostgreSQL, with a cursor by which many rows take one question and little memory, and one for rows by a key.

Django's own cursor for many rows is one of the server's. It is declared, fetched from and closed, and outside of a
transaction the server puts all rows aside before it hands out the first.
"""

from collections import deque
from collections.abc import Generator
from itertools import islice
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
        connection.lock = _Lock()
        return connection

    def streaming_cursor(self) -> CursorWrapper:
        """Return a cursor that asks, once its first rows are taken, and gets them as they are taken."""
        return self._opened(_StreamingCursor)

    def keyed_cursor(self) -> CursorWrapper:
        """Return a cursor for questions by a key: each is planned once for a connection, for any values.

        A bound would need a plan of its own for each value.
        """
        # Of a statement that is kept the driver does not tell the words.
        return self.cursor() if self.queries_logged else self._opened(Cursor)

    def _opened(self, kind: type[Cursor[Any]]) -> CursorWrapper:
        self.close_if_health_check_failed()
        self.ensure_connection()
        cursor: Any = kind(self.connection)
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


class _StreamingCursor(ClientCursor[tuple[Any, ...]]):
    """What is executed is asked once its first rows are taken, and more of them come as they are taken."""

    _taken: Generator[tuple[Any, ...]] | None = None

    def execute(self, query: LiteralString, params: Params | None = None) -> Self:  # type: ignore[override]
        self._taken = cast("Generator[tuple[Any, ...]]", self.stream(query, params, size=_ROWS))
        return self

    def fetchmany(self, size: int = _ROWS) -> list[tuple[Any, ...]]:
        return list(islice(self._taken or (), size))

    def close(self) -> None:
        """Be done with the question, however many of its rows were taken."""
        if self._taken is not None:
            if not self.connection.autocommit:  # to cancel it, as the driver does, would undo the transaction
                deque(self._taken, maxlen=0)
            self._taken.close()
        super().close()
