"""The real server process: ``manage.py serve`` on a free port, with a data folder and a database of its own.

``server`` and ``tls_server`` last for the session and are shared by tests, so a test opens accounts of its own there.
"""

import atexit
import fcntl
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 120
STOP_SECONDS = 120
PORTS = range(10_000, 32_768)
# Whatever the tests themselves run with, a server starts from the defaults.
OWN_VARIABLES = {
    "XPENSER_DATA", "HOST", "PORT", "PUBLIC_URL", "ALLOWED_HOSTS", "PROXIES", "TLS_CERT", "TLS_KEY", "DATABASE_URL",
    "DATABASE_CONNECTIONS", "REDIS_URL", "SERVER_ZONE", "XPENSER_EMAIL", "XPENSER_PASSWORD", "RECEIPTS_PUBLIC",
    "RECEIPTS_S3", "MAX_UPLOAD_BYTES", "DATABASE_STANDBY_URL", "TASKS_BACKEND",
    "MAX_RECEIPT_BYTES", "MAX_RECEIPT_PIXELS", "FRAME_ANCESTORS", "HSTS_SECONDS", "OAUTH1_HTTP",
    "SIGN_UP", "EMAIL_URL", "EMAIL_FROM", "OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET", "OIDC_NAME",
    "LOG_FORMAT", "METRICS_TOKEN", "MAX_WAITING",
    "DJANGO_SETTINGS_MODULE",
}  # fmt: skip

# A hash is work on purpose: here one does for all.
_OPEN_ACCOUNTS = """
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from expenses.services import account_open
with transaction.atomic():
    ids = [account_open(email=email, password=None, now=timezone.now()) for email in {emails!r}]
    User.objects.filter(pk__in=ids).update(password=make_password({password!r}))
"""

_MAKE = """
from xpenser.management.commands.serve import collect_static_files, migrate
migrate()
collect_static_files()
"""

running: list["LiveServer"] = []


class DidNotStart(Exception):
    """The process ended, or was silent for too long; the message is what it printed."""


