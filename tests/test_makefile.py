"""``make`` tells what it needs of Python, and stops there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live import PROJECT
from tests.tools import program

pytestmark = pytest.mark.once

# What asks for ensurepip fails where Debian's python3-venv is not installed.
WITHOUT_VENV = "import sys; sys.modules['ensurepip'] = None; exec(sys.argv[1])"
OF_2021 = "import sys; sys.version_info = (3, 10, 2, 'final', 0); exec(sys.argv[1])"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (WITHOUT_VENV, "Python's venv module is missing: apt install python3-venv"),
        (OF_2021, "Python 3.11 or newer is needed; {python} is Python 3.10.2. Another one: make PYTHON=python3.12"),
    ],
    ids=["without venv", "too old"],
)
@pytest.mark.parametrize("target", ["serve", "check", "test"])
def test_a_python_that_will_not_do(tmp_path: Path, target: str, made: str, said: str) -> None:
    python = tmp_path / "python"
    python.write_text(f"""#!/bin/sh
test "$1" = --version && echo Python 3.10.2 && exit
test "$1" = -c && exec {sys.executable} -c "{made}" "$2"
touch {tmp_path}/went_on
""")
    python.chmod(0o755)
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(PROJECT / name, tmp_path)

    # `make test` runs this, too, and a make within a make says where it is.
    done = subprocess.run(
        [program("make"), target, f"PYTHON={python}"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 2
    assert done.stdout == said.format(python=python) + "\n"
    assert not (tmp_path / ".venv").exists()
    assert not (tmp_path / "went_on").exists()
