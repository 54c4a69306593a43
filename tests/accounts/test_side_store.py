import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from accounts.side_store import SideStore

pytestmark = pytest.mark.once

STORE = SideStore("CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)")


def count(path: Path, name: str) -> None:
    with STORE.writing(path) as store:
        store.execute("INSERT INTO counter VALUES (?, 1) ON CONFLICT DO UPDATE SET value = value + 1", (name,))


def set_and_double(path: Path) -> None:
    with STORE.writing(path) as store:
        store.execute("UPDATE counter SET value = 5")
        store.execute("INSERT INTO counter VALUES ('x', 1)")


def counters(path: Path) -> list[tuple[object, ...]]:
    return STORE.rows(path, "SELECT name, value FROM counter WHERE value > :least", {"least": 0})


def test_threads_count_together(tmp_path: Path) -> None:
    path = tmp_path / "side.sqlite3"

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: count(path, "x"), range(200)))

    assert counters(path) == [("x", 200)]


def test_an_exception_takes_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "side.sqlite3"
    count(path, "x")

    with pytest.raises(sqlite3.IntegrityError):
        set_and_double(path)
    count(path, "x")

    assert counters(path) == [("x", 2)]


def test_each_file_is_its_own(tmp_path: Path) -> None:
    count(tmp_path / "one", "x")
    count(tmp_path / "other", "y")

    assert counters(tmp_path / "one") == [("x", 1)]
    assert counters(tmp_path / "other") == [("y", 1)]


def test_what_makes_the_file_keeps_no_connection_to_it(tmp_path: Path) -> None:
    """Processes that are forked would share it."""
    path = tmp_path / "side.sqlite3"

    STORE.make(path)

    with closing(sqlite3.connect(path)) as found:
        assert found.execute("SELECT count(*) FROM counter").fetchone() == (0,)
    assert not [file for file in Path("/proc/self/fd").iterdir() if str(path) in str(file.resolve())]


def test_one_statement_tells_what_it_wrote(tmp_path: Path) -> None:
    path = tmp_path / "side.sqlite3"
    insert = "INSERT OR IGNORE INTO counter VALUES (?, ?)"

    assert [STORE.write(path, insert, ["x", 1]), STORE.write(path, insert, ["x", 2])] == [1, 0]
    assert counters(path) == [("x", 1)]
