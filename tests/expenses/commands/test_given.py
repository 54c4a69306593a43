"""What every command wants first: a ledger."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from tests.live import OWN_VARIABLES, PROJECT


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a database in which nothing has been made yet."""
    monkeypatch.setattr(connections["default"].introspection, "table_names", list)


COMMANDS = pytest.mark.parametrize(
    "arguments",
    [
        ["adduser", "me@example.com"],
        ["createsuperuser", "--noinput", "--email", "me@example.com"],
        ["account", "me@example.com"],
        ["changepassword", "me@example.com"],
        ["rates", "--user", "me@example.com", "EUR", "1.08"],
    ],
)


@COMMANDS
def test_without_a_ledger_it_says_how_one_comes_to_be(nowhere: None, db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="no ledger here yet: start the server once") as refusal:
        call_command(*arguments)

    assert "\n" not in str(refusal.value)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL makes no file")
def test_looking_for_a_ledger_makes_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(connections["default"].settings_dict, "NAME", tmp_path / "xpenser.sqlite3")

    with pytest.raises(CommandError, match="no ledger here yet"):
        call_command("account", "me@example.com")

    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", ["account", "adduser", "changepassword", "createsuperuser", "rates"])
def test_in_a_folder_without_a_ledger_a_command_makes_nothing(tmp_path: Path, command: str) -> None:
    env = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}

    done = subprocess.run(
        [sys.executable, "manage.py", command, "me@example.com"],
        cwd=PROJECT, env={**env, "XPENSER_DATA": f"{tmp_path}/x"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    hint = "there is no ledger here yet: start the server once, with the same XPENSER_DATA"
    assert (done.returncode, done.stderr) == (2, f"XPENSER_DATA='{tmp_path}/x': {hint}\n")
    assert not list(tmp_path.iterdir())
