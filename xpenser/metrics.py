"""Figures for Prometheus, counted by all processes of a server together. Only a server with METRICS_TOKEN imports this.

The library keeps what each process counts in files, mapped into memory. Labels are words of ours (a route, not a path):
no request makes a new one.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import Error
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase

from accounts.attempts import attempt_failed
from accounts.passwords import password_shown
from xpenser.admission import refused, waiting_changed
from xpenser.answers import places_taken
from xpenser.failures import is_disk_full
from xpenser.health import Check, State
from xpenser.logs import METHODS, route_of

# The library looks for it while it is imported.
os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(settings.METRICS_FOLDER)

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, Counter, Gauge, Histogram, Summary
from prometheus_client import generate_latest as written
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""Bounds of the histogram, in seconds."""
ROOM: Final = 1 << 20
"""Bytes of each file, more than all series together take."""
_FILES: Final = ("counter", "gauge_livesum", "histogram", "summary")

logger = logging.getLogger(__name__)


class Counts:
    """What a process counts. The library makes its files as this is made: a command that only imports it has none."""

    def __init__(self) -> None:
        self.requests = Counter(
            "xpenser_requests", "Requests that were answered.", ["dialect", "route", "method", "status"], registry=None
        )
        self.seconds = Histogram(
            "xpenser_request_seconds", "How long it took until an answer began.", ["dialect", "route"],
            registry=None, buckets=BUCKETS,
        )  # fmt: skip
        self.under_way = Gauge(
            "xpenser_requests_under_way", "Requests that are at work, or wait until they may be.",
            registry=None, multiprocess_mode="livesum",
        )  # fmt: skip
        self.waiting = Gauge(
            "xpenser_requests_waiting", "Requests that wait until fewer are at work.",
            registry=None, multiprocess_mode="livesum",
        )  # fmt: skip
        self.refused = Counter(
            "xpenser_requests_refused", "Requests that were refused because too many waited.", registry=None
        )
        self.long = Gauge(
            "xpenser_long_answers", "Long answers that are being made or sent.", ["of"],
            registry=None, multiprocess_mode="livesum",
        )  # fmt: skip
        self.statements = Summary(
            "xpenser_database_seconds", "How long statements took, and how many there were.", ["database"],
            registry=None,
        )  # fmt: skip
        self.errors = Counter(
            "xpenser_database_errors", "Statements that the database refused.", ["database", "kind"], registry=None
        )
        self.failed = Counter("xpenser_failed_sign_ins", "Wrong passwords, through whichever door.", registry=None)
        self.passwords = Counter(
            "xpenser_passwords", "Passwords that came: verified a moment ago (hit), or to be hashed (miss).", ["cache"],
            registry=None,
        )  # fmt: skip

    def listen(self) -> None:
        """Hear from all who have something to be counted, each of them once."""
        connection_created.connect(self._connected, dispatch_uid=__name__)
        attempt_failed.connect(self._failed, dispatch_uid=__name__)
        password_shown.connect(self._shown, dispatch_uid=__name__)
        places_taken.connect(self._taken, dispatch_uid=__name__)
        waiting_changed.connect(self._waiting, dispatch_uid=__name__)
        refused.connect(self._refused, dispatch_uid=__name__)

    def _connected(self, *, connection: BaseDatabaseWrapper, **_: object) -> None:
        # One that is opened anew has it already.
        if not any(isinstance(wrapper, _Statements) for wrapper in connection.execute_wrappers):
            connection.execute_wrappers.append(_Statements(self, connection.alias))

    def _failed(self, **_: object) -> None:
        self.failed.inc()

    def _shown(self, *, was_known: bool, **_: object) -> None:
        self.passwords.labels("hit" if was_known else "miss").inc()

    def _taken(self, *, of: str, taken: int, **_: object) -> None:
        self.long.labels(of).set(taken)

    def _waiting(self, *, waiting: int, **_: object) -> None:
        self.waiting.set(waiting)

    def _refused(self, **_: object) -> None:
        self.refused.inc()


@cache
def counts() -> Counts:
    """Return those of this process."""
    made = Counts()
    made.listen()
    return made


def room_take() -> None:
    """Make the files of this process as large as they will be. Raises OSError where there is no room.

    The library would leave holes in them: who is the first to write into one on a full disk is killed (SIGBUS).
    """
    for kind in _FILES:
        path = settings.METRICS_FOLDER / f"{kind}_{os.getpid()}.db"
        with path.open("ab") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, ROOM)
            except OSError:
                path.unlink()  # an empty one can't be read
                raise


class RequestMetrics:
    """Counts each request and how long it took; in a process that began while the disk was full, nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        try:
            room_take()
        except OSError as problem:
            if not is_disk_full(problem):
                raise
            logger.error("nothing is counted in this process: the disk is full")  # noqa: TRY400 - there is no more to it
            raise MiddlewareNotUsed from None
        self.counts = counts()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        self.counts.under_way.inc()
        try:
            response = self.get_response(request)
        finally:
            self.counts.under_way.dec()
        dialect, route = _dialect(request), route_of(request)
        method = request.method if request.method in METHODS else "other"
        self.counts.requests.labels(dialect, route, method, response.status_code).inc()
        self.counts.seconds.labels(dialect, route).observe(time.perf_counter() - begun)
        return response


def _dialect(request: HttpRequest) -> str:
    """Return whose route it was: a folder of ``api``, or the pages'; nothing for static files and what led nowhere."""
    if request.resolver_match is None:
        return ""
    app, _, rest = request.resolver_match.func.__module__.partition(".")
    return rest.partition(".")[0] if app == "api" else "pages"


class _Statements:
    """Stands around each statement on one connection."""

    def __init__(self, counted: Counts, database: str) -> None:
        self._seconds = counted.statements.labels(database)
        self._errors = counted.errors
        self._database = database

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        except Error as problem:
            self._errors.labels(self._database, type(problem).__name__).inc()
            raise
        finally:
            self._seconds.observe(time.perf_counter() - begun)


class _Looked(Collector):
    """What was looked at just now, and is not counted by processes."""

    def __init__(self, ready: Sequence[Check], sizes: Iterable[tuple[str, str, float]]) -> None:
        self._ready, self._sizes = ready, sizes

    def collect(self) -> Iterator[GaugeMetricFamily]:
        state = GaugeMetricFamily(
            "xpenser_ready", "Whether what no request can do without can be used.", labels=["check"]
        )
        for check in self._ready:
            state.add_metric([check.name.lower()], float(check.state is not State.BAD))
        yield state
        for name, said, value in self._sizes:
            yield GaugeMetricFamily(f"xpenser_{name}", said, value=value)


def exposition(*, ready: Sequence[Check], sizes: Iterable[tuple[str, str, float]]) -> bytes:
    """Return all figures as Prometheus reads them (CONTENT_TYPE). ``sizes``: name, what it is, value."""
    _forget_the_dead()
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]
    registry.register(_Looked(ready, sizes))
    return written(registry)


def _forget_the_dead() -> None:
    """Let what a worker that was killed had under way count no more; what it has counted stays."""
    for file in settings.METRICS_FOLDER.glob("gauge_live*_*.db"):
        process = int(file.stem.rpartition("_")[2])
        with suppress(PermissionError):  # its number is somebody else's now, and the file is small
            try:
                os.kill(process, 0)
            except ProcessLookupError:
                mark_process_dead(process, str(settings.METRICS_FOLDER))  # type: ignore[no-untyped-call]
