"""The kinds of receipts that are taken."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from accounts.buffers import Buffer
from expenses.images import gif, heic, jpeg, pdf, png, webp
from expenses.images.coded import Coded
from expenses.images.errors import NotAReceipt

PILLOW_LIMIT: Final = 2**28 // 3
"""Pillow warns of frames beyond this many pixels and refuses them at the double (``PIL.Image.MAX_IMAGE_PIXELS``)."""


class Format(NamedTuple):
    """How files of a kind are known, read and decoded. What isn't decoded has no ``image``.

    ``max_pixels``: of a frame, where the decoder has a limit of its own. ``turned``: of a stripped one, where the file
    can say how it is to be shown and browsers listen.
    """

    content_type: str
    signature: Callable[[memoryview], object]
    stripped: Callable[[memoryview], Coded]
    image: type[ImageFile] | None = None
    max_pixels: int | None = None
    turned: Callable[[memoryview], Sequence[Buffer]] | None = None


FORMATS: Final = {
    "JPG": Format("image/jpeg", jpeg.SIGNATURE.match, jpeg.stripped, JpegImageFile, turned=jpeg.turned),
    "PNG": Format("image/png", png.SIGNATURE.match, png.stripped, PngImageFile, turned=png.turned),
    "GIF": Format("image/gif", gif.SIGNATURE.match, gif.stripped, GifImageFile, PILLOW_LIMIT),
    "WEBP": Format("image/webp", webp.SIGNATURE.match, webp.stripped, WebPImageFile, 2 * PILLOW_LIMIT),
    "HEIC": Format("image/heic", heic.is_heic, heic.stripped, heic.IMAGE),
    "PDF": Format("application/pdf", pdf.SIGNATURE.match, pdf.stripped),
}
CONTENT_TYPES: Final = {extension: kind.content_type for extension, kind in FORMATS.items()}
"""Content type by extension, also for serving what is stored."""
PICTURES: Final = frozenset(extension for extension, kind in FORMATS.items() if kind.image is not None)
TURNABLE: Final = frozenset(extension for extension, kind in FORMATS.items() if kind.turned is not None)


def extension_of(data: memoryview) -> str:
    """Return the extension for what the content is. Raises NotAReceipt."""
    for extension, kind in FORMATS.items():
        if kind.signature(data):
            return extension
    raise NotAReceipt(data)
