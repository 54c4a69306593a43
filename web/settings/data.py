"""Your data: all of it as one file to take away."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from expenses.selectors import archive_row
from expenses.services import ArchiveNotFound, archive_ask, archive_drop, archive_open
from web.account import owner
from web.figures import megabytes
from web.htmx import HtmxRequest
from xpenser.answers import file_answer
from xpenser.tasks import archive_order


@require_safe
def data(request: HtmxRequest) -> HttpResponse:
    """Show the archive that there is, or how far it has come, and lead to where an account is closed."""
    person = owner(request)
    row = archive_row(user_id=person.id, now=timezone.now())
    if request.htmx and not (row and row.is_under_way):  # what is there now is another page
        return HttpResponseClientRefresh()
    size = "" if row is None else megabytes(max(1, round(row.size / 100_000)) * 100_000)
    return render(request, "settings/data.html", {"zone": person.zone, "archive": row, "size": size})


@require_POST
def archive_new(request: HttpRequest) -> HttpResponse:
    """Have an archive made, unless one is on its way."""
    person, now = owner(request), timezone.now()
    with transaction.atomic():
        if archive_ask(user_id=person.id, now=now):
            archive_order(user_id=person.id, asked=now)
    return redirect("data")


@require_POST
def archive_remove(request: HttpRequest) -> HttpResponse:
    """Take the archive off the server, or give up one that is on its way."""
    archive_drop(user_id=owner(request).id)
    messages.success(request, gettext("The archive is gone from the server."))
    return redirect("data")


@require_safe
def archive(request: HttpRequest) -> HttpResponseBase:
    """Hand the archive out, to its owner."""
    person = owner(request)
    try:
        found = archive_open(user_id=person.id, now=timezone.now())
    except ArchiveNotFound:
        raise Http404 from None
    response = file_answer(found.file, size=found.size, owner_id=person.id, content_type="application/zip")
    response.headers["Content-Disposition"] = content_disposition_header(True, f"xpenser-{found.made:%Y-%m-%d}.zip")
    response.headers["Cache-Control"] = "no-store"
    return response
