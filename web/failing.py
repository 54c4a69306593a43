"""What a person sees where a page came to nothing: whether the server made a mistake, or what it stands on is away."""

import logging
import sys
from functools import cache
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.template.loader import render_to_string
from django.utils import translation
from django.views.defaults import page_not_found, server_error

from xpenser.admission import ServerFull
from xpenser.answers import Busy
from xpenser.failures import DiskFull, failure_of
from xpenser.language import speak_to_reader

logger = logging.getLogger(__name__)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request whose exception nobody has caught, wherever it came from. Nothing is asked of the database."""
    problem = cast("BaseException", sys.exc_info()[1])
    failure = problem if isinstance(problem, ServerFull) else failure_of(problem)
    response = server_error(request) if failure is None else _patience(failure)
    if failure is not None:
        if failure is not problem:  # in a line: all who come meanwhile end here
            logger.error("%s %s: %s", request.method, request.path, problem, extra={"request": request})
        response._has_been_logged = True  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-store"
    return response


def missing(request: HttpRequest, exception: Exception) -> HttpResponseNotFound:
    """Answer who asked for what there isn't. Where an address leads to no view, nobody has looked yet who reads."""
    speak_to_reader(request)
    return page_not_found(request, exception)


def _patience(failure: Busy | DiskFull) -> HttpResponse:
    if isinstance(failure, DiskFull):
        return HttpResponse(render_to_string("full.html"), status=HTTPStatus.INSUFFICIENT_STORAGE)
    page = _busy("server" if isinstance(failure, ServerFull) else "database", translation.get_language())
    retry_after = {"Retry-After": str(failure.retry_after)}
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=retry_after)


@cache
def _busy(what: str, language: str | None) -> str:
    """Return a page that is the same for all who read that language, and made once: who is told so comes in crowds."""
    return render_to_string("busy.html", {"what": what})
