"""What the readers of the formats hand on: a receipt whose container has been read and rewritten."""

from typing import Final, NamedTuple

UNREADABLE: Final = "its data can't be read"


class Damaged(Exception):
    """What a container says of itself does not hold. The message ends as a part of BrokenReceipt's."""


class Coded(NamedTuple):
    """A document without positions, not decoded yet, and the size that its container states.

    ``trial`` is given to the decoder in place of ``data``, where it would not notice a fault in those.
    """

    data: bytes
    width: int
    height: int
    frames: int = 1
    trial: bytes = b""
