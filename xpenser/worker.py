"""The process beside those that serve, which does what nobody waits for; ``serve`` starts and watches it."""

import ctypes
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import FrameType
from typing import Final

from django.db import DatabaseError
from django.utils import timezone
from django_tasks import task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker

from xpenser.locks import alone_by_name
from xpenser.server import ENDING, GRACE_SECONDS, PR_SET_PDEATHSIG
from xpenser.tasks import interrupted_begin_anew, tidy_plan

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 1.0
# In seconds: the first pause, and the longest, before another one is started in the place of one that ended.
_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
# Whoever has lived for so long did not die of its start.
_SETTLED = 60.0
# Forked, it shares the memory of the main process, and is there at once.
_FORK = get_context("fork")


@contextmanager
def kept(data: Path, *, sockets: Sequence[socket.socket]) -> Iterator[None]:  # pragma: no cover - test_worker.py
    """Keep one worker alive inside the block, where tasks are kept in a database. ``sockets`` are not for it."""
    backend: object = task_backends["default"]
    if not isinstance(backend, DatabaseBackend):
        yield
        return
    keeper = _Keeper(data, sockets)
    threading.Thread(target=keeper.keep, daemon=True).start()
    try:
        yield
    finally:
        keeper.end()


class _Keeper:  # pragma: no cover - see kept
    def __init__(self, data: Path, sockets: Sequence[socket.socket]) -> None:
        self._data, self._sockets = data, sockets
        self._ending = threading.Event()
        self._lock = threading.Lock()
        self._process: ForkProcess | None = None

    def keep(self) -> None:
        pause = _PAUSE
        while True:
            with self._lock:
                if self._ending.is_set():
                    return
                born = time.monotonic()
                # Of this thread: when it is killed with its process, the kernel tells the child.
                process = _FORK.Process(target=_work, args=[self._data, self._sockets, os.getpid()], daemon=True)
                process.start()
                self._process = process
            process.join()
            if self._ending.wait(0):
                return
            pause = _PAUSE if time.monotonic() - born > _SETTLED else min(2 * pause, _LONGEST_PAUSE)
            logger.error("The worker for tasks ended (status %s); another one begins", process.exitcode)
            self._ending.wait(pause)

    def end(self) -> None:
        """Let it finish what it is at, for a while."""
        with self._lock:
            self._ending.set()
            process = self._process
        if process is None:  # told to end before the first one was born
            return
        process.terminate()
        until = time.monotonic() + GRACE_SECONDS
        while process.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        process.kill()


def _work(data: Path, sockets: Sequence[socket.socket], parent: int) -> None:  # pragma: no cover - see kept
    os.setpgid(0, 0)  # Ctrl-C reaches a terminal's whole process group
    for told in ENDING:
        signal.signal(told, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)
    if sys.platform == "linux":
        # Of SIGTERM there would be one for each thread that dies; what is killed is begun anew by the next server's.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return
    for listener in sockets:
        listener.close()
    with alone_by_name(data / "worker.lock") as name:
        try:
            work(worker_id=name)
        except DatabaseError as problem:
            logger.error("The worker for tasks can't ask the database: %s", problem)  # noqa: TRY400 - it is tried again
            sys.exit(1)


def work(*, worker_id: str, batch: bool = False) -> None:
    """Do what is to be done, until SIGTERM; ``batch``: until nothing is left that is due."""
    now = timezone.now()
    interrupted_begin_anew(worker_id=worker_id, now=now)
    tidy_plan(at=now)
    worker = Worker(
        queue_names=["*"], excluded_queue_names=[], interval=POLL_SECONDS, batch=batch, backend_name="default",
        startup_delay=False, max_tasks=None, worker_id=worker_id,
    )  # fmt: skip
    if not batch:  # pragma: no cover - see kept
        _end_when_told(worker)
    worker.run()


def _end_when_told(worker: Worker) -> None:  # pragma: no cover - see kept
    """Let it finish its task when it is told to end, and be deaf then: told twice it would let the task fail.

    systemd tells every process of a service, and so does the main process.
    """

    def end(told: int, frame: FrameType | None) -> None:
        for each in ENDING:
            signal.signal(each, signal.SIG_IGN)
        worker.shutdown(told, frame)

    for each in ENDING:
        signal.signal(each, end)
