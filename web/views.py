"""The first page: the ledger, or what this is, and how to talk to it."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from web.htmx import HtmxRequest
from web.ledger.page import ledger


@login_not_required
@require_safe
def home(request: HtmxRequest) -> HttpResponse:
    """Show the ledger of who is signed in, and to others what this is, unless they bring a line for it."""
    if request.user.is_authenticated:
        return ledger(request)
    return redirect_to_login(request.get_full_path()) if "line" in request.GET else front(request)


def front(request: HttpRequest) -> HttpResponse:
    """Show what this is and how to reach it; nothing of anybody's ledger."""
    return render(request, "front.html", {"url": settings.PUBLIC_URL, "is_open": settings.SIGN_UP == "open"})
