"""A long file on its way into the ledger: how far it has come, and that it came in."""

from typing import Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext

from accounts.selectors import Account
from expenses.selectors import TakingRow, import_of_upload
from expenses.services import import_ask, import_give_up
from xpenser.tasks import import_order

_TEMPLATE: Final = "importing/taking.html"


def taking_asked(person: Account, number: int, *, seen: int | None = None, as_it_was: bool = False) -> HttpResponse:
    """Have a long file taken in, once, by whoever does what nobody waits for; see ``import_ask``."""
    now = timezone.now()
    with transaction.atomic():
        if import_ask(user_id=person.id, upload_id=number, now=now, seen=seen, as_it_was=as_it_was):
            import_order(user_id=person.id, upload_id=number, asked=now)
    return redirect("upload", number)


def taking_answer(request: HttpRequest, person: Account, taking: TakingRow) -> HttpResponse:
    """Show how far a file has come, or give it up. Whatever else a page that was open before asks waits for the end."""
    if request.method != "POST":
        return render(request, _TEMPLATE, {"name": taking.name, "taking": taking})
    if request.POST.get("act") == "stop":
        if import_give_up(user_id=person.id, upload_id=taking.upload_id):
            messages.success(request, gettext("It is given up: nothing of it is in the ledger. The file waits here."))
        else:
            messages.error(request, gettext("It is being written, too late to give it up. It can be taken back."))
    return redirect("upload", taking.upload_id)


def taken_answer(request: HttpRequest, person: Account, number: int) -> HttpResponse:
    """Say what came of a file that waits no longer."""
    came = import_of_upload(user_id=person.id, upload_id=number)
    if came is None:
        raise Http404
    if request.method == "POST":  # by another tab
        return redirect("upload", number)
    return render(request, _TEMPLATE, {"name": came.name, "came": came})
