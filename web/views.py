"""The pages, of which there is one so far: what this is, and how to talk to it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show what this is and how to reach it; nothing of anybody's ledger."""
    page = render(request, "front.html", {"url": settings.PUBLIC_URL})
    page.headers["Content-Security-Policy"] = _POLICY
    return page
