"""Receipts in a bucket, of a real server: nothing by halves, nothing of other people's, and what happens without it."""

import dataclasses
import hashlib
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest
from botocore.loaders import JSONFileLoader
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from accounts.selectors import Account
from expenses import receipts, services
from expenses.files import FilesAway, receipt_files
from expenses.files.bucket import ReceiptBucket
from expenses.models import Expense, IdempotencyKey, LedgerArchive, Receipt
from expenses.receipts import receipt_open, receipt_read, receipts_held, receipts_tidy
from expenses.selectors import ReceiptNotFound
from tests.api.v1 import upload
from tests.archives import HOME, archive_of, ledger_of
from tests.cast import NOON, OldClient, basic, connection_kept, open_account, spend
from tests.expenses.pictures import exif, jpeg, pdf, png
from tests.faults.killing import multipart
from tests.live import free_port
from tests.s3 import BUCKET, S3Server
from tests.web.people import at_browser, csrf
from tests.xpenser.backups.ledger import another
from tests.xpenser.backups.test_commands import told
from tests.xpenser.test_health import no_database
from web import probes
from web.probes import SHARED_SECONDS, Shared
from xpenser import env, health
from xpenser.backups.archive import Archive
from xpenser.backups.restoring import NotEmpty, restore
from xpenser.bucket import bucket_settings
from xpenser.health import State
from xpenser.watching import unwatched
from xpenser.wsgi import application

