"""Receipts: the files, and the rows that say whose they are.

A file is written before its row and taken away again if the row does not come to be; its name is never used twice.
"""

import hashlib
import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.core.files.base import File
from django.db import OperationalError, transaction
from django.db.models import F, Max

from accounts.buffers import Buffer, reading, taken
from accounts.throttled import Throttled
from expenses.events import receipts_came
from expenses.files import FilesAway, ReceiptFiles, receipt_files
from expenses.images import CONTENT_TYPES, PICTURES, Picture, inspect, smaller
from expenses.models import Receipt
from expenses.selectors import ReceiptNotFound, ReceiptRow, receipt_owner

logger = logging.getLogger(__name__)

SMALL: Final = 480
"""Pixels of the longer side of a picture among others."""
_SMALL_ENDS: Final = "-small.JPG"

_ASIDE = 10_000  # a place that no receipt of an expense has: the column ends at 32 767
# One at a time in each process: a picture takes up to 200 MB while it is decoded, and a page asks for many at once.
_DECODING = threading.Lock()
# In seconds. Fifty small pictures of one page take less; whoever waits holds a thread that nobody else gets.
_PATIENCE: Final = 10
# The files of receipts that were written in a transaction which goes on.
_written: ContextVar[list[str]] = ContextVar("written")
# A file is written before its row: one that is younger may be about to get it.
_ON_ITS_WAY: Final = timedelta(hours=1)
_AT_ONCE: Final = 500  # names in one question


class TooManyPictures(Throttled):
    """So many pictures wait to be decoded that this one would wait for long. Nothing of it was kept."""

    def __init__(self) -> None:
        super().__init__(retry_after=2)


class StoredImage(NamedTuple):
    """A file that has been written. ``name`` is ``<user id>/<uuid4>.<EXT>`` (wire §1.2 "Receipt images")."""

    name: str
    size: int
    sha256: str


class OpenReceipt(NamedTuple):
    """A stored receipt, open for reading; whoever takes it closes it."""

    file: "File[bytes]"
    size: int
    content_type: str
    owner_id: int


Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]
"""Shows how far something has come: takes what is gone through, how many they are and of what, and gives the same."""


class Compared(NamedTuple):
    """``rows`` and ``files`` were looked at: ``missing`` rows have no file, ``stray`` files no row."""

    rows: int
    files: int
    missing: list[str]
    stray: list[str]


class Copied(NamedTuple):
    """``copied`` files were copied; those of ``amiss`` are not there, or not what their rows say."""

    copied: int
    amiss: list[str]


class Counted(NamedTuple):
    """How many files there are, and of how many bytes; ``is_all`` is False where there are more."""

    number: int
    size: int
    is_all: bool


def receipt_read(data: Buffer) -> Picture:
    """Return an uploaded receipt as it may be kept. Raises BadReceipt, TooManyPictures.

    It may take a second, and so is done before the owner's clock is taken: nobody could write meanwhile.
    """
    with _turn_to_decode():
        return inspect(data, max_bytes=settings.MAX_RECEIPT_BYTES, max_pixels=settings.MAX_RECEIPT_PIXELS)


@contextmanager
def _turn_to_decode() -> Iterator[None]:
    if not _DECODING.acquire(timeout=_PATIENCE):
        raise TooManyPictures
    try:
        yield
    finally:
        _DECODING.release()


@contextmanager
def receipt_kept(*, user_id: int, picture: Picture | None) -> Iterator[StoredImage | None]:
    """Write a receipt where there is one, and remove it if what is done with it inside the block fails."""
    if picture is None:
        yield None
        return
    with receipt_written(user_id=user_id, picture=picture) as image:
        yield image


@contextmanager
def receipt_written(*, user_id: int, picture: Picture) -> Iterator[StoredImage]:
    """Write a receipt, and remove it if that, or what is done with it inside the block, fails. Raises FilesAway."""
    name = f"{user_id}/{uuid.uuid4()}.{picture.extension}"
    try:
        receipt_files().save(name, reading(picture.data))  # a full disk leaves the beginning of a file
        _written.get([]).append(name)
        yield StoredImage(name, len(picture.data), hashlib.sha256(picture.data).hexdigest())
    except BaseException as problem:
        _take_back([name], problem)
        raise


