import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from tests.failing import AWAY, FULL, failure
from xpenser.failures import DatabaseAway, DiskFull, failure_of

ROOM = ["CREATE TABLE t (x)", "PRAGMA max_page_count = 3"]


def refused(statements: list[str], file: str | Path = ":memory:") -> sqlite3.Error:
    """Return what SQLite itself says against the last of some statements."""
    with closing(sqlite3.connect(file, timeout=0)) as database:
        for statement in statements[:-1]:
            database.execute(statement)
        with pytest.raises(sqlite3.Error) as said:
            database.execute(statements[-1])
    return said.value


@pytest.mark.parametrize(
    "problem",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError(errno.EFBIG, "File too large"),
        failure(FULL),
        refused([*ROOM, "INSERT INTO t VALUES (zeroblob(100000))"]),
        failure(refused([*ROOM, "INSERT INTO t VALUES (zeroblob(100000))"])),
    ],
)
def test_a_full_disk(problem: Exception) -> None:
    assert isinstance(failure_of(problem), DiskFull)


@pytest.mark.parametrize(
    "problem",
    [
        failure(AWAY),
        failure(psycopg.errors.AdminShutdown()),
        failure(psycopg.errors.CannotConnectNow()),
        failure(psycopg.errors.TooManyConnections()),
        failure(psycopg.errors.ReadOnlySqlTransaction()),
        failure(psycopg.errors.DeadlockDetected()),
        failure(psycopg.errors.QueryCanceled()),
    ],
)
def test_a_database_that_is_away(problem: Exception) -> None:
    assert isinstance(failure_of(problem), DatabaseAway)


def test_a_database_that_is_locked_for_too_long(tmp_path: Path) -> None:
    file = tmp_path / "locked.sqlite3"
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")

        problem = refused(["BEGIN IMMEDIATE"], file)

    assert isinstance(failure_of(problem), DatabaseAway)
    assert isinstance(failure_of(failure(problem)), DatabaseAway)


@pytest.mark.parametrize(
    "problem",
    [
        ValueError("a mistake"),
        OSError(errno.ENOENT, "No such file or directory"),
        OperationalError("a mistake of ours"),
        failure(psycopg.errors.UndefinedTable()),
        failure(refused(["SELECT nothing"])),
    ],
)
def test_everything_else_is_a_mistake(problem: Exception) -> None:
    assert failure_of(problem) is None


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL says it in its own way")
@pytest.mark.parametrize(("code", "kind"), [("53100", DiskFull), ("57P01", DatabaseAway), ("40001", DatabaseAway)])
def test_what_postgresql_says(code: str, kind: type[Exception]) -> None:
    with (
        pytest.raises(OperationalError) as said,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{code}'; END $$")

    assert isinstance(failure_of(said.value), kind)
