"""Requests, as django-htmx's middleware marks them."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A request whose ``htmx`` is true where a page asks for a part of itself."""

    htmx: HtmxDetails