@contextmanager
def receipts_taken_back() -> Iterator[None]:
    """Remove the files that were written inside the block if it fails, by a transaction around it at its very end."""
    names: list[str] = []
    before = _written.set(names)
    try:
        yield
    except BaseException as problem:
        _take_back(names, problem)
        raise
    finally:
        _written.reset(before)


def _take_back(names: Sequence[str], problem: BaseException) -> None:
    """Remove files whose rows did not come to be. Where nobody knows whether they did, ``receipts_tidy`` will."""
    if _leaves_in_doubt(problem):
        return
    try:
        for name in names:
            receipt_files().delete(name)
    except FilesAway:
        logger.error("receipts whose expense did not come to be are still there")  # noqa: TRY400 - its why was told


def _leaves_in_doubt(problem: BaseException) -> bool:
    """Tell whether the connection broke: PostgreSQL may have committed, and had no time to say so.

    It gave no code then, or one of class 57P: it was told to end. A storage that is away is not to be waited for twice.
    """
    if isinstance(problem, FilesAway):
        return True
    state = getattr(problem.__cause__, "sqlstate", "")
    return isinstance(problem, OperationalError) and (state is None or state.startswith("57P"))


def receipt_attach(*, user_id: int, expense_id: int, image: StoredImage | None, now: datetime) -> None:
    """Make a stored file the receipt that old clients see; the one they saw before comes last from now on."""
    if image is None:
        return
    receipts = Receipt.objects.filter(user_id=user_id, expense_id=expense_id)
    last = receipts.aggregate(last=Max("position"))["last"]
    if last is not None:
        receipts.filter(position=0).update(position=last + 1)
    Receipt.objects.create(
        user_id=user_id, expense_id=expense_id, image=image.name, size=image.size, sha256=image.sha256, created=now
    )
    receipts_told([image.name])


def receipt_append(*, user_id: int, expense_id: int, image: StoredImage, now: datetime) -> ReceiptRow:
    """Make a stored file the last receipt of an expense, which is the first where there was none."""
    receipts = Receipt.objects.filter(user_id=user_id, expense_id=expense_id)
    last = receipts.aggregate(last=Max("position"))["last"]
    receipt = Receipt.objects.create(
        user_id=user_id, expense_id=expense_id, position=0 if last is None else last + 1,
        image=image.name, size=image.size, sha256=image.sha256, created=now,
    )  # fmt: skip
    return ReceiptRow(receipt.pk, receipt.image, expense_id)


def receipt_replace(*, receipt_id: int, before: str, image: StoredImage) -> bool:
    """Put a file in the place of ``before``, which goes once that is committed; tell whether it was still the one."""
    meant = Receipt.objects.filter(pk=receipt_id, image=before)
    if not meant.update(image=image.name, size=image.size, sha256=image.sha256):
        return False
    _remove_once_committed([before])
    receipts_told([image.name])
    return True


def receipts_told(images: Sequence[str]) -> None:
    """Say that receipts have come, in the transaction that makes them: whoever hears it makes their small pictures."""
    if pictures := list(filter(_is_picture, images)):
        receipts_came.send(Receipt, images=pictures)


def _is_picture(image: str) -> bool:
    return image.rpartition(".")[2] in PICTURES


def receipts_order(*, user_id: int, expense_id: int, receipt_ids: Sequence[int]) -> None:
    """Make these the receipts of an expense, in this order; the others go, and their files once that is committed."""
    receipts = Receipt.objects.filter(user_id=user_id, expense_id=expense_id)
    gone = receipts.exclude(pk__in=receipt_ids)
    _remove_once_committed(list(gone.values_list("image", flat=True)))
    gone.delete()
    # Out of the way first: no two have one place, at any moment.
    receipts.update(position=F("position") + _ASIDE)
    for place, receipt_id in enumerate(receipt_ids):
        receipts.filter(pk=receipt_id).update(position=place)


