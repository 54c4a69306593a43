"""The first page: what this is, and how to talk to it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show what this is and how to reach it; nothing of anybody's ledger."""
    return render(request, "front.html", {"url": settings.PUBLIC_URL})
