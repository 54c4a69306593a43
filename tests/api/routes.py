"""Every path of the house, found in the URLconf, so that no test has to remember a new one."""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver

from api.dialect import DialectView
from api.paths import template

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Route(NamedTuple):
    """``path`` has ``{expense_id}`` and its like where a number belongs."""

    path: str
    view: Callable[..., Any]

    @property
    def view_class(self) -> type | None:
        return getattr(self.view, "view_class", None)

    @property
    def is_dialects(self) -> bool:
        """Tell whether a ledger lies behind it, and a dialect's ways to know a caller before."""
        view = self.view_class
        return view is not None and issubclass(view, DialectView) and bool(view.authentication_classes)

    def at(self, number: int, image: str = "") -> str:
        names = re.findall(r"\{(\w+)\}", self.path)
        return "/" + self.path.format(**{name: image if name == "image" else number for name in names})


def routes() -> list[Route]:
    return list(_routes("", get_resolver()))


def calls() -> list[tuple[str, Route]]:
    """Every route with every method."""
    return [(method, route) for route in routes() for method in _METHODS]


def _routes(before: str, resolver: URLResolver) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = before + template(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _routes(path, pattern)
        elif isinstance(pattern, URLPattern):
            yield Route(path, pattern.callback)
