"""WebP: RFC 9649, section 2."""

import re
import struct
from collections.abc import Iterator
from itertools import chain
from typing import Final

from accounts.buffers import Buffer
from expenses.images.coded import Coded, counted
from expenses.images.icc import is_profile
from expenses.images.metadata import minimal_exif
from expenses.images.reading import Reader

SIGNATURE: Final = re.compile(rb"RIFF.{4}WEBP", re.DOTALL)
CUT: Final = "its end is missing"
PICTURE: Final = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
MOST_IN_FRAME: Final = 10
"""Chunks of a frame, which needs one or two; so that all frames together have not too many."""
HAS_PROFILE, HAS_EXIF, HAS_XMP = 0x20, 0x08, 0x04


def stripped(data: memoryview) -> Coded:
    """Return the picture or animation without metadata. Raises Damaged, IndexError and struct.error."""
    riff = Reader(data[4:], fault=CUT)
    chunks = list(counted(_chunks(riff.take(riff.number(4, "little"))[4:])))
    kept = [(kind, content) for kind, body in chunks if (content := _content(kind, body))]
    has = {kind for kind, _ in kept}
    chunked = [_chunk(kind, _true_flags(body, has) if kind == b"VP8X" else body) for kind, body in kept]
    pieces: list[Buffer] = [b"WEBP", *chain.from_iterable(chunked)]
    width, height = _size(*chunks[0])
    frames = sum(kind == b"ANMF" for kind, _ in kept)
    head = struct.pack("<4sI", b"RIFF", sum(map(len, pieces)))
    return Coded([head, *pieces], width, height, max(frames, 1))


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    reader = Reader(data, fault=CUT)
    while reader:
        kind, length = bytes(reader.take(4)), reader.number(4, "little")
        yield kind, reader.take(length)
        if length % 2 and reader:  # encoders leave out the last filling
            reader.take(1)


def _chunk(kind: bytes, body: Buffer) -> tuple[bytes, Buffer, bytes]:
    return struct.pack("<4sI", kind, len(body)), body, b"\0" * (len(body) % 2)


def _content(kind: bytes, body: memoryview) -> Buffer:
    """Return what is kept of a chunk; empty if nothing is."""
    fixed = {b"VP8X": 10, b"ANIM": 6}  # a longer one has swallowed its neighbour
    if kind in fixed:
        return body[: fixed[kind]]
    if kind == b"ANMF":  # the frame's place and duration, then chunks of its own
        inner = counted(_chunks(body[16:]), most=MOST_IN_FRAME)
        return b"".join([body[:16], *chain.from_iterable(_chunk(*chunk) for chunk in inner if chunk[0] in PICTURE)])
    if kind == b"EXIF":
        return minimal_exif(bytes(body))
    return body if kind in PICTURE or (kind == b"ICCP" and is_profile(body)) else b""


def _true_flags(vp8x: Buffer, has: set[bytes]) -> bytes:
    flags = vp8x[0] & ~(HAS_PROFILE | HAS_EXIF | HAS_XMP)
    flags |= HAS_PROFILE * (b"ICCP" in has) | HAS_EXIF * (b"EXIF" in has)
    return bytes([flags]) + vp8x[1:]


def _size(kind: bytes, body: memoryview) -> tuple[int, int]:
    """Read it from the first chunk, which tells the kind of file."""
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF
