"""So many at once; the others wait, in the order in which they came, and not for ever."""

import math
import threading
from collections import deque
from collections.abc import Callable
from typing import Final


class NoTurn(Exception):
    """As many wait as may, or this one has waited for as long as he may."""


class Turns:
    """Who takes a turn gives it back, and the longest waiting thread of this process has it at once.

    ``patience`` is in seconds. ``tell`` hears how many wait, whenever that changes.
    """

    def __init__(
        self,
        at_once: int,
        *,
        patience: float,
        most_waiting: float = math.inf,
        tell: Callable[[int], object] = lambda waiting: None,
    ) -> None:
        self._free = at_once
        self._patience: Final = patience
        self._most_waiting: Final = most_waiting
        self._tell: Final = tell
        self._lock: Final = threading.Lock()
        self._waiting: Final[deque[threading.Lock]] = deque()

    def take(self) -> None:
        """Raises NoTurn."""
        with self._lock:
            if self._free:  # then nobody waits: what is given back goes to who does
                self._free -= 1
                return
            if len(self._waiting) >= self._most_waiting:
                raise NoTurn
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
            self._tell(len(self._waiting))
        mine.acquire(timeout=self._patience)
        with self._lock:
            if mine in self._waiting:
                self._waiting.remove(mine)
                self._tell(len(self._waiting))
                raise NoTurn

    def give_back(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().release()
                self._tell(len(self._waiting))
            else:
                self._free += 1
