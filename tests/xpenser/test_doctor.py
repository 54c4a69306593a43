import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from accounts.selectors import Account
from reports.models import Report
from tests.xpenser.backups.test_commands import Terminal
from tests.xpenser.backups.test_taking import with_receipts
from tests.xpenser.test_health import no_database


def test_it_says_how_everything_is(alice: Account) -> None:
    said = StringIO()

    call_command("doctor", stdout=said)

    lines = said.getvalue().splitlines()
    assert "ok      Default reports: Everybody has exactly one default report." in lines
    place = lines.index("warning Mail: Mail is not sent: it stands in the server's log.")
    assert lines[place + 1] == "        EMAIL_URL names a mail server; until then read links to people yourself."


def test_a_terminal_shows_how_far_it_has_come(alice: Account) -> None:
    with_receipts(alice)
    terminal = Terminal()

    call_command("doctor", stdout=StringIO(), stderr=terminal)

    shown = terminal.getvalue().split("\r\033[K")
    assert {"receipts: 1 of 2, 50 %", "receipts: 2 of 2, 100 %"} <= set(shown)
    assert [line for line in shown if line.startswith("files: ")]
    assert shown[-1] == ""


def test_what_is_bad_is_told_to_scripts_too(alice: Account) -> None:
    Report.objects.update(is_default=False)
    said = StringIO()

    with pytest.raises(CommandError, match=r"^1 of 13 are bad\.$") as refusal:
        call_command("doctor", stdout=said)

    assert refusal.value.returncode == 1
    assert f"bad     Default reports: People without a default report: {alice.id}.\n" in said.getvalue()


def test_a_database_that_is_away(alice: Account) -> None:
    said = StringIO()

    with no_database(), pytest.raises(CommandError, match=r"^7 of 13 are bad\.$"):
        call_command("doctor", stdout=said)

    assert said.getvalue().startswith("bad     Database: the server closed the connection unexpectedly\n")


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> None:
    """Have no files of other tests'."""
    place = {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": place}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("answer", "goes"), [("y\n", True), ("n\n", False), ("\n", False), ("", False)])
def test_it_tidies_where_it_is_told_to(
    alice: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, goes: bool
) -> None:
    name = left_over(alice)
    monkeypatch.setattr("sys.stdin", StringIO(answer))
    said = StringIO()

    call_command("doctor", tidy=True, stdout=said)

    assert said.getvalue().startswith(f"{int(goes)} files that belong to no receipt were removed.\n")
    assert default_storage.exists(name) is not goes
    ledger = f"{connection.vendor}, {connection.settings_dict['NAME']}"
    asked = f"1 of 1 files belong to no receipt of this ledger ({ledger}). Remove them? [y/N] "
    assert capsys.readouterr().out == asked


@pytest.mark.usefixtures("folder")
def test_it_tidies_unasked_for_a_script(alice: Account) -> None:
    name = left_over(alice)

    call_command("doctor", tidy=True, interactive=False, stdout=StringIO())

    assert not default_storage.exists(name)


def test_nothing_can_be_tidied_while_the_database_is_away(alice: Account) -> None:
    with no_database(), pytest.raises(CommandError, match=r"^The files of receipts can't be tidied: the server closed"):
        call_command("doctor", tidy=True, stdout=StringIO())


def left_over(owner: Account) -> str:
    """Keep a file that belongs to nothing, for so long that nothing is to come of it."""
    name = default_storage.save(f"{owner.id}/stray.JPG", ContentFile(b"stray"))
    os.utime(default_storage.path(name), (0, 0))
    return name
