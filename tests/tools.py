"""Programs from outside PyPI that some tests run; ``make test-tools`` installs them (TOOLS in the Makefile)."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

NODE_MODULES = Path(__file__).resolve().parent.parent / ".cache/node/node_modules"


def program(name: str) -> str:
    """Return the path of a program. Without it the test is skipped; where CI=1 it fails."""
    path = shutil.which(name)
    if path is None:
        _missing(name)
    return path


def node_package(name: str) -> Path:
    """Return the folder of a package from npm. Without it the test is skipped; where CI=1 it fails."""
    path = NODE_MODULES / name
    if not path.exists():
        _missing(f"{name} for node")
    return path


def _missing(name: str) -> NoReturn:
    verdict = pytest.fail if os.environ.get("CI") == "1" else pytest.skip
    verdict(f"{name} is not installed; `make test-tools` does it on Debian")
