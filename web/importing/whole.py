"""A whole ledger that waits to be taken in: what would come of it, in figures."""

import io
from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.selectors import Account
from expenses.archives.reading import Archive
from expenses.imports.entry import Unreadable
from expenses.selectors import UploadRow, import_row, imports_of_file
from expenses.services import (
    ArchivePlan,
    LedgerChanged,
    OtherCurrency,
    ReportClosed,
    archive_plan,
    archive_take,
    upload_drop,
)
from web.telling import told

_REFUSED: Final = (Unreadable, LedgerChanged, OtherCurrency, ReportClosed)
TAKES: Final[Mapping[str, bool]] = {"take": False, "become": True}
"""The buttons that take an archive in, and whether as it was."""


def archive_page(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    """Show what would come of an archive."""
    context: dict[str, Any] = {
        "upload": waiting,
        "currency": person.currency,
        "earlier": imports_of_file(user_id=person.id, sha256=waiting.sha256)[:1],
        "zone": person.zone,
    }
    with Archive(io.BytesIO(waiting.data)) as archive:
        context["manifest"] = archive.manifest
        try:
            context["plan"] = _plan(person, archive, as_it_was=True)
        except _REFUSED as refusal:
            context["refusal"] = told(refusal)
    return render(request, "importing/whole.html", context)


def archive_taken(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    """Take an archive in, as the button says, if the ledger is still the one that the page was about."""
    try:
        with Archive(io.BytesIO(waiting.data)) as archive:
            plan = _plan(person, archive, as_it_was=TAKES[request.POST["act"]])
            if request.POST.get("version") != str(plan.version):
                raise LedgerChanged
            number = archive_take(
                owner=person, archive=archive, plan=plan, name=waiting.name, sha256=waiting.sha256, now=timezone.now()
            )
    except _REFUSED as refusal:
        messages.error(request, told(refusal))
        return redirect("upload", waiting.id)
    upload_drop(user_id=person.id, upload_id=waiting.id)
    came = import_row(user_id=person.id, import_id=number).expenses
    said = ngettext("%(n)d expense came from %(name)s.", "%(n)d expenses came from %(name)s.", came)
    messages.success(request, said % {"n": came, "name": waiting.name})
    return redirect("imports")


def _plan(person: Account, archive: Archive, *, as_it_was: bool) -> ArchivePlan:
    return archive_plan(owner=person, archive=archive, as_it_was=as_it_was, now=timezone.now())
