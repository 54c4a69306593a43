"""What the log says of a request: one number for all its lines, and one line when it was answered.

No line holds a path or a query, only the route that they led to: links to reset a password, invitations and receipts
are secrets, and OAuth may stand in a query.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from xpenser.edge import is_proxy

HEADER: Final = "X-Request-ID"
_SANE: Final = re.compile(r"[A-Za-z0-9._=-]{1,128}", re.ASCII)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_METHOD: Final = 20  # letters of it: who sends one of his own making may send any number
_current: ContextVar[str | None] = ContextVar("request", default=None)

access = logging.getLogger("xpenser.access")


class RequestLog:
    """Numbers each request and says how it was answered; the first of all, so that it sees every answer.

    A proxy in PROXIES may bring the number, by which its own log is then found.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.is_wanted = access.isEnabledFor(logging.INFO)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        begun = time.perf_counter()
        number = _number(request)
        token = _current.set(number)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = number
            if self.is_wanted:
                said = _said(request, response, begun)
                access.info("%s /%s %s", said["method"], said["route"], said["status"], extra={"answered": said})
            return response
        finally:
            _current.reset(token)


def _number(request: HttpRequest) -> str:
    given = request.META.get("HTTP_X_REQUEST_ID", "")
    if given and is_proxy(request.META.get("REMOTE_ADDR", ""), settings.PROXIES) and _SANE.fullmatch(given):
        return str(given)
    return secrets.token_hex(8)


def _said(request: HttpRequest, response: HttpResponseBase, begun: float) -> dict[str, Any]:
    return {
        "method": str(request.method)[:_METHOD],
        "route": route_of(request),
        "status": response.status_code,
        "milliseconds": round(1000 * (time.perf_counter() - begun), 2),
        "address": request.META.get("REMOTE_ADDR", ""),
    }


def route_of(request: HttpRequest) -> str:
    """Return what a request led to, as ``urls.py`` has it; nothing where it led nowhere, or to a static file."""
    return request.resolver_match.route if request.resolver_match else ""


class RoutesOnly(logging.Filter):
    """Puts the route in the place of the path where Django tells of a request that failed."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            route = f"/{route_of(request)}"
            record.args = tuple(route if told == request.path else told for told in record.args)
        return True


class JsonFormatter(logging.Formatter):
    """Makes a line of JSON of each record, with the number of the request that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _printable(record.getMessage()),
        }
        if number := _current.get():
            said["request"] = number
        said |= getattr(record, "answered", {})
        if record.exc_info:
            said["trace"] = _printable(self.formatException(record.exc_info))
        return orjson.dumps(said).decode()


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()  # half a character that somebody sent is none to JSON
