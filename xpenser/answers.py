"""Long answers: rendered whole before the status line is sent, only so many at once, and those of one owner in turn.

An owner who exports on several connections would have all workers busy; a neighbour's request, which any of them may
have to answer, would wait for the interpreter there. So once his answers are long, their pieces, of 500 or 1 000 rows,
are made one at a time on a machine, whichever worker makes them.
"""

import math
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Final, cast

from django.conf import settings
from django.dispatch import Signal
from django.http import FileResponse, HttpResponse

from xpenser.locks import alone_if_soon

SHORT: Final = 1 << 20
"""Bytes up to which an answer stays in memory and counts as short."""
MOST_LONG: Final = 8
MOST_LONG_OF_ONE: Final = 2
RETRY_AFTER: Final = 2
LOCKS: Final = 32
"""Files that are locked. There is not one for each owner: two whose ids differ by a multiple take turns, too."""
PATIENCE: Final = 1.0
"""Seconds that a piece waits for those of its owner's other answers: a process that stands still keeps nobody."""
_BLOCK: Final = 1 << 16


places_taken: Final = Signal()
"""Sent with how many places are ``taken``, and ``of`` what, whenever that changes."""


class Busy(Exception):
    """The server does as much of something as it may; ``retry_after`` is in seconds. The words are piston's."""

    retry_after = RETRY_AFTER

    def __init__(self) -> None:
        super().__init__(f"Throttled, wait {RETRY_AFTER} seconds.")


class TooManyLongAnswers(Busy):
    """As many long answers as may be are being made or sent."""


class _Places:
    """The places for long answers in this process. A client that does not read what it asked for holds one."""

    def __init__(self, of: str, *, most: int, most_of_one: int) -> None:
        self._of = of
        self._most = most
        self._most_of_one = most_of_one
        self._lock = threading.Lock()
        self._taken: Counter[int] = Counter()

    def take(self, owner_id: int) -> None:
        with self._lock:
            if self._taken.total() >= self._most or self._taken[owner_id] >= self._most_of_one:
                raise TooManyLongAnswers
            self._taken[owner_id] += 1
            self._tell()

    def give_back(self, owner_id: int) -> None:
        with self._lock:
            self._taken[owner_id] -= 1
            if not self._taken[owner_id]:
                del self._taken[owner_id]
            self._tell()

    def _tell(self) -> None:
        # Whoever counts and can't is no reason to keep a place from the next one, or an answer from this one.
        places_taken.send_robust(sender=None, of=self._of, taken=self._taken.total())


PLACES: Final = _Places("ledgers", most=MOST_LONG, most_of_one=MOST_LONG_OF_ONE)
# Whoever knows the address of one receipt must not be able to keep its owner from his lists.
FILE_PLACES: Final = _Places("files", most=2 * MOST_LONG, most_of_one=MOST_LONG)


class _LongResponse(FileResponse):
    """A file on its way out; the place it holds is given back when it has gone, or when the client has."""

    block_size = _BLOCK

    def __init__(self, file: IO[bytes], *, places: _Places, owner_id: int, content_type: str) -> None:
        super().__init__(file, content_type=content_type)
        self._places = places
        self._owner_id: int | None = owner_id

    def close(self) -> None:
        owner_id, self._owner_id = self._owner_id, None
        try:
            super().close()
        finally:
            if owner_id is not None:
                self._places.give_back(owner_id)


def rendered(chunks: Iterable[bytes], *, owner_id: int, content_type: str) -> HttpResponse | FileResponse:
    """Return the answer that ``chunks`` make, all of them: an exception on the way is not a short 200.

    Raises TooManyLongAnswers once it grows long and no place is free.
    """
    pieces = iter(chunks)
    with ExitStack() as stack:
        spool = stack.enter_context(SpooledTemporaryFile(max_size=SHORT))
        size = _written(pieces, spool, most=SHORT)
        if size <= SHORT:
            spool.seek(0)
            return HttpResponse(spool.read(), content_type=content_type)
        PLACES.take(owner_id)
        stack.callback(PLACES.give_back, owner_id)
        size += _written(_in_turn(pieces, owner_id), spool)
        spool.seek(0)
        response = _LongResponse(cast("IO[bytes]", spool), places=PLACES, owner_id=owner_id, content_type=content_type)
        response.headers["Content-Length"] = str(size)
        # From here on the response closes the file and gives back the place.
        stack.pop_all()
        return response


def _written(pieces: Iterator[bytes], spool: IO[bytes], *, most: float = math.inf) -> int:
    """Write pieces until there are no more, or it is more than ``most`` bytes, and return how many it is."""
    size = 0
    for piece in pieces:
        spool.write(piece)
        size += len(piece)
        if size > most:
            break
    return size


def _in_turn(pieces: Iterator[bytes], owner_id: int) -> Iterator[bytes]:
    """Give the pieces, each made while no other one of this owner's answers is, in this process or another."""
    turn = settings.TURNS_FOLDER / f"{owner_id % LOCKS}.lock"
    turn.parent.mkdir(exist_ok=True)
    while True:
        with alone_if_soon(turn, patience=PATIENCE):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def file_answer(file: IO[bytes], *, size: int, owner_id: int, content_type: str) -> HttpResponse | FileResponse:
    """Return the answer that a stored file of ``size`` bytes is; it is closed in any case.

    Raises TooManyLongAnswers where it is long and no place for files is free.
    """
    if size <= SHORT:
        with file:
            return HttpResponse(file.read(), content_type=content_type)
    try:
        FILE_PLACES.take(owner_id)
    except TooManyLongAnswers:
        file.close()
        raise
    response = _LongResponse(file, places=FILE_PLACES, owner_id=owner_id, content_type=content_type)
    response.headers["Content-Length"] = str(size)
    return response
