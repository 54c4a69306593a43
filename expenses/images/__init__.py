"""Receipts as they arrive: what they are, whether they can be taken, and the same document without positions.

The content decides, never a name. Everything a picture holds beside its pixels is dropped (EXIF, XMP, IPTC,
comments, thumbnails, whatever follows its end), but for what its display needs: orientation, colour profile,
transparency, timing. The formats list what is kept, so a kind of metadata nobody has thought of goes too.
Only containers are rewritten: the coded pixels stay as they came, bit for bit.

Down is allowed: ``inspection`` and ``small``; ``decoding`` and ``formats``; a module for each format; ``errors``;
the others.
"""

from expenses.images.decoding import MAX_FRAMES
from expenses.images.errors import (
    BadReceipt,
    BrokenReceipt,
    NotAPicture,
    NotAReceipt,
    NotTurnable,
    ReceiptTooLarge,
    TooManyFrames,
    TooManyPixels,
)
from expenses.images.formats import CONTENT_TYPES, PICTURES, TURNABLE
from expenses.images.inspection import Picture, inspect, turned
from expenses.images.jpeg import MAX_SCANS
from expenses.images.small import smaller

__all__ = [
    "CONTENT_TYPES",
    "MAX_FRAMES",
    "MAX_SCANS",
    "PICTURES",
    "TURNABLE",
    "BadReceipt",
    "BrokenReceipt",
    "NotAPicture",
    "NotAReceipt",
    "NotTurnable",
    "Picture",
    "ReceiptTooLarge",
    "TooManyFrames",
    "TooManyPixels",
    "inspect",
    "smaller",
    "turned",
]
