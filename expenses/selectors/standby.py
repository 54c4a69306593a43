"""Where a ledger is read: on a standby that has all that its owner wrote, or on the primary (DATABASE_STANDBY_URL)."""

import logging
import time
from typing import Final

from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from accounts.rows import one_row

logger = logging.getLogger(__name__)

STANDBY: Final = "standby"
_CLOCK: Final = "SELECT last FROM expenses_clock WHERE user_id = %s"
# In seconds: one that is away is not asked by each request, since who asks it waits.
_REST: Final = 10.0


def reading(*, user_id: int) -> BaseDatabaseWrapper:
    """Return the connection on which to read a person's ledger, where nothing is to be written by what is read.

    Whatever shows in a ledger moves its owner's clock in the same transaction. So a standby on which that clock is as
    late as on the primary has all that he wrote, wherever that was: no process, cookie or cache need remember it.
    """
    primary = connections[DEFAULT_DB_ALIAS]
    if STANDBY not in connections.settings or primary.in_atomic_block:
        return primary
    written = _clock(user_id, DEFAULT_DB_ALIAS)
    return connections[STANDBY] if _standby.clock(user_id) >= written else primary


class _Standby:
    """Asks the standby, and leaves it alone for a while when it does not answer."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def clock(self, user_id: int) -> int:
        """Return the person's clock as the standby has it; where it can't be asked, what is earlier than any."""
        if time.monotonic() < self._rests_until:
            return -1
        try:
            return _clock(user_id, STANDBY)
        except Error as problem:
            logger.error("The standby can't be asked: %s", problem)  # noqa: TRY400 - no trace each time it is tried
            self._rests_until = time.monotonic() + _REST
            connections[STANDBY].close()
            return -1


_standby = _Standby()


def _clock(user_id: int, using: str) -> int:
    row = one_row(_CLOCK, user_id, using=using)
    return 0 if row is None else int(row[0])
