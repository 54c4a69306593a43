"""Programs from outside PyPI that some tests run; ``make test-tools`` installs them (TOOLS in the Makefile)."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """Return the path of a program. Without it the test is skipped; where CI=1 it fails."""
    path = shutil.which(name)
    if path is None:
        verdict = pytest.fail if os.environ.get("CI") == "1" else pytest.skip
        verdict(f"{name} is not installed; `make test-tools` does it on Debian")
    return path
