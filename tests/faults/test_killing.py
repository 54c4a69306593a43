"""Processes of the server are killed while people write: nothing that was answered is lost, or there twice.

``make test-kills`` does it for long.
"""

import os
import time
from pathlib import Path

import pytest

from tests.faults.killing import (
    all_die,
    backend_dies,
    killed,
    postgresql_crashes,
    task_worker_dies,
    worker_dies,
    worker_dies_twice,
)
from tests.live import on_postgresql, start_peopled_server

LONG = int(os.environ.get("KILLS", "0"))


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ways = [all_die, worker_dies_twice]
    with start_peopled_server(tmp_path) as server:
        if server.database:
            ways.append(backend_dies)
        if LONG:
            ways += [worker_dies, task_worker_dies]
        if server.database and LONG:
            # The tests' PostgreSQL is quick, and would lose in a crash what it has just acknowledged.
            on_postgresql(f"ALTER DATABASE {server.database} SET synchronous_commit = on")
            ways.append(postgresql_crashes)
        figures = killed(server, ways=ways * (LONG or 1), seed=int(os.environ.get("SEED", time.time())))

    with capsys.disabled():
        print(figures)  # noqa: T201
    assert (figures.lost, figures.unsound) == ([], [])
