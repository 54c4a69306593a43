"""The page to bring a file to, and what was imported before, each with the way to take it back."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from accounts.selectors import Account
from expenses.imports.entry import Unreadable
from expenses.selectors import ImportNotFound, import_rows, takings, upload_row
from expenses.services import AlreadyUndone, ReportClosed, import_undo, upload_keep, upload_look_keep
from web.account import owner
from web.figures import megabytes
from web.importing.forms import UploadForm
from web.importing.whole import archive_looked
from web.numbers import decimal_mark
from web.telling import told


@csrf_exempt  # `_kept` asks for the token; to look for it is to read all that came, and too much is told before
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """Ask for a file and show what was imported; keep the file that comes, to be looked through."""
    person = owner(request)
    if request.method != "POST":
        return _page(request, person, UploadForm())
    if int(request.headers.get("Content-Length") or 0) > settings.MAX_UPLOAD_BYTES:
        form = UploadForm({})
        form.full_clean()
        said = gettext("The file is too large: up to %(size)s are taken. Split it.")
        form.add_error(None, said % {"size": megabytes(settings.MAX_UPLOAD_BYTES)})
        return _page(request, person, form)
    return _kept(request, person)


@csrf_protect
def _kept(request: HttpRequest, person: Account) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            number = upload_keep(
                user_id=person.id, name=file.name, data=file.read(), now=timezone.now(), mark=decimal_mark()
            )
        except Unreadable as refusal:
            form.add_error("file", gettext("“%(name)s”: %(why)s") % {"name": file.name[:60], "why": told(refusal)})
        else:
            waiting = upload_row(user_id=person.id, upload_id=number, now=timezone.now())
            if waiting.is_archive:
                archive_looked(person, waiting)
            else:
                upload_look_keep(owner=person, upload=waiting)
            return redirect("upload", number)
    return _page(request, person, form)


@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Take back all that came by an import."""
    try:
        gone = import_undo(owner=owner(request), import_id=number, now=timezone.now())
    except ImportNotFound:
        raise Http404 from None
    except (AlreadyUndone, ReportClosed) as refusal:
        messages.error(request, told(refusal))
    else:
        said = ngettext(
            "%(n)d expense is in the trash. The file can be imported again.",
            "%(n)d expenses are in the trash. The file can be imported again.",
            gone,
        )
        messages.success(request, said % {"n": gone})
    return redirect("imports")


def _page(request: HttpRequest, person: Account, form: UploadForm) -> HttpResponse:
    context = {
        "form": form,
        "rows": import_rows(user_id=person.id),
        "takings": takings(user_id=person.id, now=timezone.now()),
        "zone": person.zone,
        "most": megabytes(settings.MAX_UPLOAD_BYTES),
    }
    return render(request, "importing/list.html", context)
