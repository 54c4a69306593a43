"""What machines ask that look after this one: does it live, may it be sent requests. Nothing of anybody's is told."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, Generic, TypeVar

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from expenses.selectors import totals
from xpenser import health
from xpenser.health import Check, State
from xpenser.space import database_bytes, free_bytes
from xpenser.tasks import queue_seen

RETRY_AFTER: Final = 5
"""Seconds after which it may be otherwise."""
SHARED_SECONDS: Final = 1.0
"""For so long what was found is told to whoever asks."""
SIZES_SECONDS: Final = 60.0
"""The same for what is counted row by row."""
FoundT = TypeVar("FoundT")
Size = tuple[str, str, float]


class Shared(Generic[FoundT]):
    """A look at something that strangers may ask for as often as they like: each process takes one at a time.

    Else they could keep writers from the database, which is locked while writing to it is tried, and all threads
    waiting for one that is busy.
    """

    def __init__(self, look: Callable[[], Sequence[FoundT]], *, seconds: float) -> None:
        self._look = look
        self._seconds = seconds
        self._found: Sequence[FoundT] = ()
        self._until = -math.inf
        self._looking = threading.Lock()

    def found(self, *, at: float) -> Sequence[FoundT]:
        """Return what was found within so many seconds before ``at``, or last, while somebody looks anew."""
        if at < self._until or not self._looking.acquire(blocking=self._until == -math.inf):
            return self._found
        try:
            self._found, self._until = self._look(), at + self._seconds
            return self._found
        finally:
            self._looking.release()


def _sizes() -> list[Size]:
    """Return what can be measured; xpenser_ready tells what can't."""
    return [*_of_disk(), *_of_database()]


def _of_disk() -> list[Size]:
    try:
        return [("disk_free_bytes", "What is free where the data is.", free_bytes())]
    except OSError:
        return []


def _of_database() -> list[Size]:
    try:
        rows, now = totals(), timezone.now()
        queue = queue_seen(now=now)
        return [
            ("tasks_waiting", "Tasks that could be done now.", queue.due),
            ("tasks_oldest_seconds", "For how long the first of them could.", _seconds(now - (queue.oldest or now))),
            ("tasks_failed", "Tasks that failed within 30 days.", queue.failed),
            ("mails_waiting", "Mails that were not taken yet, and are tried again.", queue.letters),
            ("database_bytes", "How large the database is.", database_bytes()),
            ("expenses", "Expenses of all people, deleted ones included.", rows.expenses),
            ("receipts", "Receipts of all people.", rows.receipts),
            ("receipts_bytes", "What rows say that receipts take.", rows.receipt_bytes),
        ]
    except Error:
        return []


def _seconds(age: timedelta) -> float:
    return max(0.0, age.total_seconds())


tried: Final = Shared[Check](health.ready, seconds=SHARED_SECONDS)
measured: Final = Shared[Size](_sizes, seconds=SIZES_SECONDS)


def _open(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    return login_not_required(require_safe(never_cache(view)))


@_open
def alive(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; whoever hears nothing starts it anew. The database is not asked."""
    return JsonResponse({"alive": True})


@_open
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether database, tables and storage can be used, each really tried, and which of them can't."""
    failed = [check.name.lower() for check in tried.found(at=time.monotonic()) if check.state is State.BAD]
    answer = JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)
    if failed:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer


@_open
def metrics(request: HttpRequest) -> HttpResponse:
    """Show Prometheus what this server has counted, where it has a token for that and Prometheus brings it."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not constant_time_compare(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    from xpenser.metrics import CONTENT_TYPE, exposition  # only where it is wanted  # noqa: PLC0415

    now = time.monotonic()
    text = exposition(ready=tried.found(at=now), sizes=measured.found(at=now))
    return HttpResponse(text, content_type=CONTENT_TYPE)
