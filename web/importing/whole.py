"""A whole ledger that waits to be taken in: what would come of it, in figures.

It is looked through when it comes, and when its owner says so: to show a page must cost next to nothing.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.selectors import Account
from expenses.selectors import TakingRow, UploadRow, import_row, imports_of_file
from expenses.services import (
    ARCHIVE_REFUSALS,
    archive_import,
    archive_is_long,
    archive_plan,
    clock_read,
    import_give_up,
    upload_archive,
    upload_say,
)
from web.ids import ids_in
from web.importing.taking import taking_asked
from web.telling import told

TAKES: Final[Mapping[str, bool]] = {"take": False, "become": True}
"""The buttons that take an archive in, and whether as it was."""


def archive_looked(person: Account, waiting: UploadRow) -> None:
    """Look an archive through, and keep what would come of it, for its page to show: that takes seconds at worst.

    Why it can't be taken is kept in the language of whoever brought it.
    """
    version = clock_read(user_id=person.id)
    with upload_archive(waiting) as archive:
        manifest = archive.manifest
        seen: dict[str, Any] = {"account": manifest.account, "made": manifest.made, "version": version}
        try:
            plan = archive_plan(owner=person, archive=archive, as_it_was=True, now=timezone.now())
        except ARCHIVE_REFUSALS as refusal:
            seen["refusal"] = told(refusal)
        else:
            seen |= plan.figures._asdict()
    upload_say(user_id=person.id, upload_id=waiting.id, said={"seen": seen})


def archive_page(request: HttpRequest, person: Account, waiting: UploadRow, failed: TakingRow | None) -> HttpResponse:
    """Show what would come of an archive, as it was looked through last, or why it did not come."""
    seen = waiting.said.get("seen", {})
    context = {
        "upload": waiting,
        "failed": failed,
        "seen": seen,
        "is_stale": seen.get("version") != clock_read(user_id=person.id),
        "currency": person.currency,
        "earlier": imports_of_file(user_id=person.id, sha256=waiting.sha256)[:1],
        "zone": person.zone,
    }
    return render(request, "importing/whole.html", context)


def archive_seen(_request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    """Look an archive through once more: the ledger was changed since, and why it did not come may hold no longer."""
    import_give_up(user_id=person.id, upload_id=waiting.id)
    archive_looked(person, waiting)
    return redirect("upload", waiting.id)


def archive_taken(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    """Take an archive in, as the button says, if the ledger is still the one that the page was about."""
    as_it_was, seen = TAKES[request.POST["act"]], max(ids_in([request.POST.get("version", "")]), default=0)
    if archive_is_long(waiting):
        return taking_asked(person, waiting.id, seen=seen, as_it_was=as_it_was)
    try:
        number = archive_import(
            owner=person, upload_id=waiting.id, as_it_was=as_it_was, seen=seen, now=timezone.now()
        )  # fmt: skip
    except ARCHIVE_REFUSALS as refusal:
        messages.error(request, told(refusal))
        return redirect("upload", waiting.id)
    came = import_row(user_id=person.id, import_id=number).expenses
    said = ngettext("%(n)d expense came from %(name)s.", "%(n)d expenses came from %(name)s.", came)
    messages.success(request, said % {"n": came, "name": waiting.name})
    return redirect("imports")
