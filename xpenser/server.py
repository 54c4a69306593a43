"""Granian, the HTTP server, as this project runs it. What it was seen to do is in docs/server.md."""

import ctypes
import logging
import os
import signal
import socket
import ssl
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing import Semaphore
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.net import SocketHolder  # type: ignore[attr-defined]  # a name that it does not declare
from granian.server.mp import MPServer

from xpenser.admission import AT_WORK
from xpenser.database import share_connections

Application = Callable[..., Any]

BACKLOG = 1024
# Each half-sent body and each unread download holds a thread: there are so many more than are at work or wait for that.
THREADS_FOR_THE_SLOW = 32
ENDING = (signal.SIGTERM, signal.SIGINT)
# How long requests under way may take after SIGTERM.
GRACE_SECONDS = 30
# How long after its birth a worker surely serves.
SETTLING_SECONDS = 1.0
# So many deaths of workers in so many seconds mean that whoever comes next would die, too.
MOST_DEATHS, DEATHS_SECONDS = 20, 60.0
# A header of 64 KiB is far beyond any client's; more only feeds floods.
LARGEST_HEAD = 65_536
# The kernel gives a thread back when its client is gone without a word, or for that long takes nothing of the answer.
KEEPALIVE = ((socket.TCP_KEEPIDLE, 60), (socket.TCP_KEEPINTVL, 15), (socket.TCP_KEEPCNT, 4))
UNREAD_MILLISECONDS = 120_000


class CannotListen(Exception):
    """The address is taken, not this machine's, or not allowed; the message may be shown to the operator."""

    def __init__(self, host: str, port: int, reason: object) -> None:
        super().__init__(f"HOST={host!r} PORT={port}: {reason}")


class BadCertificate(Exception):
    """Certificate and key can't be used; the message may be shown to the operator."""

    def __init__(self, certificate: Path, key: Path, reason: object) -> None:
        super().__init__(f"TLS_CERT={str(certificate)!r} TLS_KEY={str(key)!r}: {reason}")


@contextmanager
def listening(host: str, port: int, count: int) -> Iterator[list[socket.socket]]:
    """Give ``count`` sockets that listen on one address, a worker each. Raises CannotListen."""
    with ExitStack() as opened:
        try:
            family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
            # Sockets that share a port share it with any process of the same user, so first see that nobody is there.
            _bound(family, address, share=False).close()
            sockets = [opened.enter_context(_bound(family, address, share=True)) for _ in range(count)]
            for listener in sockets:
                listener.listen(BACKLOG)
        except (OSError, UnicodeError) as problem:  # UnicodeError: no host name can be that long
            raise CannotListen(host, port, getattr(problem, "strerror", problem)) from problem
        yield sockets


def certificate_check(certificate: Path, key: Path) -> None:
    """Raise BadCertificate unless the two can be read, without a password, and belong together."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, OSError, ValueError) as problem:
        alien = getattr(problem, "reason", "") == "KEY_VALUES_MISMATCH"
        raise BadCertificate(
            certificate, key, "the key does not belong to the certificate" if alien else problem
        ) from problem


def run(  # pragma: no cover - from here on it is a server: test_serve.py runs it in a process of its own
    *, sockets: list[socket.socket], certificate: Path | None, key: Path | None, announce: Callable[[], None]
) -> None:
    """Serve ``xpenser.wsgi`` on the sockets, a process each, until SIGTERM or SIGINT; requests under way are answered.

    ``announce`` is called once all workers are there.
    """
    logging.getLogger("_granian").addFilter(_no_advice_on_threads)
    server = Server(
        "xpenser.wsgi:application",
        interface=Interfaces.WSGI,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(max_buffer_size=LARGEST_HEAD),
        workers=len(sockets),
        blocking_threads=AT_WORK + settings.MAX_WAITING + THREADS_FOR_THE_SLOW,
        backlog=BACKLOG,
        workers_kill_timeout=GRACE_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        ssl_cert=certificate,
        ssl_key=key,
        ssl_protocol_min=SSLProtocols.tls12,
    )
    server.sockets, server.announce = sockets, announce
    os.register_at_fork(before=_hold_signals, after_in_parent=_let_signals_through)
    server.serve(target_loader=_application, wrap_loader=False)


class Server(MPServer):  # pragma: no cover - see run
    """Granian on sockets of ours: it would share a port that is taken in silence, and set no limits on dead peers."""

    sockets: list[socket.socket]
    announce: Callable[[], None]

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.ready = Semaphore(0)
        self.deaths = Deaths()

    def _init_shared_socket(self) -> None:
        self._sso = self.sockets[0]

    def _drop_shared_socket(self) -> None:
        for listener in self.sockets:
            listener.close()

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]
        self._sso = self.sockets[idx]
        self._shd: Any = SocketHolder(self._sso.fileno(), False, BACKLOG)  # type: ignore[call-arg]
        others = [listener for listener in self.sockets if listener is not self._sso]
        loader = partial(_worker_begun, callback_loader, self.ready, others, os.getpid())
        worker = super()._spawn_worker(idx=idx, target=target, callback_loader=loader)
        worker._watcher = partial(watch, worker)  # type: ignore[method-assign]
        return worker

    def _spawn_workers(self, *args: Any) -> None:
        super()._spawn_workers(*args)  # type: ignore[no-untyped-call]
        threading.Thread(target=self._announce_when_ready, daemon=True).start()

    def _respawn_workers(self, workers: list[int], *args: Any, **choices: Any) -> None:
        super()._respawn_workers(workers, *args, **choices)
        # Granian gives up where one dies twice within seconds: two that were killed for want of memory end them all.
        if not self.deaths.are_many(time.monotonic()):
            self.respawned_wrks.clear()
        if self.interrupt_children:  # one that died just before may have been overlooked
            self.main_loop_interrupt.set()

    def _announce_when_ready(self) -> None:
        for _ in self.sockets:
            self.ready.acquire()
        self.announce()

    def _stop_workers(self) -> None:
        with suppress(OSError):  # nobody may be there to read it, which is no reason to leave the workers alone
            sys.stderr.write(f"Ending: requests under way are answered, for up to {GRACE_SECONDS} seconds\n")
        super()._stop_workers()  # type: ignore[no-untyped-call]


class Deaths:
    """The deaths of workers of late."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=MOST_DEATHS)

    def are_many(self, now: float) -> bool:
        """Note one, in seconds of a clock that goes on, and tell whether it was one too many."""
        self._times.append(now)
        return len(self._times) == MOST_DEATHS and now - self._times[0] <= DEATHS_SECONDS