def receipts_remove(*, user_id: int, order: Callable[[Sequence[str]], None] | None = None) -> None:
    """Remove a person's receipts; their files once that is committed, so that no row is ever without its file.

    ``order`` is told the names of the files in the transaction, and sees that ``files_remove`` gets them after it.
    """
    receipts = Receipt.objects.filter(user_id=user_id)
    (order or _remove_once_committed)(list(receipts.values_list("image", flat=True)))
    receipts.delete()


def files_remove(images: Sequence[str]) -> Sequence[str]:
    """Remove files that no row names any more, and return those that are left since the storage is away.

    A file that can't be removed is logged, and keeps none of the others. ``receipts_tidy`` removes what stays.
    """
    for place, image in enumerate(images):
        try:
            receipt_files().remove(image)
            if _is_picture(image):
                receipt_files().delete(_small_of(image))
        except OSError:
            logger.exception("a receipt that was removed is still there")
        except FilesAway:  # each of the others would be waited for as long
            logger.error("%s receipts that were removed are still there", len(images) - place)  # noqa: TRY400
            return images[place:]
    return []


def _remove_once_committed(images: Sequence[str]) -> None:
    def remove() -> None:  # Django names in its log what fails, and a partial has no name
        files_remove(images)

    transaction.on_commit(remove, robust=True)


def receipts_held() -> AbstractContextManager[None]:
    """Keep the files of all receipts that there are, until the block ends; what was removed meanwhile goes then.

    A backup must find the files of rows that it has read.
    """
    return receipt_files().held()


def receipt_open(*, image: str, user_id: int | None = None) -> OpenReceipt:
    """Open the receipt that is stored under this name, if it is this person's; None: whosever it is.

    Raises ReceiptNotFound where there is none, and from the moment its expense or its owner's account is gone;
    FilesAway.
    """
    owner_id = receipt_owner(image=image)
    if user_id not in {owner_id, None}:
        raise ReceiptNotFound
    try:
        file = receipt_files().open(image)
    except FileNotFoundError:
        raise ReceiptNotFound from None
    extension = image.rpartition(".")[2]
    return OpenReceipt(file, file.size, CONTENT_TYPES[extension], owner_id)


def receipt_small(*, image: str) -> bytes:
    """Return a JPEG of a stored picture, none of its sides longer than SMALL pixels.

    It lies beside the receipt; where nobody has made it yet, it is made now. Raises as ``receipt_smaller`` does.
    """
    receipt_owner(image=image)  # whose expense is gone has none, whatever lies there
    try:
        with receipt_files().open(_small_of(image)) as file:
            found = file.read()
    except FileNotFoundError:
        found = b""
    return found or _small_made(image)  # after a power cut a file may be there, and empty


def _small_made(image: str) -> bytes:
    made = receipt_smaller(image=image, longest=SMALL)
    try:
        receipt_files().put(_small_of(image), reading(made))
    except (OSError, FilesAway):
        logger.warning("a small picture can't be kept", exc_info=True)
        return made
    try:
        receipt_owner(image=image)
    except ReceiptNotFound:  # who removed the receipt meanwhile may have looked before this one was there
        receipt_files().delete(_small_of(image))
        raise
    return made


def _small_of(image: str) -> str:
    """Return the name of a receipt's small picture, which tells that of the receipt."""
    stem, _, extension = image.rpartition(".")
    return f"{stem}-{extension}{_SMALL_ENDS}"


def _receipt_of(name: str) -> str:
    """Return the name of the receipt that a file is, or is the small picture of."""
    stem, _, extension = name.removesuffix(_SMALL_ENDS).rpartition("-")
    return f"{stem}.{extension}" if name.endswith(_SMALL_ENDS) else name


