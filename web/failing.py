"""What a person sees where a page came to nothing: whether the server made a mistake, or what it stands on is away."""

import logging
import sys
from http import HTTPStatus
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from xpenser.failures import DatabaseAway, DiskFull, failure_of

logger = logging.getLogger(__name__)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request whose exception nobody has caught, wherever it came from. Nothing is asked of the database."""
    problem = cast("BaseException", sys.exc_info()[1])
    failure = failure_of(problem)
    response = server_error(request) if failure is None else _patience(failure)
    if failure is not None:
        logger.error("%s %s: %s", request.method, request.path, problem, extra={"request": request})
        response._has_been_logged = True  # type: ignore[attr-defined]  # in a line: all who come meanwhile end here
    response.headers["Cache-Control"] = "no-store"
    return response


def _patience(failure: DatabaseAway | DiskFull) -> HttpResponse:
    if isinstance(failure, DiskFull):
        return HttpResponse(render_to_string("full.html"), status=HTTPStatus.INSUFFICIENT_STORAGE)
    retry_after = {"Retry-After": str(failure.retry_after)}
    page = render_to_string("busy.html", {"what": "database"})
    return HttpResponse(page, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=retry_after)
