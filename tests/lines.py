"""Counts the lines and branches of the product that tests pass: a plugin of pytest, and what adds up and judges.

``PYTEST_PLUGINS=tests.lines pytest …`` leaves in ``.cache/lines`` what each process of the run has seen.
``python -m tests.lines`` adds it all up, prints what nobody passed, and then ends with status 1.

SlipCover writes its probes into our own modules when they are imported. What Python 3.11 itself has for tracers is
called at every line of Django's, too, and takes three quarters as long again as the tests.

On PostgreSQL only the modules that speak of it are given probes: they take a fifth of a test's time, and what SQLite
has shown need not be shown again. Where PostgreSQL alone passes a line of another module, nobody is said to pass it.
"""

import json
import os
import re
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from slipcover import Slipcover, merge_coverage, print_coverage
from slipcover.importer import SlipcoverLoader

PROJECT = Path(__file__).resolve().parent.parent
FOUND = PROJECT / ".cache" / "lines"
COUNTED = ("access", "accounts", "api", "expenses", "reports", "web", "xpenser")
NOT_COUNTED = "migrations"
STUB = r"\.\.\.$"
OF_POSTGRESQL = re.compile(rb"postgresql|vendor", re.IGNORECASE)
# SlipCover would take probes that have been hit out of functions that run, in other threads, too.
NEVER = 2**31 - 1


def counter(*, source: Sequence[str] = ()) -> Slipcover:
    """Return what notes lines and branches; it also knows the files in ``source`` that nobody imports."""
    omit = [f"*/{NOT_COUNTED}/*"]
    return Slipcover(branch=True, d_miss_threshold=NEVER, source=list(source), omit=omit, exclude_also=[STUB])


class Probing:
    """Finds our modules as Python does, and has them loaded with probes. SlipCover's own finder goes by paths, and is
    asked for the tests, too, which pytest loads in a way of its own."""

    def __init__(self, noted: Slipcover) -> None:
        self.noted = noted

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        parts = name.split(".")
        if parts[0] not in COUNTED or NOT_COUNTED in parts:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader) and is_counted(Path(spec.loader.path)):
            spec.loader = SlipcoverLoader(self.noted, spec.loader, spec.loader.path)
        return spec


def is_counted(module: Path) -> bool:
    return "DATABASE_URL" not in os.environ or OF_POSTGRESQL.search(module.read_bytes()) is not None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Begin before pytest-django imports the settings."""
    noted = counter()
    sys.meta_path.insert(0, Probing(noted))
    early_config.add_cleanup(lambda: keep(noted))


def keep(noted: Slipcover) -> None:
    FOUND.mkdir(parents=True, exist_ok=True)
    (FOUND / f"{uuid4().hex}.json").write_text(json.dumps(noted.get_coverage()))


def main() -> int:
    total = counter(source=COUNTED).get_coverage()
    for part in FOUND.glob("*.json"):
        merge_coverage(total, json.loads(part.read_text()))
    print_coverage(total, outfile=sys.stdout, skip_covered=True, missing_width=80)
    return int(any(file["missing_lines"] or file["missing_branches"] for file in total["files"].values()))


if __name__ == "__main__":
    sys.exit(main())
