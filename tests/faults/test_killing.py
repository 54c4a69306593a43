"""Processes of the server are killed while people write: nothing that was answered is lost, or there twice.

``make test-kills`` does it for long.
"""

import os
import time
from pathlib import Path

import pytest

from tests.faults.killing import killed
from tests.live import start_server

ROUNDS = int(os.environ.get("KILLS", "1"))


def test_it_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with start_server(tmp_path) as server:
        figures = killed(server, rounds=ROUNDS, seed=int(os.environ.get("SEED", time.time())))

    with capsys.disabled():
        print(figures)  # noqa: T201
    assert (figures.lost, figures.unsound) == ([], [])
