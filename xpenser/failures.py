"""What fails beneath a request through nobody's mistake: the database is away or busy, or a disk is full."""

import errno
import sqlite3
from collections.abc import Iterator
from typing import Final

from django.db import OperationalError

from xpenser.answers import Busy

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Classes and codes of PostgreSQL (its manual, appendix A): connections that fail, 08 and 57P; none to be had, 53300
# and 53400; no memory, 53200; a standby, that only reads, 25006; who waited for a lock, or too long, 55P03 and 57014;
# who was in another's way each time it was tried, 40.
_AWAY: Final = ("08", "57P", "53200", "53300", "53400", "25006", "55P03", "57014", "40")
_DISK_FULL: Final = "53100"
_SQLITE_BUSY: Final = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


class DatabaseAway(Busy):
    """The database can't be asked just now, and could be soon."""


class DiskFull(Exception):
    """What came can't be kept, as there is no room for it. The message may be shown."""

    def __init__(self) -> None:
        super().__init__("the server's disk is full, so nothing of this was stored; it can be sent again later")


def failure_of(problem: BaseException) -> DatabaseAway | DiskFull | None:
    """Return which failure an exception tells of, or None where it is another: somebody's mistake."""
    for cause in _causes(problem):
        if _is_full(cause):
            return DiskFull()
        if _is_away(cause):
            return DatabaseAway()
    return None


def is_disk_full(problem: OSError) -> bool:
    """Tell whether a file could not be written for want of room."""
    return problem.errno in _FULL


def _causes(problem: BaseException) -> Iterator[BaseException]:
    """Give an exception and what led to it, the driver's own behind Django's."""
    found: BaseException | None = problem
    while found is not None:
        yield found
        found = found.__cause__


def _is_full(cause: BaseException) -> bool:
    if isinstance(cause, OSError):
        return is_disk_full(cause)
    return _sqlite_code(cause) == sqlite3.SQLITE_FULL or _state(cause) == _DISK_FULL


def _is_away(cause: BaseException) -> bool:
    # The driver gives no code where no answer came: there is no connection, or it broke.
    if isinstance(cause, OperationalError) and getattr(cause.__cause__, "sqlstate", "") is None:
        return True
    return _sqlite_code(cause) in _SQLITE_BUSY or _state(cause).startswith(_AWAY)


def _sqlite_code(cause: BaseException) -> int:
    """Return SQLite's own code, without the details in its higher bits; 0 where the exception is not SQLite's."""
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF


def _state(cause: BaseException) -> str:
    """Return PostgreSQL's code, or "" where there is none. Its driver is not asked for: loading it takes long."""
    return getattr(cause, "sqlstate", None) or ""
