"""Boxes of HEIC: ISO/IEC 14496-12, section 4.2."""

import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

from expenses.images.coded import Damaged, counted

PAYLOADS: Final = frozenset(b"mdat idat".split())
ONCE: Final = frozenset(b"meta iinf iloc idat iprp ipco".split())
"""Of two, libheif might read the other one."""


class Box(NamedTuple):
    """Where a box is in the file: its length and kind at ``start``, its content from ``body`` to ``end``."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(data: bytearray, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes that fill this place. Raises Damaged and struct.error."""
    while start < end:
        length, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, body)
            body += 8
        box = Box(kind, start, body, start + length if length else end)
        if not body <= box.end <= end:
            raise Damaged("a box leaves its place")
        yield box
        start = box.end


def boxes_kept(out: bytearray, start: int, end: int, kinds: frozenset[bytes]) -> dict[bytes, Box]:
    """Return the boxes of these kinds, the payloads emptied; free all others. Raises Damaged and struct.error."""
    kept: dict[bytes, Box] = {}
    for box in counted(boxes(out, start, end)):
        if box.kind in kept and box.kind in ONCE:
            raise Damaged("a box is there twice")
        if box.kind in kinds:
            kept[box.kind] = box
        else:
            out[box.start + 4 : box.start + 8] = b"free"
        if box.kind not in kinds or box.kind in PAYLOADS:
            out[box.body : box.end] = bytes(box.end - box.body)
    return kept
