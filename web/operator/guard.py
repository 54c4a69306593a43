"""Whose pages these are."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from web.signin import at_home

View = Callable[..., HttpResponseBase]
_SAFE: Final = ("GET", "HEAD", "OPTIONS")


def operators_only(view: View, *, fresh: bool = False) -> View:
    """Let a page exist for operators only. Whoever writes shows once more who he is, and ``fresh``: who reads, too.

    To others there is no such page; who is not signed in is asked to before (``web.signin.PagesLoginRequired``).
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not getattr(request.user, "is_staff", False):
            raise Http404
        if fresh or request.method not in _SAFE:
            raise_if_reauthentication_required(request, app="allauth.account")
        return view(request, *args, **kwargs)

    return at_home(guarded)
