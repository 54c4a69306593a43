"""How much room the ledgers take, and how much there is."""

import shutil
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import connection


def database_bytes() -> int:
    """Return how large the database is: of SQLite, with what it has written beside its file and not yet into it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = str(connection.settings_dict["NAME"])
    return sum(_size(Path(f"{file}{end}")) for end in ("", "-wal", "-shm"))


def free_bytes() -> int:
    """Return how many bytes are free where the data is."""
    return shutil.disk_usage(settings.ENV.data).free


def _size(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0
