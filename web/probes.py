"""What machines ask that look after this one: does it live, may it be sent requests. Nothing of anybody's is told."""

from collections.abc import Callable
from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from xpenser.health import State
from xpenser.health import ready as tried

RETRY_AFTER: Final = 5
"""Seconds after which it may be otherwise."""


def _open(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    return login_not_required(require_safe(never_cache(view)))


@_open
def alive(request: HttpRequest) -> JsonResponse:
    """Say that this process answers; whoever hears nothing starts it anew. The database is not asked."""
    return JsonResponse({"alive": True})


@_open
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether database, tables and storage can be used, each really tried, and which of them can't."""
    failed = [check.name.lower() for check in tried() if check.state is State.BAD]
    answer = JsonResponse({"ready": not failed, "failed": failed}, status=503 if failed else 200)
    if failed:
        answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer
