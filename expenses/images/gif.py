"""GIF: CompuServe, GIF89a, sections 18 to 27. The loop count is Netscape's, the colour profile is ICC.1, annex B."""

import re
import struct
from collections.abc import Iterator
from typing import Final

from expenses.images.coded import Coded, Damaged, counted
from expenses.images.icc import is_profile

SIGNATURE: Final = re.compile(rb"GIF8[79]a")
EXTENSION, FRAME, TRAILER = 0x21, 0x2C, 0x3B

CONTROL: Final = re.compile(rb"!\xf9\x04.{4}\0", re.DOTALL)
LOOP: Final = re.compile(rb"!\xff\x0b(?:NETSCAPE2\.0|ANIMEXTS1\.0)\x03\x01..\0", re.DOTALL)
PROFILE: Final = b"!\xff\x0bICCRGBG1012"


def stripped(data: memoryview) -> Coded:
    """Return the animation without comments and texts. Raises Damaged, IndexError and struct.error."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    start = 13 + _palette_size(flags)
    blocks = list(counted(_blocks(data, start)))
    frames = [block for block in blocks if block[0] == FRAME]
    for frame in frames:
        left, top, wide, high = struct.unpack_from("<4H", frame, 1)
        if left + wide > width or top + high > height:  # Pillow would enlarge the picture, past every limit
            raise Damaged("a frame leaves its screen")
    kept = [block for block in blocks if _is_kept(block)]
    return Coded([data[:start], *kept, bytes([TRAILER])], width, height, len(frames))


def _palette_size(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: memoryview, at: int) -> Iterator[memoryview]:
    while data[at] != TRAILER:
        end = _parts_end(data, at + _head_size(data, at))
        yield data[at:end]
        at = end


def _head_size(data: memoryview, at: int) -> int:
    if data[at] == EXTENSION:
        return 2
    if data[at] == FRAME:
        return 11 + _palette_size(data[at + 9])
    raise Damaged("a block is of no known kind")


def _parts_end(data: memoryview, at: int) -> int:
    while length := data[at]:
        at += 1 + length
    return at + 1


def _is_kept(block: memoryview) -> bool:
    if bytes(block[: len(PROFILE)]) == PROFILE:
        return is_profile(b"".join(_parts(block, len(PROFILE))))
    return bool(block[0] == FRAME or CONTROL.fullmatch(block) or LOOP.fullmatch(block))


def _parts(block: memoryview, at: int) -> Iterator[memoryview]:
    while length := block[at]:
        yield block[at + 1 : at + 1 + length]
        at += 1 + length
