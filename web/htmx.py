"""Requests, as django-htmx's middleware marks them."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request whose ``htmx`` is true where a page asks for a part of itself."""

    htmx: HtmxDetails


def page_address(request: HttpRequest) -> str:
    """Return path and query of the page that asks for a part of itself; "/" where the address is none of ours."""
    details: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    try:
        return details.current_url_abs_path or "/"
    except ValueError:  # an address of brackets; only a hand can have typed it
        return "/"
