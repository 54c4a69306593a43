"""What was typed or photographed while no server could be reached: it comes later, and maybe more than once."""

import re
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from accounts.selectors import Account
from web.account import ledger_name, ledgers_gone, owner
from web.ledger.adding import added, written
from web.ledger.receipts import came_whole, digest, files_read, too_many
from web.once import FormReused, form_once
from web.refusals import REFUSALS
from web.telling import told

_LEDGERS: Final = 100
"""Of how many a browser is told at once."""
_SECONDS: Final = re.compile(r"[0-9]{1,8}")


@require_http_methods(["GET", "HEAD", "POST"])
def outbox(request: HttpRequest) -> JsonResponse:
    """Say whose ledger a line would be added to, and by which token; take one line, with its photos, once.

    Asked ``of`` other ledgers whose lines wait in that browser it says which are ``closed``. It is for
    ``static/worker.js``. 409: the line is of somebody who is not signed in; 422: it is refused, and why.
    """
    if request.method != "POST":
        closed = ledgers_gone(request.GET.getlist("of")[:_LEDGERS])
        response = JsonResponse({"owner": ledger_name(request.user), "token": get_token(request), "closed": closed})
        add_never_cache_headers(response)
        return response
    if request.POST.get("owner") != ledger_name(request.user):
        return JsonResponse({}, status=HTTPStatus.CONFLICT)
    return _taken(request, owner(request), timezone.now())


def _taken(request: HttpRequest, person: Account, now: datetime) -> JsonResponse:
    if not came_whole(request):
        return _refused(too_many())
    text = request.POST.get("q", "")
    files = request.FILES.getlist("receipt")
    pictures, refusals = files_read(files) if files else ([], [])
    if refusals:
        return _refused(" ".join(refusals))
    said = b"".join([text.encode(errors="surrogatepass"), *map(digest, pictures)])
    write = partial(written, person, text, now=now, said_at=now - _waited(request), pictures=pictures)
    try:
        # Under the name of the form that the page itself may have sent before, whose answer was lost.
        answer = form_once(request, person, said=said, now=now, write=write, door=reverse("add"))
    except REFUSALS as refusal:
        return _refused(told(refusal))
    except FormReused:
        return _refused(gettext("This line was sent once before, with another text. Send it to add this one, too."))
    return JsonResponse({"said": added(person, answer).text})


def _refused(refusal: str) -> JsonResponse:
    return JsonResponse({"refusal": refusal}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _waited(request: HttpRequest) -> timedelta:
    """Return how long ago the line was typed, by the clock of its device, which may be wrong, but runs as ours does."""
    seconds = request.POST.get("waited", "")
    return timedelta(seconds=int(seconds) if _SECONDS.fullmatch(seconds) else 0)
