"""What a backup holds when the world changes under its hands."""

import fcntl
import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from accounts.selectors import Account
from expenses import services
from expenses.models import Receipt
from expenses.receipts import receipt_read, receipts_held
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg, png
from xpenser.backups.archive import Archive, Manifest
from xpenser.backups.taking import backup_take
from xpenser.watching import Watch, unwatched


def take(path: Path, *, with_keys: bool = True, watch: Watch = unwatched) -> Manifest:
    return backup_take(
        path, data=settings.ENV.data, using="default", with_keys=with_keys, secret_keys=[settings.SECRET_KEY],
        now=NOON, watch=watch,
    )  # fmt: skip


def with_receipts(owner: Account) -> list[Receipt]:
    expense = spend(owner, "hotel 120")
    pictures = [receipt_read(jpeg(1)), receipt_read(png(1))]
    services.receipts_add(owner=owner, expense_id=expense.id, pictures=pictures, now=NOON)
    return list(Receipt.objects.order_by("id"))


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_removed_meanwhile(tmp_path: Path) -> None:
    """Its row was read, so its file is there; then it goes, as it would have gone at once."""
    owner = open_account("alice@example.com")
    first, second = with_receipts(owner)

    def meddling(items: Iterable[Any], count: int, of_what: str) -> Iterator[Any]:
        if of_what == "receipts":
            services.receipt_remove(owner=owner, receipt_id=second.pk, now=NOON)
            assert default_storage.exists(second.image)
        yield from items

    made = take(tmp_path / "file", watch=meddling)

    assert (made.files, made.missing, made.damaged) == (2, 0, 0)
    with Archive(tmp_path / "file") as archive:
        assert {receipt.name for receipt in archive.receipts()} == {first.image, second.image}
    assert default_storage.exists(first.image)
    assert not default_storage.exists(second.image)
    with receipts_held():
        pass  # nothing is left for it
    services.receipt_remove(owner=owner, receipt_id=first.pk, now=NOON)
    assert not default_storage.exists(first.image)


@pytest.fixture
def held() -> Path:
    """A removed receipt's file that is still there, and a list in which it stands among what a lost power leaves."""
    for name in ("1/removed.PNG", "1/kept.PNG"):
        default_storage.delete(name)
        default_storage.save(name, ContentFile(b"picture"))
    path = Path(default_storage.path(".removed"))
    path.write_bytes(b"1/\n\0\0\n1/removed.PNG\n../secret_key\n\xff\n1/kept.PN")
    return path


@pytest.mark.once
def test_a_backup_that_died_left_a_list(held: Path) -> None:
    """The next one removes what stands in it, and nothing else."""
    with receipts_held():
        assert default_storage.exists("1/removed.PNG")

    assert not default_storage.exists("1/removed.PNG")
    assert default_storage.exists("1/kept.PNG")
    assert not held.exists()


