"""``manage.py serve``: make everything ready, then serve until told to end."""

import errno
import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core import checks
from django.core.files.storage import storages
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from access.services.oauth1 import nonces_prepare
from access.services.oauth2 import expired_clear
from accounts.attempts import limits_prepare
from accounts.invitations import first_invitation_create
from accounts.selectors import any_user
from accounts.services import BadAccount
from accounts.shared import BadStore, StoreAway
from expenses.files import FilesAway, ReceiptFiles
from expenses.services import ServerZoneFixed, account_open, server_zone_settle
from xpenser import env, server, worker
from xpenser.holding import held
from xpenser.locks import alone

# With one worker alone, a worker that dies takes the service with it until it is born again.
LEAST_WORKERS = 2


class Command(BaseCommand):
    help = "Migrate, collect static files, and serve. Everything it may be told is an environment variable (README)."
    requires_system_checks = ()  # `check_all` says the same with status 2, and in a line each

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.check_all()
            self.serve()
        except server.CannotListen as problem:
            message = f"{problem}{_way_out(problem)}"
            raise CommandError(message, returncode=2) from None
        except (server.BadCertificate, ServerZoneFixed) as problem:
            raise CommandError(str(problem), returncode=2) from None
        except BadAccount as problem:
            message = f"XPENSER_EMAIL, XPENSER_PASSWORD: {problem}"
            raise CommandError(message, returncode=2) from None
        except StoreAway as problem:
            message = f"REDIS_URL: nobody answers there as Redis: {problem.__cause__}"
            raise CommandError(message, returncode=2) from None
        except FilesAway as problem:
            message = f"RECEIPTS_S3: receipts can't be kept there: {problem.why}"
            raise CommandError(message, returncode=2) from None
        except BadStore as problem:
            message = f"REDIS_URL: {problem}"
            raise CommandError(message, returncode=2) from None
        except DatabaseError as problem:
            message = f"The database can't be used: {problem}".strip()
            raise CommandError(message, returncode=2) from None

    def check_all(self) -> None:
        """Say what the system checks find. Raises CommandError where it is more than a warning."""
        found = [problem for problem in checks.run_checks() if not problem.is_silenced()]
        serious = [problem for problem in found if problem.is_serious()]
        for problem in found:
            if problem not in serious:
                self.stderr.write(_one_line(problem))
        if serious:
            raise CommandError("\n".join(map(_one_line, serious)), returncode=2)

    def serve(self) -> None:
        chosen = settings.ENV
        if chosen.tls_cert and chosen.tls_key:
            pem_given("TLS_CERT", chosen.tls_cert, "CERTIFICATE")
            pem_given("TLS_KEY", chosen.tls_key, "PRIVATE KEY")
            server.certificate_check(chosen.tls_cert, chosen.tls_key)
        count = max(LEAST_WORKERS, os.cpu_count() or 1)
        with server.listening(chosen.host, chosen.port, count) as sockets, ExitStack() as serving:
            with _told_of(chosen.data):
                serving.enter_context(held(chosen.data))
                self.prepare()
            # From here on test_serve.py looks at it from outside, in a process of its own.
            connections.close_all()  # pragma: no cover - a connection must not be shared with the workers
            with worker.kept(chosen.data, sockets=sockets):  # pragma: no cover
                server.run(sockets=sockets, certificate=chosen.tls_cert, key=chosen.tls_key, announce=self.announce)

    def prepare(self) -> None:
        """Bring database and files to the state that the workers need; a second start changes nothing."""
        data = settings.ENV.data
        with alone(data / "serve.lock"):
            migrate()
            receipts_prepare()
            collect_static_files()
            metrics_begin_anew()
            server_zone_settle(settings.ENV.server_zone)
            nonces_prepare(now=timezone.now())
            limits_prepare()
            self.open_first_account()
            expired_clear(now=timezone.now())

    def open_first_account(self) -> None:
        if any_user():
            return
        if settings.ENV.email:
            chosen = {"email": settings.ENV.email, "password": settings.ENV.password}
            account_open(**chosen, now=timezone.now(), is_staff=True, is_superuser=True)
        else:
            link = settings.PUBLIC_URL + reverse("join", args=[first_invitation_create(now=timezone.now())])
            self.stdout.write(f"Nobody has an account yet. This link opens the first one, once: {link}")
            self.stdout.write(f"Without a browser{_same_ledger(settings.ENV)} adduser me@example.com")

    def announce(self) -> None:
        self.stdout.write(settings.PUBLIC_URL)
        self.stdout.flush()


@contextmanager
def _told_of(data: Path) -> Iterator[None]:
    """Tell in a line what can't be read or written in the folder, or locked: not every file system keeps locks."""
    try:
        yield
    except OSError as problem:
        message = f"XPENSER_DATA={str(data)!r}: {problem.filename or 'a file in it'}: {problem.strerror}"
        raise CommandError(message, returncode=2) from None


def pem_given(name: str, path: Path, kind: str) -> None:
    """Raise CommandError where the file has nothing of that kind: OpenSSL does not say which of the two it means."""
    try:
        kinds = set(re.findall(r"-----BEGIN .*?(CERTIFICATE|PRIVATE KEY)-----", path.read_text(errors="replace")))
    except OSError as problem:
        reason = str(problem.strerror)
    else:
        swapped = ": are TLS_CERT and TLS_KEY swapped?" if kinds else ""
        reason = "" if kind in kinds else f"there is no line -----BEGIN {kind}----- in it{swapped}"
    if reason:
        message = f"{name}={str(path)!r}: {reason}"
        raise CommandError(message, returncode=2)


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):  # pragma: no cover - a test's database is migrated
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def receipts_prepare() -> None:
    # By a storage of its own: the connections of a bucket must not be shared with the workers.
    cast("ReceiptFiles", storages.create_storage(settings.STORAGES["default"])).prepare()


def collect_static_files() -> None:
    """Copy, name and compress the static files, unless that has been done for the very same files."""
    stamp = Path(settings.STATIC_ROOT, "collected")
    fingerprint = _fingerprint()
    if not (stamp.exists() and stamp.read_text() == fingerprint):
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint)


def metrics_begin_anew() -> None:
    """Forget what earlier processes have counted, and let the next ones count if they are to."""
    shutil.rmtree(settings.METRICS_FOLDER, ignore_errors=True)
    if settings.METRICS_TOKEN:
        settings.METRICS_FOLDER.mkdir(mode=0o700, parents=True)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(ignore_patterns=[]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _same_ledger(chosen: env.Environment) -> str:
    """Return how ``manage.py`` is called so that it finds the ledger of this server."""
    beside = ", with the same DATABASE_URL" if chosen.database else ""
    where = "" if chosen.data == env.DEFAULT_DATA else f"XPENSER_DATA={shlex.quote(str(chosen.data))} "
    return f"{beside}: {where}.venv/bin/python manage.py"


def _one_line(problem: checks.CheckMessage) -> str:
    return f"{problem.msg} {problem.hint or ''} ({problem.id})"


def _way_out(problem: server.CannotListen) -> str:
    """Return what helps against the commonest failure of a first start, and nothing for the others."""
    taken = isinstance(problem.__cause__, OSError) and problem.__cause__.errno == errno.EADDRINUSE
    return " (to take another: PORT=8001 make serve)" if taken else ""
