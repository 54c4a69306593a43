"""The product's settings for a server on which everything breaks when it is asked to, and tells all that it knows then.

Its log is written twice: as LOG_FORMAT says, and plain in a file.
"""

from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from xpenser.settings import *  # noqa: F403
from xpenser.settings import ENV, LOGGING, MIDDLEWARE

MIDDLEWARE = [*MIDDLEWARE, "tests.xpenser.breaking.Breaks"]
PLAIN_LOG = ENV.data / "plain.log"
_FILE = {
    "class": "logging.FileHandler", "filename": PLAIN_LOG, "formatter": "plain", "filters": ["routes"], "delay": True,
}  # fmt: skip
_HANDLERS: Any = LOGGING["handlers"]
LOGGING = {
    **LOGGING,
    "handlers": {**_HANDLERS, "file": _FILE},
    "root": {"handlers": ["console", "file"], "level": "INFO"},
}


class Broken(Exception):
    """Quotes whatever came, as bad drivers do."""


class Breaks:
    """Breaks a request with ``X-Break``: before its view, after it, or at the first that it asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        how = request.META.get("HTTP_X_BREAK", "")

        def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if how == "database":
                said = f"{sql} {params} {known(request)}"
                raise Broken(said)
            return execute(sql, params, many, context)

        connection.ensure_connection()  # who counts hangs on to one as it is opened, and would be taken away for this
        with connection.execute_wrapper(fail):
            response = self.get_response(request)
        if how == "after":
            raise RuntimeError(request.get_full_path()) from Broken(known(request))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        if request.META.get("HTTP_X_BREAK") == "before":
            raise Broken(known(request))


def known(request: HttpRequest) -> str:
    """Return everything that a request brought, as it came and as it was read."""
    headers = {name: value for name, value in request.META.items() if isinstance(value, str)}
    body = request.META["wsgi.input"]
    read = b""
    if isinstance(body, SpooledTemporaryFile):
        at = body.tell()
        body.seek(0)
        read = body.read()
        body.seek(at)
    form, text = getattr(request, "_post", {}), read.decode(errors="replace")
    return f"{request.build_absolute_uri()} {headers} {request.COOKIES} {request.GET} {form} {read!r} {text}"
