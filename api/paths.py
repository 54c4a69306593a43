"""Paths as old clients spell them: with a slash at the end or without it, and never redirected."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path
from rest_framework.views import APIView

_ID = re.compile(r"<(\w+_id)>")
_SPELLINGS = (
    (re.compile(r"\^|\\s\*|/\?\\Z|\\Z"), ""),
    (re.compile(r"\(\?:/\|\$\)"), "/"),
    (re.compile(r"\\\."), "."),
    (re.compile(r"\(\?P<(\w+)>[^)]*\)"), r"{\1}"),
    (re.compile(r"<\w+:(\w+)>"), r"{\1}"),
    (re.compile(r"\(\?:(/\{\w+\})\)\?"), r"\1"),
)


def route(path: str, view: type[APIView]) -> URLPattern:
    """Return the pattern of a path in which ``<..._id>`` stands for a number.

    Blanks before the path are stripped: the documentation had one there, and a client copied it (wire §1.2).
    """
    # Eighteen digits are what a database's integer has room for; a longer number is nobody's id.
    pattern = _ID.sub(r"(?P<\1>[0-9]{1,18})", path)
    return re_path(rf"^\s*{pattern}/?\Z", _with_numbers(view.as_view()))


def template(pattern: str) -> str:
    """Return what a pattern of the house matches, in one spelling: ``api/v1.0/expense/{expense_id}``."""
    for spelling, plain in _SPELLINGS:
        pattern = spelling.sub(plain, pattern)
    return pattern


def _with_numbers(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    @wraps(view)
    def numbered(request: Any, **ids: str) -> HttpResponseBase:
        return view(request, **{name: int(text) for name, text in ids.items()})

    return numbered