@pytest.mark.once
def test_a_removed_file_that_stays(held: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and keeps neither the others nor the backup."""
    Path(default_storage.path("1/stays.PNG")).mkdir(exist_ok=True)
    Path(default_storage.path("1/stays.PNG/in-it")).touch()
    held.write_bytes(b"1/stays.PNG\n1/removed.PNG\n")
    try:
        with receipts_held():
            pass
    finally:
        shutil.rmtree(default_storage.path("1/stays.PNG"))

    assert not default_storage.exists("1/removed.PNG")
    assert caplog.messages == ["a receipt that was removed during a backup is still there"]


@pytest.mark.once
def test_a_second_backup_waits_and_has_a_list_of_its_own(held: Path) -> None:
    """The first one takes its list away, so the second must not go on with that."""

    def second() -> bool:
        with receipts_held():
            return held.exists()

    with ThreadPoolExecutor(1) as pool:
        with receipts_held():
            waiting = pool.submit(second)
            while sum(held.samefile(path) for path in Path("/proc/self/fd").iterdir() if path.exists()) < 2:
                time.sleep(0.01)
        assert waiting.result()

    assert not held.exists()


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_removed_while_a_backup_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written into the list when nobody reads it any more is removed by who wrote it."""
    owner = open_account("alice@example.com")
    receipt = with_receipts(owner)[0]
    path = Path(default_storage.path(".removed"))
    path.touch()

    def held_and_gone(*_: object) -> None:
        path.unlink()
        raise BlockingIOError

    monkeypatch.setattr(fcntl, "flock", held_and_gone)
    services.receipt_remove(owner=owner, receipt_id=receipt.pk, now=NOON)

    assert not default_storage.exists(receipt.image)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_removed_after_a_backup_died() -> None:
    """Its list is still there, but nobody holds it."""
    owner = open_account("alice@example.com")
    receipt = with_receipts(owner)[0]
    left = Path(default_storage.path(".removed"))
    left.touch()

    services.receipt_remove(owner=owner, receipt_id=receipt.pk, now=NOON)

    assert not default_storage.exists(receipt.image)
    assert left.read_bytes() == b""
    left.unlink()


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_can_not_be_read(tmp_path: Path) -> None:
    """Neither one that can't be opened nor one on a bad spot of the disk keeps the rest from being saved."""
    closed, bad = with_receipts(open_account("alice@example.com"))
    for receipt, target in ((closed, default_storage.path(closed.image)), (bad, "/proc/self/mem")):
        default_storage.delete(receipt.image)
        Path(default_storage.path(receipt.image)).symlink_to(target)  # the first one leads to itself

    made = take(tmp_path / "file")

    assert (made.files, made.missing, made.damaged) == (1, 1, 1)
    with Archive(tmp_path / "file") as archive:
        assert len(list(archive.check())) == made.parts


@pytest.mark.django_db(transaction=True)
def test_migrations_of_an_app_that_was_here_once(tmp_path: Path) -> None:
    """Whoever restores does not know them, and has no rows of theirs."""
    recorder = MigrationRecorder(connection)
    recorder.record_applied("gone", "0001_initial")
    try:
        migrations = take(tmp_path / "file").migrations
    finally:
        recorder.record_unapplied("gone", "0001_initial")

    assert ("accounts", "0001_initial") in migrations
    assert "gone" not in dict(migrations)


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_lost_or_damaged(tmp_path: Path) -> None:
    """The rest is saved all the same, and the operator hears of it."""
    lost, damaged = with_receipts(open_account("alice@example.com"))
    default_storage.delete(lost.image)
    default_storage.delete(damaged.image)
    default_storage.save(damaged.image, ContentFile(b"zeros"))

    made = take(tmp_path / "file")

    assert (made.files, made.missing, made.damaged) == (1, 1, 1)
    with Archive(tmp_path / "file") as archive:
        assert len(list(archive.check())) == made.parts
        assert [b"".join(archive.receipt(receipt)) for receipt in archive.receipts()] == [b"zeros"]


@pytest.mark.django_db(transaction=True)
def test_rows_are_of_one_moment(tmp_path: Path) -> None:
    """What is written between two tables is in none of them."""
    if connection.vendor == "sqlite":
        pytest.skip("a test's SQLite is in memory, where readers and writers share a lock")
    owner = open_account("alice@example.com")
    before = take(tmp_path / "before").tables["expenses_expense"]

    def meddling(items: Iterable[Any], count: int, of_what: str) -> Iterator[Any]:
        if of_what == "access_accesstoken":
            elsewhere = connection.copy()
            with elsewhere.cursor() as cursor:
                cursor.execute("UPDATE expenses_expense SET notes = 'changed' WHERE user_id = %s", [owner.id])
            elsewhere.close()
        yield from items

    during = take(tmp_path / "during", watch=meddling).tables["expenses_expense"]

    assert during == before
    assert take(tmp_path / "after").tables["expenses_expense"] != before


@pytest.mark.django_db(transaction=True)
def test_without_keys(tmp_path: Path) -> None:
    tls = settings.ENV.data / "tls"
    tls.mkdir()
    names = {"ca.pem", ".my own (2026) ü.pem"}
    for name in names:
        (tls / name).write_text("a certificate")
    try:
        assert set(take(tmp_path / "with").keys) == {"secret_key", *(f"tls/{name}" for name in names)}
        assert take(tmp_path / "without", with_keys=False).keys == {}
    finally:
        shutil.rmtree(tls)

    assert settings.SECRET_KEY.encode() in b"".join(Archive(tmp_path / "with").key("secret_key"))
    assert b"secret_key" not in (tmp_path / "without").read_bytes()
    assert (tmp_path / "with").stat().st_mode & 0o777 == 0o600
