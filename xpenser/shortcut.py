"""A shorter way for programs: what only pages need stands in MIDDLEWARE between ``Shortcut`` and ``shortcut_end``.

Sessions, forms, messages and signing in begin with a cookie. A request below ``/api/`` that brings none goes from the
one to the other at once. One that brings some goes the whole way: an ordinary session reads there, too (wire §1.1).
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Handler = Callable[[HttpRequest], HttpResponseBase]

_WIRE: Final = "/api/"
_beyond: ContextVar[Handler] = ContextVar("beyond")


class Shortcut:
    """Lets pass by what is for pages whoever can't be at one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.beyond = _beyond.get()  # Django makes a chain from its end: the other one was there a moment ago

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(_WIRE) and not request.META.get("HTTP_COOKIE"):
            return self.beyond(request)
        return self.get_response(request)


def shortcut_end(get_response: Handler) -> Handler:
    """Remember what is to be reached; no middleware of its own."""
    _beyond.set(get_response)
    return get_response
