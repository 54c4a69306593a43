"""Whose turn it is to write into a file of SQLite, and that each turn is given back."""

import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connections, transaction
from pytest_django import DjangoDbBlocker

from tests.callers import PATIENCE, eventually
from xpenser.failures import DatabaseAway, failure_of
from xpenser.sqlite import base
from xpenser.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.once

TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE note (id INTEGER PRIMARY KEY, said TEXT UNIQUE);
CREATE TABLE answer (id INTEGER PRIMARY KEY, note INTEGER REFERENCES note DEFERRABLE INITIALLY DEFERRED);
"""
HOLDS = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
held.execute("INSERT INTO note (said) VALUES ('never')")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    path = tmp_path / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.executescript(TABLES)
    with django_db_blocker.unblock():
        yield path


def opened(file: Path, timeout: float = PATIENCE) -> DatabaseWrapper:
    """Return a connection of this thread, which waits for so many seconds."""
    alias = uuid4().hex
    sqlite: dict[str, Any] = settings.SQLITE
    given = {**sqlite, "NAME": file, "OPTIONS": {**sqlite["OPTIONS"], "timeout": timeout}}
    database = DatabaseWrapper(connections.configure_settings({"default": {}, alias: given})[alias], alias)
    connections[alias] = database
    return database


@contextmanager
def connected(file: Path, timeout: float = PATIENCE) -> Iterator[DatabaseWrapper]:
    database = opened(file, timeout)
    try:
        yield database
    finally:
        database.close()
        del connections[database.alias]


def execute(database: DatabaseWrapper, statement: str) -> list[Any]:
    with database.cursor() as cursor:
        cursor.execute(statement)
        return [value for (value,) in cursor.fetchall()]


def say(database: DatabaseWrapper, said: str) -> None:
    execute(database, f"INSERT INTO note (said) VALUES ('{said}')")


def said(database: DatabaseWrapper) -> list[str]:
    return execute(database, "SELECT said FROM note ORDER BY id")


def waiting(file: Path) -> int:
    return len(vars(base._turns(str(file), PATIENCE))["_waiting"])


def is_free(file: Path) -> bool:
    return bool(vars(base._turns(str(file), PATIENCE))["_free"])


def in_atomic(file: Path, text: str) -> None:
    with connected(file) as database, transaction.atomic(using=database.alias):
        say(database, text)


def alone(file: Path, text: str) -> None:
    with connected(file) as database:
        say(database, text)


@pytest.mark.parametrize("write", [in_atomic, alone])
def test_they_write_in_the_order_in_which_they_came(file: Path, write: Callable[[Path, str], None]) -> None:
    threads = [threading.Thread(target=write, args=[file, str(number)]) for number in range(4)]
    with connected(file) as database:
        with transaction.atomic(using=database.alias):
            say(database, "first")
            for place, thread in enumerate(threads):
                thread.start()
                assert eventually(lambda came=place + 1: waiting(file) == came)  # type: ignore[misc]
        for thread in threads:
            thread.join(PATIENCE)

        assert said(database) == ["first", "0", "1", "2", "3"]
    assert (is_free(file), waiting(file)) == (True, 0)


def test_who_only_reads_takes_no_turn(file: Path) -> None:
    with connected(file) as writer, connected(file, timeout=0) as reader:
        with transaction.atomic(using=writer.alias):
            say(writer, "lunch")
            assert said(reader) == []
        assert said(reader) == ["lunch"]


def test_another_process_is_waited_for_and_leaves_nothing_when_it_is_killed(file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        threads = [threading.Thread(target=in_atomic, args=[file, str(number)]) for number in range(2)]
        for place, thread in enumerate(threads):
            thread.start()
            assert eventually(lambda came=place: (is_free(file), waiting(file)) == (False, came))  # type: ignore[misc]
        other.kill()
        for thread in threads:
            thread.join(PATIENCE)

    with connected(file) as database:
        assert said(database) == ["0", "1"]
    assert is_free(file)


@pytest.mark.parametrize("is_ours", [True, False])
def test_nobody_waits_for_ever(file: Path, is_ours: bool) -> None:
    with ExitStack() as holding, connected(file, timeout=0) as database:
        if is_ours:
            holder = holding.enter_context(connected(file, timeout=0))
            holding.enter_context(transaction.atomic(using=holder.alias))
        else:
            holding.enter_context(closing(sqlite3.connect(file))).execute("BEGIN IMMEDIATE")
        for begin in (committed, on_its_own):
            with pytest.raises(OperationalError, match="database is locked") as refusal:
                begin(database)
            assert isinstance(failure_of(refusal.value), DatabaseAway)


def committed(database: DatabaseWrapper) -> None:
    with transaction.atomic(using=database.alias):
        say(database, "lunch")


def on_its_own(database: DatabaseWrapper) -> None:
    say(database, "lunch")


def with_savepoints(database: DatabaseWrapper) -> None:
    with transaction.atomic(using=database.alias, durable=True):
        say(database, "lunch")
        with pytest.raises(IntegrityError), transaction.atomic(using=database.alias):
            say(database, "lunch")
        say(database, "taxi")


def taken_back(database: DatabaseWrapper) -> None:
    with transaction.atomic(using=database.alias):
        say(database, "lunch")
        transaction.set_rollback(True, using=database.alias)


def refused(database: DatabaseWrapper) -> None:
    with pytest.raises(OperationalError, match="no such table"):
        execute(database, "DELETE FROM nowhere")


def refused_at_its_end(database: DatabaseWrapper) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(using=database.alias):
        execute(database, "INSERT INTO answer (note) VALUES (7)")


def closed_meanwhile(database: DatabaseWrapper) -> None:
    with transaction.atomic(using=database.alias):
        say(database, "lunch")
        database.close()


def ended_by_sqlite(database: DatabaseWrapper) -> None:
    with transaction.atomic(using=database.alias):
        say(database, "lunch")
        with pytest.raises(IntegrityError):
            execute(database, "INSERT OR ROLLBACK INTO note (said) VALUES ('lunch')")
        say(database, "taxi")
        assert is_free(database.settings_dict["NAME"])


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (committed, ["lunch"]),
        (on_its_own, ["lunch"]),
        (with_savepoints, ["lunch", "taxi"]),
        (taken_back, []),
        (refused, []),
        (refused_at_its_end, []),
        (closed_meanwhile, []),
        (ended_by_sqlite, ["taxi"]),
    ],
)
def test_a_turn_is_given_back(file: Path, end: Callable[[DatabaseWrapper], None], kept: list[str]) -> None:
    with connected(file) as database:
        end(database)

        assert is_free(file)
        assert execute(database, "PRAGMA busy_timeout") == [PATIENCE * 1000]
    with connected(file) as another:
        assert said(another) == kept
        say(another, "dinner")


def test_nobody_is_left_of_a_connection(file: Path) -> None:
    database = opened(file)
    database.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert not is_free(file)

    del connections[database.alias], database
    gc.collect()

    assert is_free(file)
    in_atomic(file, "lunch")
