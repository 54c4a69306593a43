"""What counts the lines that tests pass."""

import importlib
import sys
from pathlib import Path

import pytest

from tests import lines

pytestmark = pytest.mark.once

TILL = """\
def price(child):
    cents = 1000
    if child:
        cents = 500
    return cents
"""


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``zoo/till.py`` be all that is counted."""
    (tmp_path / "zoo").mkdir()
    (tmp_path / "zoo" / "till.py").write_text(TILL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(lines, "COUNTED", ("zoo",))
    monkeypatch.setattr(lines, "FOUND", tmp_path / "found")


@pytest.mark.usefixtures("till")
@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [([], 1, ["1-5"]), ([True], 1, ["3->5"]), ([False], 1, ["4"]), ([True, False], 0, [])],
)
def test_what_no_process_has_passed_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: list[bool], status: int, told: list[str]
) -> None:
    for child in asked:
        with monkeypatch.context() as process:
            noted = lines.counter()
            process.setattr(sys, "meta_path", [lines.Probing(noted), *sys.meta_path])
            importlib.import_module("zoo.till").price(child)
            lines.keep(noted)
        del sys.modules["zoo.till"], sys.modules["zoo"]

    assert lines.main() == status
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in said if line.startswith("zoo/till.py")] == told


@pytest.mark.parametrize(
    ("url", "module", "counted"),
    [
        ("", TILL, True),
        ("postgres://x", TILL, False),
        ("postgres://x", f"{TILL}# on PostgreSQL\n", True),
        ("postgres://x", f"{TILL}# connection.vendor\n", True),
    ],
)
def test_on_postgresql_only_what_speaks_of_it_is_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str, module: str, counted: bool
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if url:
        monkeypatch.setenv("DATABASE_URL", url)
    (tmp_path / "till.py").write_text(module)

    assert lines.is_counted(tmp_path / "till.py") is counted
