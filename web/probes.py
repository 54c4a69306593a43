"""What machines ask that look after this one: does it live, may it be sent requests. Nothing of anybody's is told."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xpenser import health
from xpenser.health import Check, State

RETRY_AFTER: Final = 5
"""Seconds after which it may be otherwise."""
SHARED_SECONDS: Final = 1.0
"""For so long what was found is told to whoever asks."""


class Shared:
    """A look at something that strangers may ask for as often as they like: each process takes one at a time.

    Else they could keep writers from the database, which is locked while writing to it is tried, and all threads
    waiting for one that is busy.
    """

    def __init__(self, look: Callable[[], list[Check]]) -> None:
        self._look = look
        self._found: list[Check] = []
        self._until = -math.inf
        self._looking = threading.Lock()

    def found(self, *, at: float) -> list[Check]:
        """Return what was found within SHARED_SECONDS before ``at``, or last, while somebody looks anew."""
        if at < self._until or not self._looking.acquire(blocking=self._until == -math.inf):
            return self._found
        try:
            self._found, self._until = self._look(), at + SHARED_SECONDS
            return self._found
        finally:
            self._looking.release()


tried: Final = Shared(health.ready)


def _open(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
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
