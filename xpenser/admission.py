"""More than can be done: so many requests are at work, so many wait for that, and whoever else comes is told to return.

What is refused has not been begun. Who asks how the server is, or for a file of its pages, needs no turn. A request has
been read whole by then, and its answer is sent without a turn, so that no slow client holds one.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Final

from django.conf import settings
from django.dispatch import Signal
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve

from xpenser.answers import Busy
from xpenser.edge import PROBES
from xpenser.turns import NoTurn, Turns

AT_WORK: Final = 16
"""Requests that a worker works on at once. More of them only take the interpreter from each other."""
PATIENCE: Final = 30.0
"""Seconds for which a request waits at most: whoever sent it has given up by then."""

waiting_changed: Final = Signal()
"""Sent with how many requests are ``waiting`` in this process."""
refused: Final = Signal()
"""Sent for each request that is refused."""


class ServerFull(Busy):
    """As much is under way and waiting as may be."""


@cache
def turns() -> Turns:
    """Return those of this process."""
    return Turns(
        AT_WORK,
        patience=PATIENCE,
        most_waiting=settings.MAX_WAITING,
        # Whoever counts and can't is no reason to lose a turn.
        tell=lambda waiting: waiting_changed.send_robust(sender=None, waiting=waiting),
    )


class Admission:
    """Lets a request in when it is its turn, or refuses it in the form of the door that it came to."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info in PROBES:
            return self.get_response(request)
        try:
            turns().take()
        except NoTurn:
            refused.send_robust(sender=None)
            return _refusal(request)
        try:
            return self.get_response(request)
        finally:
            turns().give_back()


def _refusal(request: HttpRequest) -> HttpResponseBase:
    """Let the door say no that has ``when_full``; raise for others, as pages do, what ``handler500`` has words for."""
    with suppress(Resolver404):
        request.resolver_match = resolve(request.path_info)
        door = getattr(request.resolver_match.func, "cls", request.resolver_match.func)
        say: Callable[[HttpRequest, Busy], HttpResponseBase] | None = getattr(door, "when_full", None)
        if say is not None:
            return say(request, ServerFull())
    raise ServerFull
