"""Content that may be large, to be sliced and searched as bytes are: in memory while it is small, else in a file.

Such a file has no name any more, so it goes with its last reader, also where the process is killed. It is mapped: what
is read of it is the system's cache, which gives way to what needs memory.
"""

from bisect import bisect_right
from collections.abc import Iterable
from contextlib import suppress
from io import SEEK_CUR, SEEK_END, SEEK_SET, BufferedReader, RawIOBase, UnsupportedOperation
from itertools import accumulate
from mmap import ACCESS_READ, mmap
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

IN_MEMORY: Final = 1 << 18
Buffer = bytes | memoryview


def kept(pieces: Iterable[Buffer]) -> memoryview:
    """Return pieces as one. Raises OSError where they don't fit on the disk."""
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:
        for piece in pieces:
            for start in range(0, len(piece), IN_MEMORY):  # what is written at once is in memory first
                spool.write(piece[start : start + IN_MEMORY])
        return taken(spool)


def taken(file: IO[bytes]) -> memoryview:
    """Return all that is in a file. Nobody may make it shorter."""
    with suppress(UnsupportedOperation):  # it is in memory
        if file.seek(0, SEEK_END) > IN_MEMORY:
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))
    file.seek(0)
    return memoryview(file.read())


def reading(*pieces: Buffer) -> BufferedReader:
    """Return a file that holds pieces, one after the other. None of them is copied."""
    return BufferedReader(_Pieces(pieces))


class _Pieces(RawIOBase):
    def __init__(self, pieces: Iterable[Buffer]) -> None:
        self._pieces = [memoryview(piece) for piece in pieces if piece]
        self._ends = list(accumulate(map(len, self._pieces)))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        start = {SEEK_SET: 0, SEEK_CUR: self._at, SEEK_END: self._ends[-1] if self._ends else 0}[whence]
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        place = bisect_right(self._ends, self._at)
        if place == len(self._ends):
            return 0
        start = self._at - self._ends[place]  # from its end
        found = self._pieces[place][start:][: len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
