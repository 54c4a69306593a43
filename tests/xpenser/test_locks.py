"""Locks with a name, or with an end to waiting; that one keeps others out ``test_serve.py`` sees, too."""

import threading
from pathlib import Path

import pytest

from tests.callers import PATIENCE, eventually
from tests.held import held_elsewhere, is_held
from xpenser.locks import alone_by_name, alone_if_soon

pytestmark = pytest.mark.once


def test_a_file_gives_the_same_name_each_time_and_another_file_another_one(tmp_path: Path) -> None:
    names = []
    for file in ("one", "one", "other"):
        with alone_by_name(tmp_path / file) as name:
            names.append(name)

    assert names[0] == names[1] != names[2]
    assert all(len(name) == 32 for name in names)


class TestAloneIfSoon:
    def test_one_waits_for_another_process(self, tmp_path: Path) -> None:
        came = threading.Event()

        def come() -> None:
            with alone_if_soon(tmp_path / "lock", patience=PATIENCE):
                came.set()

        with held_elsewhere(tmp_path / "lock"):
            thread = threading.Thread(target=come)
            thread.start()
            assert not came.wait(0.1)
        thread.join(PATIENCE)

        assert came.is_set()

    def test_of_two_who_come_again_each_has_every_second_turn(self, tmp_path: Path) -> None:
        lock, turns, count = tmp_path / "lock", list[str](), 10

        def come(name: str) -> None:
            while len(turns) < count:
                with alone_if_soon(lock, patience=PATIENCE):
                    turns.append(name)
                    assert eventually(lambda: len(turns) >= count or is_held(tmp_path / "lock.next"))

        threads = [threading.Thread(target=come, args=[name]) for name in ("one", "other")]
        threads[0].start()
        assert eventually(lambda: turns == ["one"])
        threads[1].start()
        for thread in threads:
            thread.join(PATIENCE)

        assert turns[:count] == ["one", "other"] * (count // 2)

    def test_one_waits_for_so_long(self, tmp_path: Path) -> None:
        with held_elsewhere(tmp_path / "lock"), alone_if_soon(tmp_path / "lock", patience=0):
            came = True

        assert came