STARTS = "of/ours/"
IMAGE = "7/00000000-0000-4000-8000-000000000001.JPG"
OTHER = "7/00000000-0000-4000-8000-000000000002.JPG"
MOST: Final = 4_000_000
"""Bytes of memory for an upload of any size, and all else that its request takes: its body may be a megabyte."""


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """Let the library read once what S3 is like: the storage of each test would read a megabyte of JSON anew."""
    read = cache(JSONFileLoader().load_file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", lambda _, path: read(path))
        yield


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with S3Server(tmp_path_factory.mktemp("s3")).start() as s3:
        yield s3


@pytest.fixture
def s3(started: S3Server, settings: Settings) -> S3Server:
    """A server that keeps this test's receipts, and nothing besides."""
    started.empty()
    use(settings, started.url)
    return started


def use(settings: Settings, url: str) -> None:
    """Choose the bucket as the operator does."""
    bucket = env.read({"RECEIPTS_S3": url}).receipts_s3
    assert bucket is not None
    settings.ENV = dataclasses.replace(settings.ENV, receipts_s3=bucket)
    settings.STORAGES = {**settings.STORAGES, "default": bucket_settings(bucket)}


@pytest.fixture
def away(settings: Settings) -> Callable[[], None]:
    """Return what takes the server away: from then on nobody listens where it was."""
    return lambda: use(settings, f"http://key:secret@127.0.0.1:{free_port()}/{BUCKET}")


def with_receipt(owner: Account, data: bytes | None = None) -> str:
    return spend(owner, "lunch 45", picture=receipt_read(data or jpeg())).receipt_image


def below(*names: str) -> list[str]:
    return sorted(STARTS + name for name in names)


def backup(path: Path) -> str:
    return told("backup", path)


@pytest.mark.once
def test_a_file_comes_and_goes(s3: S3Server) -> None:
    files = receipt_files()
    content = bytes(range(256)) * 1000

    assert files.save(IMAGE, ContentFile(content)) == IMAGE

    with files.open(IMAGE) as file:
        assert (file.size, file.read()) == (len(content), content)
    with files.open(files.save(OTHER, ContentFile(b"x"))) as file:
        assert (file.size, file.read()) == (1, b"x")
    assert s3.names() == below(IMAGE, OTHER)
    files.delete(IMAGE)
    files.delete(IMAGE)
    assert s3.names() == below(OTHER)
    files.put(OTHER, BytesIO(b"another"))
    assert (s3.names(), s3.content(STARTS + OTHER)) == (below(OTHER), b"another")
    with pytest.raises(FileNotFoundError):
        files.open(IMAGE)


@pytest.mark.once
def test_only_what_can_be_a_receipt_below_our_prefix_is_listed(s3: S3Server) -> None:
    for name in ("7/x.JPG", "of/7/x.JPG", f"{STARTS}7/x.JPG", f"{STARTS}77/y.PNG", f"{STARTS}.held/z", f"{STARTS}note"):
        s3.client.put_object(Bucket=BUCKET, Key=name, Body=b"four")

    assert [(file.name, file.size) for file in receipt_files().listed()] == [("7/x.JPG", 4), ("77/y.PNG", 4)]
    assert [file.name for file in receipt_files().listed("7")] == ["7/x.JPG"]
    assert abs(next(receipt_files().listed()).modified - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.once
def test_trying_leaves_nothing_behind(s3: S3Server) -> None:
    receipt_files().prepare()

    assert s3.names() == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda url: url.replace("@", "0@"), "PutObject: SignatureDoesNotMatch"),
        (lambda url: url.replace("//", "//X"), "PutObject: InvalidAccessKeyId"),
        (lambda url: url.replace(BUCKET, "nobodys"), "PutObject: NoSuchBucket"),
    ],
)
def test_who_is_not_let_in_is_told_why_and_the_secret_stays_untold(
    s3: S3Server, settings: Settings, change: Callable[[str], str], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    use(settings, change(s3.url))

    with pytest.raises(FilesAway, match=r"^Throttled, wait 5 seconds\.$") as refused:
        receipt_files().prepare()

    assert refused.value.why == why
    assert caplog.messages == [f"The storage of receipts can't be used: {why}"]


@pytest.mark.once
def test_a_bucket_that_is_gone_has_not_lost_a_receipt(s3: S3Server, settings: Settings) -> None:
    use(settings, s3.url.replace(BUCKET, "nobodys"))

    with pytest.raises(FilesAway):
        receipt_files().open(IMAGE)


@pytest.mark.once
def test_all_threads_share_one_client(s3: S3Server) -> None:
    files = storages["default"]
    assert isinstance(files, ReceiptBucket)

    assert files.bucket.meta.client is files.connection.meta.client


@pytest.mark.once
def test_what_is_removed_during_a_backup_goes_after_it(s3: S3Server, settings: Settings) -> None:
    """Of two backups, after the second, and by whichever machine it was."""
    files, elsewhere = receipt_files(), ReceiptBucket(**settings.STORAGES["default"]["OPTIONS"])
    for name in (IMAGE, OTHER):
        files.save(name, ContentFile(b"x"))

    with files.held():
        with elsewhere.held():
            elsewhere.remove(IMAGE)
            assert STARTS + IMAGE in s3.names()
        assert STARTS + IMAGE in s3.names()

    assert s3.names() == below(OTHER)
    files.remove(OTHER)
    assert s3.names() == []


@pytest.mark.once
def test_what_is_removed_while_a_backup_ends_goes_at_once(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put on the list when nobody reads it any more is removed by who put it there."""
    files = receipt_files()
    files.save(IMAGE, ContentFile(b"x"))
    answers = [True, False]
    monkeypatch.setattr(ReceiptBucket, "_is_held", lambda _: answers.pop(0))

    files.remove(IMAGE)

    assert s3.names() == []
    assert answers == []


@pytest.mark.once
def test_the_mark_of_a_backup_that_died_counts_for_a_day(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    files = receipt_files()
    files.save(IMAGE, ContentFile(b"x"))
    s3.client.put_object(Bucket=BUCKET, Key=f"{STARTS}.held/died")

    files.remove(IMAGE)
    assert STARTS + IMAGE in s3.names()

    monkeypatch.setattr("expenses.files.bucket._LONGEST_BACKUP", timedelta(days=-1))
    files.remove(IMAGE)
    assert STARTS + IMAGE not in s3.names()


@pytest.mark.once
def test_a_backup_does_not_fail_for_what_can_not_be_removed_at_its_end(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = receipt_files()

    with files.held():
        s3.client.delete_object(Bucket=BUCKET, Key=s3.names()[0])
        monkeypatch.setattr(storages["default"], "bucket_name", "nobodys")

    assert caplog.messages[-1] == "receipts that were removed during a backup are still there"


def test_it_works(alice: Account, s3: S3Server) -> None:
    image = with_receipt(alice, pdf())

    receipt = Receipt.objects.get()
    assert s3.names() == below(image)
    with receipt_open(image=image).file as file:
        content = file.read()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (receipt.size, receipt.sha256)
    found = s3.client.get_object(Bucket=BUCKET, Key=STARTS + image)
    assert (found["ContentType"], found["Body"].read()) == ("application/pdf", content)


def test_old_clients_send_and_fetch_it_with_no_redirect(alice_client: OldClient, s3: S3Server) -> None:
    sent = {"q": "lunch 45", "receipt": upload(jpeg(tail=b"x" * 100), "photo.jpg")}
    image = alice_client.post("/api/v1.0/expense/", sent).json()["receipt"]["image"]

    response = Client().get(f"/static/xpenser/media/Receipts/{image}")

    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.getvalue() == s3.content(STARTS + image)


def test_whose_it_is_is_asked_before_it_is_fetched(
    alice: Account, bob_client: OldClient, s3: S3Server, away: Callable[[], None], settings: Settings
) -> None:
    settings.RECEIPTS_PUBLIC = False
    image = with_receipt(alice)
    away()

    assert bob_client.get(f"/static/xpenser/media/Receipts/{image}").status_code == 404


def test_a_page_shows_and_turns_it(alice: Account, s3: S3Server) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    browser = at_browser(alice)

    assert browser.get(f"/receipts/{row.receipt_id}/small.jpg").status_code == 200
    assert s3.names() == below(row.receipt_image.replace(".JPG", "-JPG-small.JPG"), row.receipt_image)
    turned = services.receipt_turn(owner=alice, receipt_id=row.receipt_id or 0, quarters=1, now=NOON)
    assert turned.image != row.receipt_image
    assert STARTS + turned.image in s3.names()


def test_files_go_once_that_is_committed(
    alice: Account, s3: S3Server, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    images = [with_receipt(alice), with_receipt(alice, png())]

    with django_capture_on_commit_callbacks(execute=True):
        services.account_close(user_id=alice.id, now=NOON)
        assert s3.names() == below(*images)

    assert s3.names() == []


def test_what_fails_leaves_nothing(alice: Account, s3: S3Server) -> None:
    with pytest.raises(ValueError, match="no amount"):
        spend(alice, "no amount", picture=receipt_read(jpeg()))

    assert s3.names() == []


def test_while_it_is_away_nothing_is_stored(alice: Account, alice_client: OldClient, away: Callable[[], None]) -> None:
    """With a key, inside its transaction, or without."""
    away()

    for headers in ({}, {"Idempotency-Key": "one"}):
        sent = {"q": "lunch 45", "receipt": upload(jpeg(), "photo.jpg")}
        answer = alice_client.post("/api/v1.0/expense/", sent, headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.content == b"Throttled, wait 5 seconds."

    assert not Receipt.objects.exists()
    assert not IdempotencyKey.objects.exists()
    assert not Expense.objects.filter(type="lunch", amount=45).exists()


def test_while_it_is_away_a_picture_is_awaited(
    alice: Account, s3: S3Server, away: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    away()
    browser = at_browser(alice)

    image = Client().get(f"/static/xpenser/media/Receipts/{row.receipt_image}")
    small = browser.get(f"/receipts/{row.receipt_id}/small.jpg")
    page = browser.get(f"/expenses/{row.id}/receipts/")

    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in (image, small)] == [(503, "5")] * 2
    assert "The server can’t reach something that it needs just now." in small.content.decode()
    assert page.status_code == 200
    assert "secret" not in caplog.text
    assert row.receipt_image not in caplog.text


def test_while_it_is_away_a_page_keeps_nothing_of_what_came(alice: Account, away: Callable[[], None]) -> None:
    row = spend(alice, "lunch 45")
    browser = at_browser(alice)
    away()

    answers = []
    for headers in ({}, {"Accept": "application/json"}):
        sent = {"receipt": SimpleUploadedFile("a.jpg", jpeg()), "once": str(uuid4())}
        answers.append(browser.post(f"/expenses/{row.id}/receipts/", sent, headers=headers))

    assert [answer.status_code for answer in answers] == [503, 503]
    assert answers[1].json() == {
        "said": "The server can’t reach the place where it keeps receipts. This one was not stored: send it again.",
        "is_refused": True,
    }
    assert not Receipt.objects.exists()


def test_while_it_is_away_what_is_removed_is_gone_for_everybody(
    alice: Account,
    s3: S3Server,
    away: Callable[[], None],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its object is left for doctor; of several only the first is waited for."""
    images = [with_receipt(alice), with_receipt(alice)]
    away()

    with django_capture_on_commit_callbacks(execute=True):
        services.account_close(user_id=alice.id, now=NOON)

    with pytest.raises(ReceiptNotFound):
        receipt_open(image=images[0])
    assert caplog.messages == [
        "The storage of receipts can't be used: EndpointConnectionError",
        "2 receipts that were removed are still there",
    ]


def test_what_could_not_be_taken_back_masks_no_refusal(
    alice: Account, s3: S3Server, away: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    written = receipts.receipt_written(user_id=alice.id, picture=receipt_read(jpeg()))
    written.__enter__()
    away()

    assert not written.__exit__(ValueError, ValueError("refused"), None)

    assert caplog.messages[-1] == "receipts whose expense did not come to be are still there"


def test_doctor_compares_and_tidies(alice: Account, s3: S3Server, settings: Settings) -> None:
    kept, lost = with_receipt(alice), with_receipt(alice)
    receipt_files().delete(lost)
    receipt_files().save(IMAGE, ContentFile(b"stray"))
    later = datetime.now(UTC) + timedelta(hours=2)

    assert health.receipts(now=NOON, most=None).said == f"Of 2 receipts 1 have no file: {lost}."
    Receipt.objects.filter(image=lost).delete()
    assert health.receipts(now=NOON, most=None).state is State.OK  # it may be about to get one
    assert health.receipts(now=later, most=None).said == f"1 of 2 files belong to no receipt: {IMAGE}."
    size = Receipt.objects.get().size
    assert receipts.receipts_counted(most=1) == (1, 5 if kept > IMAGE else size, False)
    assert receipts_tidy(now=later, watch=unwatched, agreed=lambda stray, files: True) == 1
    assert s3.names() == below(kept)


def test_doctor_and_readyz_tell_that_it_is_away(
    alice: Account, away: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    away()
    monkeypatch.setattr(probes, "tried", Shared(health.ready, seconds=SHARED_SECONDS))

    ready = Client().get("/readyz")
    said = health._checked("Storage", health.storage)

    assert (ready.status_code, ready.json()) == (503, {"ready": False, "failed": ["storage"]})
    assert (said.state, said.said) == (State.BAD, "RECEIPTS_S3: EndpointConnectionError")
    with pytest.raises(CommandError, match=r"^The files of receipts can't be tidied: EndpointConnectionError$"):
        call_command("doctor", tidy=True, stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_a_backup_has_them_and_brings_them_back(
    s3: S3Server, tmp_path: Path, away: Callable[[], None], settings: Settings
) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("where receipts go does not depend on where rows do, and all tables are made anew for it")
    image = with_receipt(open_account("alice@example.com"))
    assert " rows, 1 receipts, " in backup(tmp_path / "file")
    before = s3.content(STARTS + image)

    def back() -> list[str]:
        with another(tmp_path / "data", connection.vendor) as using, Archive(tmp_path / "file") as archive:
            restore(
                archive, data=tmp_path / "data", bucket=receipt_files(), using=using, lose_secrets=False,
                watch=unwatched,
            )  # fmt: skip
        return s3.names()

    with pytest.raises(NotEmpty, match=r"^[0-9]+/[^ ]+ in the bucket is there already"):
        back()
    s3.empty()
    assert back() == below(image)
    assert s3.content(STARTS + image) == before
    assert not (tmp_path / "data" / "receipts").exists()

    away()
    with pytest.raises(CommandError, match=r"^RECEIPTS_S3: EndpointConnectionError$"):
        backup(tmp_path / "second")
    assert not (tmp_path / "second").exists()
    with pytest.raises(CommandError, match=r"^RECEIPTS_S3: EndpointConnectionError$"):
        told("restore", tmp_path / "file")


@pytest.mark.django_db(transaction=True)
def test_what_fails_to_come_back_leaves_an_empty_bucket(s3: S3Server, tmp_path: Path) -> None:
    with_receipt(open_account("alice@example.com"))
    backup(tmp_path / "file")
    s3.empty()

    def failing(items: Any, count: int, of_what: str) -> Iterator[Any]:
        yield from items
        if of_what == "receipts":
            assert len(s3.names()) == 1
            raise OSError

    with (
        another(tmp_path / "data", connection.vendor) as using,
        Archive(tmp_path / "file") as archive,
        pytest.raises(OSError),  # noqa: PT011 - its own
    ):
        restore(archive, data=tmp_path / "data", bucket=receipt_files(), using=using, lose_secrets=False, watch=failing)

    assert s3.names() == []


@pytest.mark.django_db(transaction=True)
def test_what_can_not_be_taken_back_is_waited_for_once(
    s3: S3Server, away: Callable[[], None], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    owner = open_account("alice@example.com")
    with_receipt(owner)
    with_receipt(owner, pdf())
    backup(tmp_path / "file")
    s3.empty()

    def failing(items: Any, count: int, of_what: str) -> Iterator[Any]:
        yield from items
        if of_what == "receipts":
            away()
            raise OSError

    with (
        another(tmp_path / "data", connection.vendor) as using,
        Archive(tmp_path / "file") as archive,
        pytest.raises(FilesAway),
    ):
        restore(archive, data=tmp_path / "data", bucket=receipt_files(), using=using, lose_secrets=False, watch=failing)

    assert [record.name for record in caplog.records].count("expenses.files.bucket") == 1


@pytest.mark.django_db(transaction=True)
def test_a_receipt_that_is_removed_during_a_backup_is_in_it(s3: S3Server, tmp_path: Path) -> None:
    owner = open_account("alice@example.com")
    row = spend(owner, "lunch 45", picture=receipt_read(jpeg()))

    with receipts_held():
        services.receipt_remove(owner=owner, receipt_id=row.receipt_id or 0, now=NOON)
        assert STARTS + row.receipt_image in s3.names()

    assert s3.names() == []


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    """A data folder that receipts are copied from, and back into."""
    settings.RECEIPTS_FOLDER = {
        **settings.RECEIPTS_FOLDER, "OPTIONS": {"location": tmp_path / "receipts"},
    }  # fmt: skip
    return tmp_path / "receipts"


def test_they_are_brought_from_the_folder_into_the_bucket_and_back(
    alice: Account, bob: Account, folder: Path, settings: Settings, started: S3Server
) -> None:
    started.empty()
    settings.STORAGES = {**settings.STORAGES, "default": settings.RECEIPTS_FOLDER}
    images = [with_receipt(alice), with_receipt(alice, png()), with_receipt(bob)]
    lost, damaged = with_receipt(bob), with_receipt(bob)
    (folder / lost).unlink()
    (folder / damaged).write_bytes(b"zeros")
    use(settings, started.url)
    receipt_files().save(images[0], ContentFile(b"the begi"))

    said = StringIO()
    with pytest.raises(CommandError, match=rf"^2 are missing, or not as they were stored: {lost}, {damaged}$"):
        call_command("copyreceipts", stdout=said)
    assert said.getvalue() == "3 receipts were copied; none was removed where it came from.\n"
    assert started.names() == below(*images)
    assert all((folder / image).exists() for image in images)
    for image in images:
        with receipt_open(image=image).file as file:
            assert file.read() == (folder / image).read_bytes()

    Receipt.objects.filter(image__in=[lost, damaged]).delete()
    assert told("copyreceipts").startswith("0 receipts were copied")
    before = (folder / images[1]).read_bytes()
    (folder / images[1]).unlink()
    assert told("copyreceipts", "--back").startswith("1 receipts were copied")
    assert (folder / images[1]).read_bytes() == before


def test_why_nothing_could_be_copied(
    alice: Account, folder: Path, s3: S3Server, away: Callable[[], None], settings: Settings
) -> None:
    with_receipt(alice)
    folder.parent.mkdir(exist_ok=True)
    folder.touch()  # a file where a folder is wanted
    with pytest.raises(CommandError, match=r"/receipts.*: Not a directory$"):
        told("copyreceipts", "--back")
    away()
    with pytest.raises(CommandError, match=r"^RECEIPTS_S3: EndpointConnectionError$"):
        told("copyreceipts")
    with no_database(), pytest.raises(CommandError, match=r"^the database can't be read: the server closed"):
        told("copyreceipts")
    settings.ENV = dataclasses.replace(settings.ENV, receipts_s3=None)
    with pytest.raises(CommandError, match=r"^RECEIPTS_S3 names no bucket: receipts are in the data folder$"):
        told("copyreceipts")


def test_an_archive_has_what_is_in_a_bucket_or_is_none(
    s3: S3Server, away: Callable[[], None], alice: Account, tmp_path: Path, settings: Settings
) -> None:
    settings.ARCHIVES = tmp_path / "archives"
    bob, carol = open_account("b@example.com"), open_account("c@example.com")
    with_receipt(alice, pdf())
    path = tmp_path / "all.zip"
    path.write_bytes(archive_of(alice))

    call_command("takein", bob.email, str(path), stdout=StringIO())

    assert [name.endswith(".PDF") for name in s3.names()] == [True, True]
    assert ledger_of(bob)["receipts/2-1.PDF"] == pdf()
    away()
    services.archive_ask(user_id=alice.id, now=NOON + timedelta(hours=1))
    with pytest.raises(FilesAway):  # an archive without receipts would look whole
        services.archive_make(
            owner=alice, asked=NOON + timedelta(hours=1), home=HOME, now=NOON, snapshot=nullcontext
        )  # fmt: skip
    assert LedgerArchive.objects.get(user_id=alice.id).failed
    with pytest.raises(CommandError, match=r"^RECEIPTS_S3: EndpointConnectionError$"):
        call_command("takein", carol.email, str(path))
    assert Receipt.objects.filter(user_id=carol.id).count() == 0


def noise() -> bytes:
    """A photograph of 6 million pixels that nothing makes smaller: 7 MB."""
    out = BytesIO()
    Image.effect_noise((3000, 2000), 100).save(out, "JPEG", quality=100, exif=exif())
    return out.getvalue()


def asked(body: Path, **environ: str) -> str:
    """Have a body answered that no client holds in memory, and return the status."""
    begun: list[str] = []
    with body.open("rb") as stream:
        said = {
            "REQUEST_METHOD": "POST", "SERVER_NAME": "x", "SERVER_PORT": "1", "HTTP_HOST": "localhost",
            "CONTENT_TYPE": "multipart/form-data; boundary=ends", "CONTENT_LENGTH": str(body.stat().st_size),
            "wsgi.input": stream, "wsgi.url_scheme": "http", **environ,
        }  # fmt: skip
        with connection_kept():
            application(said, lambda status, headers: begun.append(status))
    return begun[0]


@pytest.fixture
def _large_uploads(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = settings.MAX_RECEIPT_BYTES = 30_000_000


@pytest.mark.parametrize("make", [lambda: pdf(tail=b"%" + bytes(20_000_000) + b"\n%%EOF\n"), noise], ids=["PDF", "JPG"])
@pytest.mark.parametrize("door", ["api", "web"])
@pytest.mark.usefixtures("_large_uploads")
def test_an_upload_does_not_pass_through_memory(
    s3: S3Server, alice: Account, tmp_path: Path, make: Callable[[], bytes], door: str
) -> None:
    """But for the pixels of the picture, which Pillow holds while it looks at them."""
    row, browser, content = spend(alice, "dinner 20"), at_browser(alice, strict=True), make()
    page = f"/expenses/{row.id}/receipts/"
    browser.get(page)
    way = {
        "api": {"PATH_INFO": "/api/v1.0/expense/", "HTTP_AUTHORIZATION": basic(alice.email)},
        "web": {
            "PATH_INFO": page,
            "HTTP_COOKIE": "; ".join(f"{n}={each.value}" for n, each in browser.cookies.items()),
        },
    }[door]

    def sent(receipt: bytes) -> str:
        s3.empty()
        said = {"q": "lunch 45", "once": str(uuid4()), "csrfmiddlewaretoken": csrf(browser)}
        (tmp_path / "body").write_bytes(multipart(said, receipt)[0])
        tracemalloc.reset_peak()
        return asked(tmp_path / "body", **way)

    sent(pdf())  # loads what such a request needs
    tracemalloc.start()
    try:
        status = sent(content)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert status in {"200 OK", "302 Found"}
    assert [s3.content(name) for name in s3.names()] == [receipt_read(content).data]
    assert most < MOST
