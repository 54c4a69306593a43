"""HEIC: ISO/IEC 14496-12 (boxes, items), 23008-12 (pictures as items).

Items are found by offsets into the file, so nothing moves: what is no picture is overwritten where it stands, its box
or item becoming a ``free`` one. Display needs no EXIF here: the properties irot and imir turn the picture.
"""

from io import BytesIO
from typing import Final

from PIL.ImageFile import ImageFile
from pillow_heif import HeifImageFile

from expenses.images.coded import Coded, Damaged, counted
from expenses.images.heic_boxes import Box, boxes_kept
from expenses.images.heic_items import extents, pictures_kept

IMAGE: Final[type[ImageFile]] = HeifImageFile

BRANDS: Final = frozenset(b"heic heix heim heis".split())
TOP: Final = frozenset(b"ftyp meta mdat".split())
META: Final = frozenset(b"hdlr pitm iinf iloc iref iprp idat dinf grpl".split())
PROPERTIES: Final = frozenset(b"ipco ipma".split())
PROPERTY: Final = frozenset(b"hvcC ispe pixi colr pasp irot imir clap auxC clli mdcv cclv amve".split())


def is_heic(data: memoryview) -> bool:
    """Tell whether the file says so: its own brand, or one it is compatible with (14496-12, section 4.3)."""
    brands = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    return bytes(data[4:8]) == b"ftyp" and any(brands[at : at + 4] in BRANDS for at in range(0, len(brands), 4))


def stripped(data: memoryview) -> Coded:
    """Return the pictures without metadata, in memory: libheif wants them there.

    Raises Damaged, KeyError, struct.error and what libheif does.
    """
    out = bytearray(data)
    top = boxes_kept(out, 0, len(out), TOP)
    meta = boxes_kept(out, top[b"meta"].body + 4, top[b"meta"].end, META)
    _free_properties(out, meta[b"iprp"])
    _restore_pictures(out, data, meta)
    document = bytes(out[: max(box.end for box in top.values())])
    with IMAGE(BytesIO(document)) as image:  # which of the sizes in there is the picture's, libheif knows
        return Coded([document], *image.size)


def _free_properties(out: bytearray, iprp: Box) -> None:
    ipco = boxes_kept(out, iprp.body, iprp.end, PROPERTIES)[b"ipco"]
    boxes_kept(out, ipco.body, ipco.end, PROPERTY)


def _restore_pictures(out: bytearray, data: memoryview, meta: dict[bytes, Box]) -> None:
    """The payloads have been emptied: put back what pictures are made of."""
    pictures = pictures_kept(out, meta[b"iinf"])
    idat = meta[b"idat"].body if b"idat" in meta else 0
    places = list(counted(extents(data, meta[b"iloc"], idat=idat)))
    # Extents may overlap: without a limit, a small file would have megabytes copied thousands of times.
    if sum(place.end - place.start for place in places) > len(data):
        raise Damaged("its items are larger than the file")
    for item, start, end in sorted(places, key=lambda place: place.item not in pictures):
        content = data[start:end]
        # A picture whose length is wrong would bring its neighbour back: others, coming last, stay empty.
        out[start:end] = content if item in pictures else bytes(len(content))