class LiveServer:
    """A server process. ``data`` is its folder, ``log`` what it prints, ``ca`` the CA to trust (https only)."""

    bare: ClassVar[bool] = False
    peopled: ClassVar[bool] = False

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "serve.log"
        self.ca: Path | None = None
        self.port = free_port()
        self.env = {"XPENSER_DATA": str(self.data), "PORT": str(self.port), **env}
        self.database = ""
        self.begins_with = people_made if self.peopled else made
        if "DATABASE_URL" in os.environ and "DATABASE_URL" not in env:
            self.database = f"live_{uuid4().hex}"
            template = "template1" if self.bare else self.begins_with().name
            on_postgresql(f"CREATE DATABASE {self.database} TEMPLATE {template}")
            self.env["DATABASE_URL"] = _url_of(self.database)
        self.process: subprocess.Popen[bytes] | None = None
        self.strangers = list(people_made().emails) if self.peopled else []

    @property
    def scheme(self) -> str:
        return "https" if "TLS_CERT" in self.env else "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def public_url(self) -> str:
        return self.env.get("PUBLIC_URL", f"{self.scheme}://{self.env.get('HOST', 'localhost')}:{self.port}")

    def start(self) -> Self:
        """Start the process and return once it has printed its address."""
        if not (self.bare or (self.data / "assets").exists()):
            self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copytree(made().assets, self.data / "assets")
            tables, ledger = self.begins_with().tables, self.data / "xpenser.sqlite3"
            if tables.exists() and not (self.env.get("DATABASE_URL") or ledger.exists()):
                shutil.copy(tables, ledger)
        with self.log.open("ab") as log:
            before = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=PROJECT, env=self.environ(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        running.append(self)
        until = time.monotonic() + START_SECONDS
        while self.public_url not in (said := self.log.read_bytes()[before:].decode(errors="replace")).splitlines():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop(signal.SIGKILL)
                raise DidNotStart(said)
            time.sleep(0.01)
        return self

    def stop(self, sig: signal.Signals | None = signal.SIGTERM) -> int:
        """End the process, by its id, and return its exit status; None: it has been told, and is waited for.

        Told again at its very end, when Python has given its handlers up, it would die of the signal.
        """
        assert self.process is not None
        if self in running:
            running.remove(self)
        if sig is not None and self.process.poll() is None:
            self.process.send_signal(sig)
        try:
            return self.process.wait(STOP_SECONDS)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

    def close(self) -> None:
        """Stop, if it runs, and drop the database."""
        if self.process is not None:
            self.stop()
        if self.database:
            on_postgresql(f"DROP DATABASE {self.database} WITH (FORCE)")
            self.database = ""

    def workers(self) -> list[int]:
        """Return the ids of the worker processes."""
        assert self.process is not None
        main = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{main}/task/{main}/children").read_text().split()]

    def task_workers(self) -> list[int]:
        """Return the id of the process for tasks, if it lives: of what a thread of the main process has started."""
        assert self.process is not None
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        born = {int(pid) for thread in threads for pid in (thread / "children").read_text().split()}
        return sorted(born - set(self.workers()))

    def environ(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
        return {**inherited, **self.env}

    def manage(self, *args: str, input: str | None = None) -> subprocess.CompletedProcess[str]:  # noqa: A002
        """Run ``manage.py`` on this server's data, and return what came of it."""
        return subprocess.run(
            [sys.executable, "manage.py", *args],
            cwd=PROJECT, env=self.environ(), input=input or "", capture_output=True, text=True, check=False,
            timeout=120,
        )  # fmt: skip

    def adduser(self, email: str, password: str) -> None:
        done = self.manage("adduser", email, input=f"{password}\n")
        assert done.returncode == 0, done.stderr

    def newcomer(self) -> str:
        """Return the e-mail address of an account that nobody has used yet; its password is PASSWORD.

        They are made by the dozen: starting ``manage.py`` takes a second.
        """
        if not self.strangers:
            self.strangers = _strangers()
            made = self.manage("shell", "-c", _opening(self.strangers))
            assert made.returncode == 0, made.stderr
        return self.strangers.pop()

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement on the server's database, behind its back, and return the rows that it gives."""
        if "DATABASE_URL" in self.env:
            with psycopg.connect(self.env["DATABASE_URL"]) as postgresql:
                answer = postgresql.execute(statement.encode())
                return answer.fetchall() if answer.description else []
        with closing(sqlite3.connect(self.data / "xpenser.sqlite3", timeout=60)) as sqlite, sqlite:
            return sqlite.execute(statement).fetchall()

    def secure(self) -> Self:
        """Make the certificate that ``devcert`` makes, and serve https with it from the next start on."""
        done = self.manage("devcert", "--data", str(self.folder))
        assert done.returncode == 0, done.stderr
        tls = self.folder / "tls"
        self.env |= {"TLS_CERT": str(tls / "server.pem"), "TLS_KEY": str(tls / "server-key.pem")}
        self.ca = tls / "ca.pem"
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class BareServer(LiveServer):
    """One that makes tables and assets when it starts, as every first start does; for others that takes too long."""

    bare = True


class PeopledServer(LiveServer):
    """One whose newcomers are there before it starts: to make them then takes as long as to start it."""

    peopled = True


def start_server(folder: Path, **env: str) -> LiveServer:
    """Return a started server of one's own, for ``with``. ``env`` are variables of the README's table."""
    return _started(LiveServer(folder, **env))


def start_peopled_server(folder: Path, **env: str) -> LiveServer:
    """Return the same, with newcomers."""
    return _started(PeopledServer(folder, **env))


def start_bare_server(folder: Path, **env: str) -> LiveServer:
    """Return one that is started for the first time."""
    return _started(BareServer(folder, **env))


def _started(server: LiveServer) -> LiveServer:
    try:
        return server.start()
    except BaseException:
        server.close()
        raise


def free_port() -> int:
    """Return a port that is free, and is given to nobody else in this run.

    It is none that the kernel gives to whoever connects, or names no port: that could be somebody's before a server
    gets there, or while it stops and starts again.
    """
    with _shared() as folder:
        last = folder / "port"
        port = int(last.read_text()) if last.exists() else random.choice(PORTS)
        while not _is_free(port := PORTS[(port + 1 - PORTS.start) % len(PORTS)]):
            pass
        last.write_text(str(port))
        return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("", port))
        except OSError:
            return False
        return True


def log_sections() -> Iterator[tuple[str, str]]:
    """Give the end of every running server's log: title and text."""
    for server in running:
        yield f"log of {server.url}", server.log.read_text(errors="replace")[-5000:]


class Made(NamedTuple):
    """What a server starts with: a database with all tables, the folder of collected assets, and who has an account.

    ``tables`` is a file of SQLite, ``name`` a database on the PostgreSQL that DATABASE_URL names: one of them is there.
    """

    tables: Path
    name: str
    assets: Path
    emails: Sequence[str] = ()


@cache
def made() -> Made:
    """Return what one process of a run makes for all: tables without rows."""
    with _shared() as folder:
        data, known = folder / "made", folder / "made.name"
        if not known.exists():
            name = _database("template1")
            _shell(_MAKE, data, name)
            known.write_text(name)
        return Made(data / "xpenser.sqlite3", known.read_text(), data / "assets")


@cache
def people_made() -> Made:
    """Return the same with accounts that nobody has used yet."""
    bare = made()
    with _shared() as folder:
        data, known = folder / "peopled", folder / "peopled.json"
        if not known.exists():
            name, emails = _database(bare.name), _strangers()
            if bare.tables.exists():
                data.mkdir(mode=0o700)
                shutil.copy(bare.tables, data / "xpenser.sqlite3")
            _shell(_opening(emails), data, name)
            known.write_text(json.dumps([name, emails]))
        name, emails = json.loads(known.read_text())
        return Made(data / "xpenser.sqlite3", name, bare.assets, emails)


def _strangers() -> list[str]:
    return [f"{uuid4().hex}@example.com" for _ in range(48)]


def _opening(emails: Sequence[str]) -> str:
    from tests.cast import PASSWORD  # its other names want Django, which bench does without

    return _OPEN_ACCOUNTS.format(emails=emails, password=PASSWORD)


def _database(template: str) -> str:
    """Return the name of a new database on the PostgreSQL that DATABASE_URL names, or "" where it names none."""
    if "DATABASE_URL" not in os.environ:
        return ""
    name = f"template_{uuid4().hex}"
    on_postgresql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _shell(code: str, data: Path, database: str) -> None:
    """Run code of Django's on a data folder, and on a database if one is named."""
    env = {name: value for name, value in os.environ.items() if name not in OWN_VARIABLES}
    env["XPENSER_DATA"] = str(data)
    if database:
        env["DATABASE_URL"] = _url_of(database)
    subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=PROJECT, env=env, check=True)


def _url_of(database: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


@contextmanager
def _shared() -> Iterator[Path]:
    """Give the folder of the whole run, to one process at a time."""
    folder = _folder_of_run()
    with (folder / "tables.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


@cache
def _folder_of_run() -> Path:
    """Return the folder that ``tests.settings`` names; who measures has one of his own."""
    if named := os.environ.get("XPENSER_TESTS_SHARED"):
        return Path(named)
    folder = Path(tempfile.mkdtemp(prefix="xpenser-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with start_peopled_server(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with PeopledServer(tmp_path_factory.mktemp("tls-server")).secure() as server:
        yield server.start()


def on_postgresql(statement: str) -> list[tuple[Any, ...]]:
    """Run a statement on the PostgreSQL that DATABASE_URL names, and return the rows that it gives."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        answer = connection.execute(statement.encode())
        return answer.fetchall() if answer.description else []


@atexit.register
def _stop_all() -> None:
    """End what an interrupted run would leave behind."""
    for server in running:
        with suppress(Exception):
            server.stop(signal.SIGKILL)