def watch(worker: Any) -> None:
    """Wait until a worker ends, and tell the main loop if nobody told it to; leave it to the main thread to reap it.

    Granian's own watcher reaps it. The main thread waits for the same process when it stops, and where it comes second
    takes it for alive: it warned of a worker that refused to stop, and sent SIGKILL to an id that might by then be
    somebody else's.
    """
    with suppress(ChildProcessError):  # the main thread was quicker
        os.waitid(os.P_PID, worker.inner.pid, os.WEXITED | os.WNOWAIT)
    if not worker.interrupt_by_parent:
        logging.getLogger("_granian").error("Unexpected exit from worker-%d", worker.idx + 1)
        worker.parent.interrupt_children.append(worker.idx)
        worker.parent.main_loop_interrupt.set()


def _application() -> Application:  # pragma: no cover - see run
    from xpenser.wsgi import application  # loading it is the worker's work  # noqa: PLC0415

    return application


def _worker_begun(  # pragma: no cover - see run
    load: Callable[[], Application], ready: Any, others: list[socket.socket], main: int
) -> Application:
    """Called first of all in a worker: settles its process and returns the application."""
    # Ctrl-C reaches a terminal's whole process group; the main process alone ends the workers, with patience.
    os.setpgid(0, 0)
    if sys.platform == "linux":
        # Should the main process be killed outright, its workers end as if they had been told to.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != main:  # it was killed before this was said, and nobody else would ever end this one
            os._exit(1)
    # A port stays open as long as anybody holds it: at the end new clients would wait instead of being refused.
    for listener in others:
        listener.close()
    share_connections(connections.settings, most=settings.ENV.database_connections // (len(others) + 1))
    application = load()
    threading.Thread(target=_end_when_told, args=[time.monotonic()], daemon=True).start()
    ready.release()
    return application


def _end_when_told(begun: float) -> None:  # pragma: no cover - see run
    """Pass on one signal to end, once the worker serves.

    A worker of granian's loses a signal that comes before it serves, and leaves requests unanswered at a second one. So
    signals stay blocked in it, from before its birth, and this thread takes them.
    """
    told = signal.sigwait(ENDING)
    time.sleep(max(0.0, begun + SETTLING_SECONDS - time.monotonic()))
    handler = signal.getsignal(told)
    if callable(handler):
        handler(told, None)


PR_SET_PDEATHSIG = 1  # linux/prctl.h


def _hold_signals() -> None:  # pragma: no cover - see run
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _let_signals_through() -> None:  # pragma: no cover - see run
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _bound(family: int, address: Any, *, share: bool) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, int(share))
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
        for option, value in KEEPALIVE:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)
        listener.bind(address)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _no_password() -> str:
    raise ValueError("the key has a password; one without is wanted")


def _no_advice_on_threads(record: logging.LogRecord) -> bool:  # pragma: no cover - see run
    return "Python threads" not in record.getMessage()