def receipt_smaller(*, image: str, longest: int) -> bytes:
    """Return a JPEG of a stored picture, none of its sides longer than so many pixels.

    It is made anew each time, one at a time in a process: a name always stands for the same content, so whoever asks
    can keep what it was given. Raises ReceiptNotFound, NotAPicture, TooManyPictures, FilesAway.
    """
    with receipt_open(image=image).file as file, _turn_to_decode():
        return smaller(taken(file), image.rpartition(".")[2], longest=longest)


def receipts_compared(*, now: datetime, most: int | None, watch: Watch) -> Compared:
    """Compare the newest ``most`` receipts with their files, and as many files with their rows; None: all of them."""
    rows = list(Receipt.objects.order_by("-pk").values_list("image", flat=True)[:most])
    missing = _without_file(watch(sorted(rows), len(rows), "receipts"))
    still = _known(missing)  # but for what was removed meanwhile
    files = list(islice(receipt_files().listed(), most))
    known = _known([_receipt_of(file.name) for file in files])
    old = now - _ON_ITS_WAY
    looked_at = watch(files, len(files), "files")
    stray = [file.name for file in looked_at if _receipt_of(file.name) not in known and file.modified < old]
    return Compared(len(rows), len(files), [image for image in rows if image in still], stray)


def _without_file(images: Iterable[str]) -> list[str]:
    """Return those that have no file. They come owner by owner, and the files of each are asked for together."""
    missing, owner, there = [], "", set[str]()
    for image in images:
        if image.partition("/")[0] != owner:
            owner = image.partition("/")[0]
            there = {file.name for file in receipt_files().listed(owner)}
        if image not in there:
            missing.append(image)
    return missing


def receipts_tidy(*, now: datetime, watch: Watch, agreed: Callable[[int, int], bool]) -> int:
    """Remove the files that belong to no receipt, but for those that may be about to, and return how many they were.

    A process that is killed in the middle of a write leaves one; so does a database that is older than the files, from
    a copy: whoever wants them back puts the newer one in its place first. To a ledger that is looked at by mistake all
    files are such: ``agreed`` is told how many of how many would go, and says whether they may.
    """
    compared = receipts_compared(now=now, most=None, watch=watch)
    if not compared.stray or not agreed(len(compared.stray), compared.files):
        return 0
    for name in compared.stray:
        receipt_files().remove(name)
    return len(compared.stray)


def receipts_counted(*, most: int) -> Counted:
    """Count the files of receipts and their bytes, ``most`` of them."""
    files = receipt_files().listed()
    sizes = [file.size for file in islice(files, most)]
    return Counted(len(sizes), sum(sizes), next(files, None) is None)


def receipts_copy(*, source: ReceiptFiles, target: ReceiptFiles, watch: Watch) -> Copied:
    """Copy the files of all receipts from one place to another, but for those that are there already."""
    rows = Receipt.objects.order_by("user_id", "pk").values_list("user_id", "image", "size", "sha256")
    copied, amiss, owner, there = 0, [], 0, dict[str, int]()
    for user_id, image, size, sha256 in watch(rows.iterator(), rows.count(), "receipts"):
        if user_id != owner:
            owner, there = user_id, {file.name: file.size for file in target.listed(str(user_id))}
        if there.get(image) == size:
            continue
        if _copied(image, sha256, source, target):
            copied += 1
        else:
            amiss.append(image)
    return Copied(copied, amiss)


def _copied(image: str, sha256: str, source: ReceiptFiles, target: ReceiptFiles) -> bool:
    """Copy a file, unless it is not there or not what its row says."""
    try:
        file = source.open(image)
    except FileNotFoundError:
        return False
    with file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            return False
        file.seek(0)
        target.delete(image)  # the beginning of one, which a copy that was killed has left
        target.save(image, file)
    return True


def _known(names: Sequence[str]) -> set[str]:
    """Return those names that a receipt has."""
    known: set[str] = set()
    for start in range(0, len(names), _AT_ONCE):
        some = Receipt.objects.filter(image__in=names[start : start + _AT_ONCE])
        known.update(some.values_list("image", flat=True))
    return known
