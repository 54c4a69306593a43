"""What makes the pages an app: how a device is told of them, what goes on without a net, and what others share.

Browsers give all of it to https and to localhost only (``installs``); elsewhere pages work without it.
"""

import hashlib
import json
from functools import cache
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

LONGEST: Final = 500
"""Characters of what is shared that go into the line."""
# What static/tokens.css has in its light theme: --page and --raised. A manifest knows one theme.
_PAGE: Final = "#f9fafa"
_RAISED: Final = "#ffffff"
_FILES: Final = ("tokens.css", "app.css", "mark.svg", "install.js", "kept.js", "outbox.js")
_POLICY: Final = "default-src 'none'; script-src 'self'; connect-src 'self'"


def installs() -> bool:
    """Tell whether browsers let pages of ours be installed, and be there without a net."""
    home = urlsplit(settings.PUBLIC_URL)
    return home.scheme == "https" or home.hostname in {"localhost", "127.0.0.1", "::1"}


@login_not_required
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """Describe the app to the device that installs it, in its reader's language (W3C "Web Application Manifest").

    What other apps share comes to ``share``.
    """
    response = HttpResponse(json.dumps(_described()), content_type="application/manifest+json")
    response.headers["Cache-Control"] = "private, max-age=3600"
    patch_vary_headers(response, ["Accept-Language"])
    return response


def _described() -> dict[str, Any]:
    return {
        "id": "/",
        "name": gettext("xpenser: expenses"),
        "short_name": "xpenser",
        "description": gettext("Type an expense, or photograph its receipt, also without a connection."),
        "lang": get_language(),
        "start_url": reverse("ledger"),
        "scope": "/",
        "display": "standalone",
        "background_color": _PAGE,
        "theme_color": _RAISED,
        "categories": ["finance", "productivity"],
        "icons": [
            {"src": static("icons/any.svg"), "type": "image/svg+xml", "sizes": "any"},
            {"src": static("icons/192.png"), "type": "image/png", "sizes": "192x192"},
            {"src": static("icons/512.png"), "type": "image/png", "sizes": "512x512"},
            {"src": static("icons/maskable.png"), "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": gettext("New expense"), "url": reverse("ledger")},
            {"name": gettext("Start the timer"), "url": f"{reverse('ledger')}?line=time+start"},
            {"name": gettext("Reports"), "url": reverse("reports")},
            {"name": gettext("Overview"), "url": reverse("overview")},
        ],
        "share_target": {
            "action": reverse("share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "receipt", "accept": ["image/*", ".heic", "application/pdf"]}],
            },
        },
    }


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker: its code is in ``static``, and here is what only the server can tell it.

    Its bytes change with the page that it shows, and so browsers fetch that anew.
    """
    shell = {
        "version": hashlib.sha256(_shell(get_language()).encode()).hexdigest(),
        "page": reverse("offline"),
        "files": [static(name) for name in _FILES],
        "outbox": reverse("outbox"),
        "alive": reverse("alive"),
        "share": reverse("share"),
        "leaving": [reverse("account_logout"), reverse("close")],
        "longest": LONGEST,
        "doubtful": gettext("It was sent more than six days ago, and no answer came: it may be in the ledger already."),
        "unreadable": gettext("The server could not read this. Send it with fewer or smaller files."),
        "said": _said(),
        "answered": gettext("It is tried again. The server answered:"),
    }
    scripts = f"importScripts({json.dumps(static('kept.js'))}, {json.dumps(static('worker.js'))});"
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    return HttpResponse(
        f"const SHELL = {json.dumps(shell)};\n{scripts}\n", content_type="text/javascript", headers=headers
    )


def _said() -> dict[int, str]:
    """Return in words what a status says that keeps a line from being taken just now."""
    busy = gettext("The server can’t take it just now. It is sent in a moment.")
    return {
        HTTPStatus.TOO_MANY_REQUESTS: busy,
        HTTPStatus.SERVICE_UNAVAILABLE: busy,
        HTTPStatus.INTERNAL_SERVER_ERROR: gettext("The server made a mistake, which its log tells. It is tried again."),
        HTTPStatus.INSUFFICIENT_STORAGE: gettext("The server’s disk is full. It is sent once there is room."),
    }


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show the page that the worker keeps for times without a net. It is the same for all who read its language."""
    return HttpResponse(_shell(get_language()))


@cache
def _shell(language: str) -> str:
    """Return the page in the language that is spoken just now, ``language``; nobody is signed in on it."""
    return render_to_string("offline.html")


@csrf_exempt  # a device that shares knows no token, and nothing is stored
@login_not_required
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """Open the entry line with the words that were shared, where no worker took them (``static/worker.js``).

    A device sends them of itself (Fetch Metadata: "none"), and no site.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        refusal = gettext("Another site sent this, and no app of this device. Nothing of it was taken.")
        return HttpResponseForbidden(refusal, content_type="text/plain; charset=utf-8")
    words = " ".join(request.POST.get(name, "") for name in ("title", "text", "url"))
    if request.FILES:
        messages.warning(
            request, gettext("The photos did not come along. Add the expense, then its receipts in its row.")
        )
    line = " ".join(words.split())[:LONGEST]
    return redirect(f"{reverse('ledger')}?{urlencode({'line': line})}")
