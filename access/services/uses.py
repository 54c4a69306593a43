"""When and from where a token was last used: noted for its owner to see, in passing, and at nobody's expense."""

import logging
from datetime import datetime
from typing import Final

from django.db import DatabaseError, connection, models
from django.db.backends.utils import CursorWrapper

from accounts.fields import microseconds

logger = logging.getLogger(__name__)

_NOTED_EVERY: Final = 60_000_000  # microseconds


def use_note(table: type[models.Model], *, row_id: int, noted: int | None, now: datetime, used_from: str) -> None:
    """Write into a row's ``used`` and ``used_from`` that it is used at ``now``, if nobody has to wait for it.

    ``noted`` is what stands in ``used``, in microseconds since 1970. It is no change of the ledger, so it takes no
    clock. Where the database is busy, the next request does it.
    """
    # Also by less the other way: where the clock was put back, who uses it meanwhile is still seen.
    if noted is not None and abs(microseconds(now) - noted) < _NOTED_EVERY:
        return
    name = table._meta.db_table
    note = _note_on_sqlite if connection.vendor == "sqlite" else _note_on_postgresql
    try:
        with connection.cursor() as cursor:
            note(cursor, name, [microseconds(now), used_from[:45], row_id])
    except DatabaseError as error:
        logger.warning("the last use of %s %d was not noted: %s", table.__name__, row_id, error)


def _note_on_sqlite(cursor: CursorWrapper, name: str, values: list[int | str]) -> None:
    cursor.execute("PRAGMA busy_timeout")
    (patience,) = cursor.fetchone()
    cursor.execute("PRAGMA busy_timeout = 0")
    try:
        cursor.execute(f"UPDATE {name} SET used = %s, used_from = %s WHERE id = %s", values)
    finally:
        cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _note_on_postgresql(cursor: CursorWrapper, name: str, values: list[int | str]) -> None:
    cursor.execute(
        f"UPDATE {name} SET used = %s, used_from = %s WHERE id = (SELECT id FROM {name} WHERE id = %s"
        " FOR UPDATE SKIP LOCKED)",
        values,
    )
