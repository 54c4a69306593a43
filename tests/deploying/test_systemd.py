"""The unit for systemd, as systemd itself reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import PROJECT
from tests.tools import program

pytestmark = pytest.mark.once
UNIT = PROJECT / "docs" / "xpenser.service"


def test_it_is_one(tmp_path: Path) -> None:
    unit = tmp_path / "xpenser.service"
    unit.write_text(UNIT.read_text().replace("/opt/xpenser/.venv/bin/python", sys.executable))

    done = subprocess.run(
        [program("systemd-analyze"), "verify", unit], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_it_is_given_no_more_than_it_needs() -> None:
    """By systemd's own scale, on which 100 is no protection at all."""
    subprocess.run(
        [program("systemd-analyze"), "security", "--offline=true", "--threshold=18", UNIT],
        stdout=subprocess.DEVNULL, check=True, timeout=60,
    )  # fmt: skip
