"""What cameras and programs write about a picture: how little of it is kept, and how a rest of it is found.

Sources: EXIF is a TIFF block (TIFF 6.0, section 2); XMP is ISO 16684-1; IPTC stands in Photoshop's resources.
"""

import re
import struct
from typing import Final

EXIF: Final = b"Exif\0\0"
ORIENTATION: Final = 0x0112
SHORT: Final = 3
ORDERS: Final = {b"II*\0": "<", b"MM\0*": ">"}
MINIMAL: Final = struct.pack("<4sIHHHI", b"II*\0", 8, 1, ORIENTATION, SHORT, 1)
"""A TIFF block of one entry, up to the orientation itself."""
QUARTER: Final = {1: 6, 6: 3, 3: 8, 8: 1, 2: 7, 7: 4, 4: 5, 5: 2}
"""Each orientation turned by a quarter, clockwise; the latter four are mirrored."""

EXIF_MARKS: Final = (re.escape(EXIF), rb"EXIF.{4}", rb"eXIf")
"""How the block is introduced in JPEG and HEIC, WebP, PNG."""
TIFF: Final = rb"(?!" + re.escape(MINIMAL) + rb")(?:II\*\0|MM\0\*)"
OTHER_MARKS: Final = (rb"<x:xmpmeta", rb"<\?xpacket", rb"<rdf:RDF", rb"exif:GPS", rb"Photoshop 3\.0\0")
MARKS: Final = [re.compile(mark, re.DOTALL) for mark in (*(mark + TIFF for mark in EXIF_MARKS), *OTHER_MARKS)]


def minimal_exif(block: bytes) -> bytes:
    """Return a TIFF block that holds the orientation of ``block`` and nothing else; empty where upright."""
    return _stating(_orientation(block.removeprefix(EXIF)))


def turned_exif(block: bytes) -> bytes:
    """Return the same of a picture that is turned once more by a quarter, clockwise."""
    return _stating(QUARTER[_orientation(block.removeprefix(EXIF))])


def _stating(orientation: int) -> bytes:
    return b"" if orientation == 1 else MINIMAL + struct.pack("<HHI", orientation, 0, 0)


def _orientation(tiff: bytes) -> int:
    """Return 1 (upright) where none is stated or the block can't be read."""
    order = ORDERS.get(tiff[:4])
    if order is None:
        return 1
    try:
        return _stated_orientation(tiff, order)
    except struct.error:
        return 1


def _stated_orientation(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, start + 2 + 12 * count, 12):
        tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == ORIENTATION and kind == SHORT and 1 <= value <= 8:
            return int(value)
    return 1


def has_metadata(stripped: memoryview) -> bool:
    """Tell whether a stripped document still holds any, other than what ``minimal_exif`` makes.

    A block that is kept may state a length too large and so have swallowed its neighbour; decoders don't mind.
    """
    return any(mark.search(stripped) for mark in MARKS)
