"""A nonce works once: in every thread and process, and after a machine has died."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from access.nonces import KEPT, WINDOW, NonceStore

pytestmark = pytest.mark.once

NOW = 1_800_000_000


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    """The file that changes with each boot of the machine."""
    path = tmp_path / "boot_id"
    path.write_text("first\n")
    return path


@pytest.fixture
def store(tmp_path: Path, boot: Path) -> NonceStore:
    return NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot)


def take(store: NonceStore, nonce: str = "nonce", *, signer: str = "key token", timestamp: int = NOW) -> bool:
    return store.take(signer=signer, nonce=nonce, timestamp=timestamp, now=NOW)


def rows(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM nonce").fetchone()[0])


def test_it_works(store: NonceStore) -> None:
    assert take(store)
    assert not take(store)


def test_another_signer_time_or_nonce_is_another(store: NonceStore) -> None:
    assert [take(store), take(store, "other"), take(store, signer="key other"), take(store, timestamp=NOW + 1)] == [
        True, True, True, True,
    ]  # fmt: skip


def test_of_many_threads_one_takes_it(store: NonceStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: take(store), range(64)))

    assert sorted(taken) == [False] * 63 + [True]


def test_of_many_processes_one_takes_it(tmp_path: Path) -> None:
    """They start at once, so they make the file at once, too."""
    said = (
        "from pathlib import Path; import sys; from access.nonces import NonceStore\n"
        f"store = NonceStore(Path({str(tmp_path / 'nonces.sqlite3')!r}))\n"
        "sys.stdin.readline()\n"
        f"print([store.take(signer='s', nonce=str(n), timestamp={NOW}, now={NOW}) for n in range(50)].count(True))"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", said], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    heard = [int(process.communicate()[0]) for process in processes]

    assert sum(heard) == 50


def test_old_ones_are_swept_once_a_minute(store: NonceStore, tmp_path: Path) -> None:
    path = tmp_path / "nonces.sqlite3"
    for timestamp in (NOW - KEPT - 1, NOW - KEPT, NOW):
        store.take(signer="s", nonce="n", timestamp=timestamp, now=NOW - KEPT)
    assert rows(path) == 3

    store.take(signer="s", nonce="other", timestamp=NOW, now=NOW)
    assert rows(path) == 3

    store.take(signer="s", nonce="old", timestamp=NOW - KEPT - 1, now=NOW + 59)
    assert rows(path) == 4
    store.take(signer="s", nonce="new", timestamp=NOW + 60, now=NOW + 60)
    assert rows(path) == 3


@pytest.mark.parametrize("stamped", [-WINDOW, 0, WINDOW])
def test_a_clock_that_is_put_back_by_an_hour_lets_none_in_again(store: NonceStore, stamped: int) -> None:
    """Whenever that happens: every nonce is known for as long as the window may come over it once more."""
    heard, timestamp = set[bool](), NOW + stamped
    store.take(signer="s", nonce="n", timestamp=timestamp, now=NOW)
    for now in range(NOW, NOW + 2 * KEPT, 60):
        store.take(signer="s", nonce=f"sweeps {now}", timestamp=now, now=now)
        if abs(now - 3600 - timestamp) <= WINDOW:
            heard.add(store.take(signer="s", nonce="n", timestamp=timestamp, now=now - 3600))

    assert heard == {False}


class TestStarts:
    def test_the_first(self, store: NonceStore) -> None:
        """Nothing has been let in yet, so nothing can come again."""
        assert store.prepare(now=NOW) == 0
        assert take(store, timestamp=NOW - 300)

    def test_a_process_that_died_loses_nothing(self, store: NonceStore, tmp_path: Path, boot: Path) -> None:
        take(store)

        again = NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot)

        assert again.prepare(now=NOW + 10) == 0
        assert not take(again)
        assert take(again, "new", timestamp=NOW - 100)

    def test_a_machine_that_died(self, store: NonceStore, tmp_path: Path, boot: Path) -> None:
        """What may be lost with it can't be told from what is new, so it is refused."""
        take(store, timestamp=NOW - 1)
        boot.write_text("second\n")

        again = NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot)

        assert again.prepare(now=NOW) == NOW
        assert not take(again, "unheard of", timestamp=NOW - 1)
        assert take(again, "unheard of", timestamp=NOW)
        assert NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot).prepare(now=NOW + 50) == NOW

    def test_a_file_that_was_damaged_with_it(self, store: NonceStore, tmp_path: Path, boot: Path) -> None:
        take(store)
        for suffix in ("", "-wal", "-shm"):
            (tmp_path / f"nonces.sqlite3{suffix}").write_bytes(b"damaged" * 1000)
        boot.write_text("second\n")

        assert take(NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot))

    @pytest.mark.parametrize("left", ["nonces.sqlite3", "nonces.boot"])
    def test_one_of_the_two_files_is_gone(self, store: NonceStore, tmp_path: Path, boot: Path, left: str) -> None:
        take(store)
        for path in tmp_path.glob("nonces.*"):
            if not path.name.startswith(left):
                path.unlink()

        again = NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot)

        assert again.prepare(now=NOW) == NOW

    def test_a_marker_that_was_cut_off(self, store: NonceStore, tmp_path: Path, boot: Path) -> None:
        take(store)
        (tmp_path / "nonces.boot").write_text("first ")

        assert NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot).prepare(now=NOW) == NOW


@pytest.mark.parametrize(("named", "synchronous"), [("first", 0), (None, 2)])
def test_where_boots_can_t_be_told_every_nonce_goes_to_the_disk(
    tmp_path: Path, named: str | None, synchronous: int
) -> None:
    boot = tmp_path / "boot_id"
    if named:
        boot.write_text(named)
    store = NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot)
    take(store)

    path = tmp_path / "nonces.sqlite3"

    assert store._store.rows(path, "PRAGMA synchronous", {}) == [(synchronous,)]
    assert store._store.rows(path, "PRAGMA journal_mode", {}) == [("wal",)]
    assert not take(NonceStore(tmp_path / "nonces.sqlite3", boot_id=boot))
