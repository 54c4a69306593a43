"""The fields of a binary format, one after the other."""

from io import BytesIO
from typing import Literal

from expenses.images.coded import UNREADABLE, Damaged


class Reader:
    """Takes fields from ``data``. Raises Damaged with the ``fault`` where there are too few bytes for one."""

    def __init__(self, data: bytes, *, fault: str = UNREADABLE) -> None:
        self._content = BytesIO(data)
        self._left = len(data)
        self._fault = fault

    def __bool__(self) -> bool:
        """Whether anything is left."""
        return self._left > 0

    def take(self, size: int) -> bytes:
        if size > self._left:
            raise Damaged(self._fault)
        self._left -= size
        return self._content.read(size)

    def number(self, size: int, order: Literal["big", "little"] = "big") -> int:
        """Return 0 for a number of no bytes."""
        return int.from_bytes(self.take(size), order)
