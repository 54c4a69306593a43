"""What the readers of the formats hand on: a receipt whose container has been read and rewritten."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from accounts.buffers import Buffer

MOST_PARTS: Final = 10_000
"""Segments, chunks, boxes or blocks of a file: large pictures have a few thousand. Empty ones take time, too."""

UNREADABLE: Final = "its data can't be read"
Part = TypeVar("Part")


class Damaged(Exception):
    """What a container says of itself does not hold. The message ends as a part of BrokenReceipt's."""


class Coded(NamedTuple):
    """A document without positions, in pieces and not decoded yet, and the size that its container states.

    ``trial_end`` is given to the decoder in place of the last piece, where it would not notice a fault otherwise.
    """

    pieces: Sequence[Buffer]
    width: int
    height: int
    frames: int = 1
    trial_end: bytes = b""


def counted(parts: Iterator[Part], *, most: int = MOST_PARTS) -> Iterator[Part]:
    """Yield the parts of a container. Raises Damaged once there are more than ``most``."""
    for count, part in enumerate(parts):
        if count == most:
            message = f"it has more than {most} parts"
            raise Damaged(message)
        yield part
