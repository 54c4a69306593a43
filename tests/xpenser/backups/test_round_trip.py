"""What was backed up and restored is the same, to the last column, on either database."""

import json
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, connections

from expenses.models import Expense, Receipt, Tag
from tests.cast import NOON
from tests.xpenser.backups.ledger import another, content, fill
from xpenser.backups.archive import Archive
from xpenser.backups.restoring import restore
from xpenser.backups.taking import backup_take
from xpenser.watching import unwatched

LAST = ["mfa", "0003_authenticator_type_uniq"]
"""A migration that makes no table and that no other needs: without it the database is that of an older program."""


def take(path: Path, data: Path, using: str) -> Archive:
    backup_take(
        path, data=data, using=using, with_keys=True, secret_keys=[settings.SECRET_KEY], now=NOON, watch=unwatched
    )
    return Archive(path)


def put(archive: Archive, data: Path, using: str) -> None:
    with archive:
        assert len(list(archive.check())) == archive.manifest.parts
        restore(archive, data=data, using=using, lose_secrets=False, watch=unwatched)


def aged(path: Path) -> Path:
    """Return the archive as the program of before LAST had made it."""
    older = path.with_suffix(".older")
    with zipfile.ZipFile(path) as new, zipfile.ZipFile(older, "w") as old:
        for name in new.namelist():
            content = new.read(name)
            if name == "manifest.json":
                said = json.loads(content)
                said["migrations"].remove(LAST)
                content = json.dumps(said).encode()
            old.writestr(name, content)
    return older


def next_ids(using: str) -> list[int]:
    """Return what the next tag and the next expense of a database are numbered."""
    tag = Tag(user_id=Expense.objects.using(using).values_list("user_id", flat=True)[0], name="new", name_key="new")
    expense = Expense.objects.using(using).order_by("id").first()
    assert expense is not None
    expense.pk = None
    expense.sourceid = ""
    for row in (tag, expense):
        row.save(using=using, force_insert=True)
    numbers = [tag.pk, expense.pk]
    for row in (tag, expense):
        row.delete(using=using)
    return numbers


@pytest.mark.django_db(transaction=True)
def test_it_works(tmp_path: Path) -> None:
    fill()
    before: Any = content("default")
    assert all(before.values()), "a table is empty, and so nothing is seen of it"
    first = take(tmp_path / "first", settings.ENV.data, "default")

    with ExitStack() as databases:
        data = tmp_path / "sqlite"
        using = databases.enter_context(another(data, "sqlite"))
        first.close()
        # An operator may have put the key there, and a first start makes an empty folder of receipts.
        (data / "receipts").mkdir(mode=0o700, parents=True)
        (data / "secret_key").touch(mode=0o600)
        (data / "secret_key").write_text(settings.SECRET_KEY)
        put(Archive(aged(tmp_path / "first")), data, using)
        assert content(using) == before
        assert "expense_deleted_by_date" in connections[using].introspection.get_constraints(
            connections[using].cursor(), "expenses_expense"
        )
        if connection.vendor == "postgresql":
            second = take(tmp_path / "second", data, using)
            assert second.manifest.tables == first.manifest.tables
            data = tmp_path / "postgresql"
            using = databases.enter_context(another(data, "postgresql"))
            put(second, data, using)
            assert content(using) == before
        assert next_ids(using) == next_ids("default")

    assert sorted(path.name for path in data.iterdir() if path.name != "xpenser.sqlite3") == ["receipts", "secret_key"]
    assert (data / "secret_key").read_text() == (settings.ENV.data / "secret_key").read_text()
    for image in Receipt.objects.values_list("image", flat=True):
        with default_storage.open(image) as file:
            assert (data / "receipts" / image).read_bytes() == file.read()
    assert {path.stat().st_mode & 0o077 for path in data.rglob("*")} == {0}
