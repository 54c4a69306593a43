"""What the log says of a request: one number for all its lines, and one line when it was answered.

No line holds a path or a query, only the route that they led to: links to reset a password, invitations and receipts
are secrets, and OAuth may stand in a query. What a message quotes of them goes: see ``xpenser.redaction``.
"""

import logging
import re
import secrets
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from xpenser.edge import is_proxy
from xpenser.redaction import MASK, redacted

HEADER: Final = "X-Request-ID"
_NUMBER: Final = "xpenser.number"
_SANE: Final = re.compile(r"[A-Za-z0-9._=-]{1,128}", re.ASCII)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BEGIN: Final = "Traceback (most recent call last):\n"
_CAUSE: Final = "\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT: Final = "\nDuring handling of the above exception, another exception occurred:\n\n"
_METHOD: Final = 20  # letters of it: who sends one of his own making may send any number


class Numbered(NamedTuple):
    """A request and its number."""

    number: str
    request: HttpRequest


_current: ContextVar[Numbered | None] = ContextVar("request", default=None)

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
        request.META[_NUMBER] = number
        token = _current.set(Numbered(number, request))
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


class _Formatter(logging.Formatter):
    """Tells what a request led to without what it brought."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the library's name
        """Tell where it broke in Python's own words, but of what exceptions say only what may be told."""
        said = ""
        for problem in reversed(_chain(ei[1])):
            link = _CAUSE if problem.__cause__ else _CONTEXT
            said += (link if said else "") + _told(problem)
        return said.rstrip("\n")

    def message(self, record: logging.LogRecord) -> str:
        said = record.getMessage()
        return said if hasattr(record, "answered") else _redacted(said)  # in that line there are words of ours only


def _chain(problem: BaseException | None) -> list[BaseException]:
    """Return an exception and, each once, those that led to it."""
    chain: list[BaseException] = []
    while problem is not None and not any(problem is one for one in chain):
        chain.append(problem)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return chain


def _told(problem: BaseException) -> str:
    """Tell of one exception. The lines of its frames hold code of ours, and no value."""
    frames = "".join(traceback.format_tb(problem.__traceback__))
    reason = _redacted("".join(traceback.format_exception_only(problem)))
    return f"{_BEGIN}{frames}{reason}" if frames else reason


def _redacted(text: str) -> str:
    current = _current.get()
    try:
        return redacted(text, current and current.request)
    except Exception as problem:  # logging would print what it could not format, with all arguments
        return f"{MASK} (not told, as it can't be seen whether it may be: {type(problem).__name__})"


def _number_of(record: logging.LogRecord) -> str:
    """Return the number of the request that a record is about; Django tells of some once they were answered."""
    if current := _current.get():
        return current.number
    request = getattr(record, "request", None)
    return request.META.get(_NUMBER, "") if isinstance(request, HttpRequest) else ""


class PlainFormatter(_Formatter):
    """Makes a line for people of each record, and lines of a trace below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the library's name
        number = _number_of(record)
        about = f" [{number}]" if number else ""
        return f"{self.formatTime(record)} {record.levelname} {record.name}{about}: {self.message(record)}"


class JsonFormatter(_Formatter):
    """Makes a line of JSON of each record, with the number of the request that it is about."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _printable(self.message(record)),
        }
        if number := _number_of(record):
            said["request"] = number
        said |= getattr(record, "answered", {})
        if record.exc_info:
            said["trace"] = _printable(self.formatException(record.exc_info))
        return orjson.dumps(said).decode()


def _printable(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()  # half a character that somebody sent is none to JSON
