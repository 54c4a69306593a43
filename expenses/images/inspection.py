"""From the bytes that came to the receipt that is stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from accounts.buffers import Buffer, kept
from expenses.images.coded import UNREADABLE, Coded, Damaged
from expenses.images.decoding import check_size, decode
from expenses.images.errors import BadReceipt, BrokenReceipt, NotTurnable, ReceiptTooLarge
from expenses.images.formats import FORMATS, Format, extension_of
from expenses.images.metadata import has_metadata


@dataclass(frozen=True, slots=True)
class Picture:
    """A receipt to be stored: ``data`` without positions; the size is the stored one, 0 x 0 for PDF."""

    data: memoryview
    extension: str
    content_type: str
    width: int
    height: int


def inspect(data: Buffer, *, max_bytes: int, max_pixels: int) -> Picture:
    """Return the receipt in ``data`` as it is to be stored.

    ``max_pixels`` counts all frames of an animation together. Raises BadReceipt: NotAReceipt, ReceiptTooLarge,
    TooManyPixels, TooManyFrames or BrokenReceipt; and OSError where the disk is full.
    """
    if len(data) > max_bytes:
        raise ReceiptTooLarge(len(data), max_bytes)
    data = memoryview(data)
    extension = extension_of(data)
    kind = FORMATS[extension]
    with _told(extension):
        coded = _checked(data, kind, max_pixels)
    if kind.image is not None:
        data = kept(coded.pieces)
        if has_metadata(data):
            raise BrokenReceipt(extension, "it has metadata in the place of pixels")
    return Picture(data, extension, kind.content_type, coded.width, coded.height)


def turned(data: memoryview, extension: str, *, quarters: int) -> Picture:
    """Return a stored receipt turned by so many quarters, clockwise; its pixels stay. Raises NotTurnable."""
    kind = FORMATS[extension]
    if kind.turned is None:
        raise NotTurnable(extension)
    for _ in range(quarters):
        data = kept(kind.turned(data))
    coded = kind.stripped(data)
    return Picture(data, extension, kind.content_type, coded.width, coded.height)


@contextmanager
def _told(extension: str) -> Iterator[None]:
    try:
        yield
    except BadReceipt:
        raise
    except Damaged as error:
        raise BrokenReceipt(extension, str(error)) from error
    except Exception as error:  # see decode
        raise BrokenReceipt(extension, UNREADABLE) from error


def _checked(data: memoryview, kind: Format, max_pixels: int) -> Coded:
    coded = kind.stripped(data)
    if kind.image is not None:
        check_size(coded, max_pixels=max_pixels, max_frame_pixels=kind.max_pixels)
        decode(coded, kind.image)
    return coded
