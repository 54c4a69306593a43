"""Receipts: a file and its row come to be together or not at all."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError
from PIL import Image

from accounts.models import User
from accounts.selectors import Account
from expenses import receipts, services
from expenses.files.folder import ReceiptFolder
from expenses.images import BadReceipt, NotAPicture
from expenses.models import Receipt
from expenses.receipts import (
    SMALL,
    TooManyPictures,
    receipt_kept,
    receipt_open,
    receipt_read,
    receipt_small,
    receipt_smaller,
    receipts_tidy,
)
from expenses.selectors import (
    ReceiptNotFound,
    ReceiptRow,
    expense_row,
    receipt_owner,
    receipt_row,
    receipt_rows,
)
from tests.cast import NOON, spend
from tests.expenses.pictures import jpeg, pdf, png
from tests.failing import AWAY, FULL, failure
from tests.xpenser.test_health import files_of_at_most
from xpenser.watching import unwatched

LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: LazySettings) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_it_works(alice: Account, folder: Path) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))

    receipt = Receipt.objects.get()
    data = Path(folder, row.receipt_image).read_bytes()
    assert re.fullmatch(rf"{alice.id}/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.JPG", row.receipt_image)
    assert (receipt.user_id, receipt.expense_id, receipt.pk, receipt.image, receipt.position, receipt.created) == (
        alice.id, row.id, row.receipt_id, row.receipt_image, 0, NOON,
    )  # fmt: skip
    assert (receipt.size, receipt.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert receipt_row(user_id=alice.id, receipt_id=receipt.pk) == ReceiptRow(receipt.pk, row.receipt_image, row.id)


def test_open(alice: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(pdf()))

    opened = receipt_open(image=row.receipt_image)

    with opened.file as file:
        assert file.read().startswith(b"%PDF-1.4")
    assert (opened.content_type, opened.owner_id, opened.size) == (
        "application/pdf", alice.id, Receipt.objects.get().size,
    )  # fmt: skip


def test_no_upload(alice: Account, folder: Path) -> None:
    row = spend(alice, "lunch 45")

    assert (row.receipt_id, row.receipt_image, files(folder)) == (None, "", [])


def test_a_second_one_is_what_old_clients_see(alice: Account, folder: Path) -> None:
    first = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    second = services.expense_update(
        owner=alice, expense_id=first.id, fields={}, now=LATER, picture=receipt_read(png())
    )
    third = services.expense_update(owner=alice, expense_id=first.id, fields={}, now=LATER, picture=receipt_read(pdf()))

    positions = dict(Receipt.objects.values_list("image", "position"))
    assert positions == {third.receipt_image: 0, first.receipt_image: 1, second.receipt_image: 2}
    assert files(folder) == sorted(positions)
    assert [row.image for row in receipt_rows(user_id=alice.id)] == [
        first.receipt_image, second.receipt_image, third.receipt_image,
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["no amount", "lunch 20 EUR", "Time stop"])
def test_the_file_goes_when_the_write_fails(alice: Account, folder: Path, text: str) -> None:
    with pytest.raises(ValueError, match="'"):
        spend(alice, text, picture=receipt_read(jpeg()))

    assert files(folder) == []
    assert not Receipt.objects.exists()


def test_the_file_goes_when_an_update_fails(alice: Account, folder: Path) -> None:
    row = spend(alice, "lunch 45")

    with pytest.raises(services.BadType):
        services.expense_update(
            owner=alice, expense_id=row.id, fields={"type": ""}, now=LATER, picture=receipt_read(jpeg())
        )

    assert files(folder) == []
    assert expense_row(user_id=alice.id, expense_id=row.id) == row


def test_the_file_goes_when_somebody_pulls_the_plug(folder: Path) -> None:
    kept = receipt_kept(user_id=1, picture=receipt_read(jpeg()))
    image = kept.__enter__()
    assert image is not None
    assert files(folder) == [image.name]

    assert not kept.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    assert files(folder) == []


@pytest.mark.parametrize(("problem", "is_kept"), [(AWAY, True), (psycopg.errors.AdminShutdown(), True), (FULL, False)])
def test_where_the_connection_breaks_the_row_may_be_there_and_need_it(
    folder: Path, problem: Exception, is_kept: bool
) -> None:
    with pytest.raises(OperationalError), receipt_kept(user_id=1, picture=receipt_read(jpeg())):
        raise failure(problem)

    assert bool(files(folder)) is is_kept


def test_a_disk_that_becomes_full_keeps_no_beginning_of_a_file(folder: Path) -> None:
    picture = receipt_read(jpeg())
    with (
        files_of_at_most(100),
        pytest.raises(OSError, match="File too large"),
        receipt_kept(user_id=1, picture=picture),
    ):
        pass

    assert files(folder) == []


def test_the_file_goes_with_a_transaction_that_fails_at_its_end(alice: Account, folder: Path) -> None:
    def write() -> services.Answer:
        spend(alice, "lunch 45", picture=receipt_read(jpeg()))
        assert len(files(folder)) == 1
        raise failure(FULL)

    with pytest.raises(OperationalError):
        services.answer_once(user_id=alice.id, key="one", digest="d", now=NOON, write=write)

    assert files(folder) == []


def test_what_belongs_to_nothing_is_tidied_away_once_it_is_old(alice: Account, folder: Path) -> None:
    spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    stays = files(folder)
    default_storage.save(f"{alice.id}/stray.JPG", ContentFile(b"stray"))
    (folder / str(alice.id) / "somebody's").mkdir()  # a folder that is not ours is none of our business
    now = datetime.now(UTC)

    asked = []

    def tidied(*, hours: int, may: bool) -> int:
        def agreed(stray: int, files: int) -> bool:
            asked.append((stray, files))
            return may

        return receipts_tidy(now=now + timedelta(hours=hours), watch=unwatched, agreed=agreed)

    assert tidied(hours=0, may=True) == 0
    assert asked == []
    assert tidied(hours=2, may=False) == 0
    assert len(files(folder)) == 2
    assert tidied(hours=2, may=True) == 1
    assert files(folder) == stays
    assert asked == [(1, 2), (1, 2)]


@pytest.mark.parametrize("upload", [b"", b"<html>", b"\xff\xd8\xff"])
def test_no_picture(alice: Account, folder: Path, upload: bytes) -> None:
    with pytest.raises(BadReceipt):
        spend(alice, "lunch 45", picture=receipt_read(upload))

    assert files(folder) == []


def test_the_limits_are_the_operator_s(alice: Account, settings: LazySettings) -> None:
    settings.MAX_RECEIPT_BYTES = len(jpeg()) - 1
    with pytest.raises(BadReceipt):
        spend(alice, "lunch 45", picture=receipt_read(jpeg()))

    settings.MAX_RECEIPT_BYTES, settings.MAX_RECEIPT_PIXELS = 10**6, 48 * 32 - 1
    with pytest.raises(BadReceipt):
        spend(alice, "lunch 45", picture=receipt_read(jpeg()))


def test_it_is_gone_with_its_expense_and_back_with_it(alice: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)

    for question in (
        lambda: receipt_open(image=row.receipt_image),
        lambda: receipt_owner(image=row.receipt_image),
        lambda: receipt_row(user_id=alice.id, receipt_id=row.receipt_id or 0),
    ):
        with pytest.raises(ReceiptNotFound):
            question()
    assert receipt_rows(user_id=alice.id) == []

    services.expense_update(owner=alice, expense_id=row.id, fields={}, restore=True, now=LATER)
    assert receipt_owner(image=row.receipt_image) == alice.id


def test_it_is_gone_with_its_owner(alice: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))

    User.objects.filter(pk=alice.id).update(is_active=False)

    with pytest.raises(ReceiptNotFound):
        receipt_open(image=row.receipt_image)


@pytest.mark.parametrize("image", ["", "1", "1/x.JPG", "../secret_key", "/etc/passwd"])
def test_names_that_nothing_is_stored_under(alice: Account, image: str) -> None:
    with pytest.raises(ReceiptNotFound):
        receipt_open(image=image)


def test_a_file_that_was_lost(alice: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    default_storage.delete(row.receipt_image)

    with pytest.raises(ReceiptNotFound):
        receipt_open(image=row.receipt_image)


def test_what_is_not_hers(alice: Account, bob: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))

    with pytest.raises(ReceiptNotFound):
        receipt_row(user_id=bob.id, receipt_id=row.receipt_id or 0)
    assert receipt_rows(user_id=bob.id) == []


def test_smaller(alice: Account) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(png(6)))

    with Image.open(BytesIO(receipt_smaller(image=row.receipt_image, longest=24))) as small:
        assert (small.format, small.size) == ("JPEG", (16, 24))
    services.expense_delete(owner=alice, expense_id=row.id, now=LATER)
    with pytest.raises(ReceiptNotFound):
        receipt_smaller(image=row.receipt_image, longest=24)


def small_of(image: str) -> str:
    return f"{image.replace('.', '-')}-small.JPG"


def kept_small(owner: Account) -> str:
    """Return the name of a receipt whose small picture has been made."""
    image = spend(owner, "lunch 45", picture=receipt_read(png(6))).receipt_image
    receipt_small(image=image)
    return image


def tidied(hours: int) -> int:
    now = datetime.now(UTC) + timedelta(hours=hours)
    return receipts_tidy(now=now, watch=unwatched, agreed=lambda stray, files: True)


def test_a_small_picture_is_made_once(alice: Account, folder: Path) -> None:
    image = kept_small(alice)
    small = folder / small_of(image)

    assert files(folder) == sorted([image, small_of(image)])
    with Image.open(small) as opened:
        assert (opened.format, opened.size) == ("JPEG", (32, 48))
    made = small.read_bytes()
    small.write_bytes(b"as it was made")
    assert receipt_small(image=image) == b"as it was made"
    small.write_bytes(b"")  # as a power cut leaves it
    assert (receipt_small(image=image), small.read_bytes()) == (made, made)


def test_a_small_picture_is_no_receipt(alice: Account, folder: Path) -> None:
    small = small_of(kept_small(alice))

    with pytest.raises(ReceiptNotFound):
        receipt_open(image=small)
    assert tidied(hours=2) == 0
    Receipt.objects.all().delete()
    assert tidied(hours=2) == 2
    assert files(folder) == []


def test_a_small_picture_goes_with_its_receipt(
    alice: Account, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    image = kept_small(alice)
    (receipt,) = receipt_rows(user_id=alice.id)

    with django_capture_on_commit_callbacks(execute=True):
        services.receipt_remove(owner=alice, receipt_id=receipt.id, now=LATER)

    assert files(folder) == []
    with pytest.raises(ReceiptNotFound):
        receipt_small(image=image)


class Losing(ReceiptFolder):
    """Whatever is put there, its receipt is removed at this moment."""

    def put(self, name: str, content: IO[bytes]) -> None:
        Receipt.objects.all().delete()
        super().put(name, content)


def test_a_small_picture_does_not_outlive_a_receipt_that_goes_meanwhile(
    alice: Account, folder: Path, settings: LazySettings
) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(jpeg())).receipt_image
    kept = settings.STORAGES["default"]
    settings.STORAGES = {**settings.STORAGES, "default": {**kept, "BACKEND": f"{__name__}.Losing"}}

    with pytest.raises(ReceiptNotFound):
        receipt_small(image=image)

    assert files(folder) == [image]  # which went in no service's way


def test_a_small_picture_is_shown_where_it_can_t_be_kept(
    alice: Account, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(jpeg())).receipt_image

    with files_of_at_most(100):
        made = receipt_small(image=image)

    assert made == receipt_smaller(image=image, longest=SMALL)
    assert files(folder) == [image]
    assert caplog.messages == ["a small picture can't be kept"]


def test_a_document_has_no_small_picture(alice: Account) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(pdf())).receipt_image

    with pytest.raises(NotAPicture):
        receipt_small(image=image)


@pytest.mark.once
def test_pictures_are_decoded_one_at_a_time() -> None:
    with ThreadPoolExecutor(1) as pool:
        with receipts._DECODING:
            reading = pool.submit(receipt_read, jpeg())
            assert wait([reading], timeout=0.2).done == set()
        assert reading.result().extension == "JPG"


def test_who_would_wait_for_long_is_told_to_come_again(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(jpeg())).receipt_image
    monkeypatch.setattr(receipts, "_PATIENCE", 0)

    with receipts._DECODING:
        with pytest.raises(TooManyPictures, match=r"Throttled, wait 2 seconds\."):
            receipt_read(jpeg())
        with pytest.raises(TooManyPictures):
            receipt_smaller(image=image, longest=24)

    assert receipt_read(jpeg()).extension == "JPG"
