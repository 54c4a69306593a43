"""``manage.py backup`` and ``restore``: what they print, and what they refuse. test_readme.py sees them at work."""

from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as chosen
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from expenses.models import Receipt
from tests.cast import open_account
from tests.live import LiveServer
from tests.xpenser.backups.forged import TABLES, good, written
from tests.xpenser.backups.ledger import another
from tests.xpenser.backups.test_taking import with_receipts
from xpenser.management.commands import restore


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def told(*words: object, stderr: StringIO | None = None) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=stderr or StringIO())
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_it_works(tmp_path: Path) -> None:
    with_receipts(open_account("alice@example.com"))
    file, terminal = tmp_path / "file", Terminal()

    said = told("backup", file, stderr=terminal)

    assert said.startswith(f"{file}: ")
    assert " rows, 2 receipts, the keys, of 20" in said
    shown = terminal.getvalue().split("\r\033[K")
    assert "receipts: 1 of 2, 50 %" in shown
    assert "receipts: 2 of 2, 100 %" in shown
    assert shown[-1] == ""  # it is taken away at the end
    assert told("restore", "--verify", file) == said.replace(": ", " is whole: ", 1)
    assert told("backup", "--no-keys", "-v0", tmp_path / "other") == ""
    with pytest.raises(CommandError, match="/receipts is there already: a backup is restored into"):
        told("restore", file)
    with pytest.raises(CommandError, match="file is there already, and a backup takes the place of nothing"):
        told("backup", file)
    with pytest.raises(CommandError, match=r"/nowhere.*: No such file or directory"):
        told("backup", tmp_path / "nowhere" / "file")


@pytest.mark.django_db(transaction=True)
def test_a_receipt_is_missing(tmp_path: Path) -> None:
    default_storage.delete(with_receipts(open_account("alice@example.com"))[0].image)

    with pytest.raises(CommandError, match="the files of 1 receipts are missing or closed to us, and those of 0 are"):
        told("backup", tmp_path / "file")

    heard = StringIO()
    told("restore", "--verify", tmp_path / "file", stderr=heard)
    assert heard.getvalue() == "When it was made the files of 1 receipts were missing.\n"


def test_a_database_that_is_not_migrated(db: None, tmp_path: Path) -> None:
    MigrationRecorder.Migration.objects.filter(app="expenses").latest("name").delete()

    with pytest.raises(CommandError, match="start the server once, which migrates it"):
        told("backup", tmp_path / "file")


def test_a_database_that_is_newer(db: None, tmp_path: Path) -> None:
    """It has what this program does not know, and would leave out."""
    MigrationRecorder(connection).record_applied("an_app_of_once", "0001_initial")
    MigrationRecorder(connection).record_applied("expenses", "0099_later")

    with pytest.raises(CommandError, match=r"newer than this program: expenses\.0099_later is not known here"):
        told("backup", tmp_path / "file")


@pytest.mark.django_db(transaction=True)
def test_what_nobody_could_read_is_no_backup(tmp_path: Path, settings: Settings) -> None:
    """A name that `restore` would refuse is refused when the backup is made."""
    settings.ENV = replace(settings.ENV, data=tmp_path / "data")
    (tmp_path / "data" / "tls").mkdir(parents=True)
    for name in ("secret_key", "tls/.pem"):
        (tmp_path / "data" / name).write_text("something")

    with pytest.raises(CommandError, match=r"manifest\.json: is not as a backup writes it"):
        told("backup", tmp_path / "file")

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_away(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE access_trustedsite RENAME TO away")
    try:
        with pytest.raises(CommandError, match=r"the database can't be read: .*access_trustedsite"):
            told("backup", tmp_path / "file")
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO access_trustedsite")
    assert list(tmp_path.iterdir()) == []
    assert not Receipt.objects.exists()


@pytest.mark.once
def test_a_database_that_is_away(tmp_path: Path) -> None:
    """Cron mails one line, in which there is no password."""
    ledger = LiveServer(tmp_path, DATABASE_URL="postgres://me:a-password@127.0.0.1:1/away")
    ledger.data.mkdir(mode=0o700)
    (ledger.data / "secret_key").touch(mode=0o600)
    (ledger.data / "secret_key").write_text(chosen.SECRET_KEY)

    done = ledger.manage("backup", str(tmp_path / "file"))

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: the database can't be read: ")
    assert "Traceback" not in done.stderr
    assert "a-password" not in done.stderr


@pytest.mark.once
def test_what_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"something")

    with pytest.raises(CommandError, match=r"file: .*file: is no backup, or was cut off"):
        told("restore", tmp_path / "file")
    with pytest.raises(CommandError, match=r"nothing: No such file or directory"):
        told("restore", tmp_path / "nothing")


@pytest.fixture
def restoring(db: None, tmp_path: Path, settings: Settings) -> Iterator[restore.Command]:
    """The command, for a folder and a database that are empty."""
    settings.ENV = replace(settings.ENV, data=tmp_path / "data")
    command = restore.Command()
    with another(tmp_path / "data", connection.vendor) as command.database:
        yield command


def test_what_the_database_refuses(restoring: restore.Command, tmp_path: Path) -> None:
    twice = {**good(), "tables/django_content_type.jsonl": TABLES["django_content_type"][1] * 2}

    with pytest.raises(CommandError, match=r"the database refuses it: (?s:.)*django_content_type"):
        call_command(restoring, str(written(tmp_path / "file", twice)))


def test_no_key(restoring: restore.Command, tmp_path: Path) -> None:
    parts = {name: content for name, content in good().items() if not name.startswith("keys/")}

    with pytest.raises(CommandError, match=r"the backup was made without keys: put its secret_key to .*/secret_key"):
        call_command(restoring, str(written(tmp_path / "file", parts)))
