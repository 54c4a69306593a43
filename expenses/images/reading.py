"""The fields of a binary format, one after the other."""

from typing import Literal

from accounts.buffers import Buffer
from expenses.images.coded import UNREADABLE, Damaged


class Reader:
    """Takes fields from ``data``. Raises Damaged with the ``fault`` where there are too few bytes for one."""

    def __init__(self, data: Buffer, *, fault: str = UNREADABLE) -> None:
        self._left = memoryview(data)
        self._fault = fault

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return bool(self._left)

    def take(self, size: int) -> memoryview:
        if size > len(self._left):
            raise Damaged(self._fault)
        taken, self._left = self._left[:size], self._left[size:]
        return taken

    def number(self, size: int, order: Literal["big", "little"] = "big") -> int:
        """Return 0 for a number of no bytes."""
        return int.from_bytes(self.take(size), order)
