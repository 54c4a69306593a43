"""A database that fails as the drivers tell it, where a test has no server that could."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import DatabaseError, OperationalError, connection

AWAY = psycopg.OperationalError("the connection is closed")
FULL = psycopg.errors.DiskFull("could not extend file: No space left on device")
_READS = ("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def failing(problem: Exception, *, writes_only: bool = False) -> Iterator[None]:
    """Let each statement inside the block, or each that writes, fail for a reason of the driver's."""

    def fail(execute: Any, sql: str, *asked: Any) -> Any:
        if writes_only and sql.startswith(_READS):
            return execute(sql, *asked)
        raise failure(problem)

    with connection.execute_wrapper(fail):
        yield


def failure(problem: Exception) -> DatabaseError:
    """Return what Django raises where the driver raised this."""
    wrapped = OperationalError(str(problem))
    wrapped.__cause__ = problem
    return wrapped
