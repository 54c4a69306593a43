"""PNG: W3C, Portable Network Graphics, third edition, section 5. An animation keeps its still picture only."""

import re
import struct
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Final

from accounts.buffers import Buffer
from expenses.images.coded import Coded, Damaged, counted
from expenses.images.metadata import minimal_exif, turned_exif
from expenses.images.reading import Reader

SIGNATURE: Final = re.compile(rb"\x89PNG\r\n\x1a\n")
KEPT: Final = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP mDCV cLLI sBIT bKGD pHYs".split())


def stripped(data: memoryview) -> Coded:
    """Return the picture without metadata. Raises Damaged and struct.error."""
    kept: list[Buffer] = [data[:8]]
    width = height = 0
    for kind, body in counted(_chunks(data[8:])):
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body)
        if kind in KEPT:
            kept.extend(_chunk(kind, body))
        elif kind == b"eXIf" and (exif := minimal_exif(bytes(body))):
            kept.extend(_chunk(kind, exif))
    return Coded(kept, width, height)


def turned(data: memoryview) -> list[Buffer]:
    """Return a stripped picture turned by a quarter, clockwise: the pixels stay, it says how to show them."""
    chunks = list(_chunks(data[8:]))
    shown = next((bytes(body) for kind, body in chunks if kind == b"eXIf"), b"")
    kept = [_chunk(kind, body) for kind, body in chunks if kind != b"eXIf"]
    if exif := turned_exif(shown):
        kept.insert(1, _chunk(b"eXIf", exif))  # IHDR comes first
    return [data[:8], *chain.from_iterable(kept)]


def _chunks(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield the kind and the body of all chunks up to the end of the picture."""
    reader, kind = Reader(data), b""
    while kind != b"IEND":
        length, kind = reader.number(4), bytes(reader.take(4))
        body = reader.take(length)
        if reader.number(4) != zlib.crc32(body, zlib.crc32(kind)):
            raise Damaged("a checksum is wrong")
        yield kind, body


def _chunk(kind: bytes, body: Buffer) -> tuple[bytes, Buffer, bytes]:
    return struct.pack(">I", len(body)) + kind, body, struct.pack(">I", zlib.crc32(body, zlib.crc32(kind)))
