"""A file that waits: what would come of it, line by line, before anything does."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from accounts.selectors import Account
from expenses.imports.entry import Unreadable
from expenses.imports.files import file_opened
from expenses.selectors import (
    TakingRow,
    UploadNotFound,
    UploadRow,
    import_row,
    imports_of_file,
    taking_row,
    upload_row,
)
from expenses.services import (
    NothingToImport,
    Planned,
    import_take,
    is_long,
    is_ticked,
    upload_drop,
    upload_look,
    upload_look_keep,
    upload_opened,
    upload_say,
)
from web.account import owner
from web.figures import money, multiplied
from web.htmx import HtmxRequest
from web.ids import ids_in
from web.importing.forms import MappingForm
from web.importing.taking import taken_answer, taking_answer, taking_asked
from web.importing.whole import TAKES, archive_page, archive_seen, archive_taken
from web.telling import told


class Line(NamedTuple):
    """A line as the page shows it."""

    planned: Planned
    amount: str
    raw: str
    is_ticked: bool
    like: str


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HtmxRequest, number: int) -> HttpResponse:
    """Show what would come of a file, or do with it what the button says."""
    person, now = owner(request), timezone.now()
    taking = taking_row(user_id=person.id, upload_id=number, now=now)
    if taking is not None and taking.is_under_way:
        return taking_answer(request, person, taking)
    if request.htmx:  # that it is not under way any more is another page
        return HttpResponseClientRefresh()
    try:
        return _answer(request, person, upload_row(user_id=person.id, upload_id=number, now=now), taking)
    except UploadNotFound:  # also where another tab has just taken it in
        return taken_answer(request, person, number)


def _answer(request: HttpRequest, person: Account, waiting: UploadRow, failed: TakingRow | None) -> HttpResponse:
    if request.method != "POST":
        return (
            archive_page(request, person, waiting, failed)
            if waiting.is_archive
            else _page(request, person, waiting, failed=failed)
        )
    acts = _ARCHIVE_ACTS if waiting.is_archive else _ACTS
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        return HttpResponseBadRequest(gettext("act: one of %(acts)s is wanted") % {"acts": ", ".join(acts)})
    return act(request, person, waiting)


def _mapped(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    file, mapping = upload_opened(user_id=person.id, upload=waiting)
    form = MappingForm(request.POST, file=file, mapping=mapping)
    if not form.is_valid():
        return _page(request, person, waiting, form=form)
    said = form.said()
    try:
        file_opened(waiting.data, encoding=said["encoding"], separator=said["separator"])
    except Unreadable as refusal:
        form.add_error("encoding", told(refusal))
        return _page(request, person, waiting, form=form)
    upload_say(user_id=person.id, upload_id=waiting.id, said=said)
    _looked(person, waiting.id)
    return redirect("upload", waiting.id)


def _turned(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    """Keep the ticks of this page, and show another."""
    _ticks_keep(request, person, waiting)
    _looked(person, waiting.id)
    return redirect(f"{reverse('upload', args=[waiting.id])}?page={_number(request.GET.get('to', ''))}")


def _looked(person: Account, number: int) -> None:
    """Keep what would come of a long file, for its pages to show."""
    upload_look_keep(owner=person, upload=upload_row(user_id=person.id, upload_id=number, now=timezone.now()))


def _taken(request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    file, _ = upload_opened(user_id=person.id, upload=waiting)
    if is_long(file):
        with transaction.atomic():
            _ticks_keep(request, person, waiting)
            return taking_asked(person, waiting.id)
    _ticks_keep(request, person, waiting)
    try:
        number = import_take(owner=person, upload_id=waiting.id, now=timezone.now())
    except NothingToImport as refusal:
        messages.error(request, told(refusal))
        return redirect("upload", waiting.id)
    came = import_row(user_id=person.id, import_id=number).expenses
    said = ngettext("%(n)d expense came from %(name)s.", "%(n)d expenses came from %(name)s.", came)
    messages.success(request, said % {"n": came, "name": waiting.name})
    return redirect("imports")


def _dropped(_request: HttpRequest, person: Account, waiting: UploadRow) -> HttpResponse:
    upload_drop(user_id=person.id, upload_id=waiting.id)
    return redirect("imports")


def _ticks_keep(request: HttpRequest, person: Account, waiting: UploadRow) -> None:
    ticked = {*request.POST.getlist("take")}
    shown = {str(line): str(line) in ticked for line in ids_in(request.POST.getlist("line"))}
    ticks = {**waiting.said.get("ticks", {}), **shown}
    upload_say(user_id=person.id, upload_id=waiting.id, said={"ticks": ticks})


def _page(
    request: HttpRequest,
    person: Account,
    waiting: UploadRow,
    *,
    form: MappingForm | None = None,
    failed: TakingRow | None = None,
) -> HttpResponse:
    look = upload_look(owner=person, upload=waiting, page=_number(request.GET.get("page", "")))
    file, mapping, page = look.file, look.mapping, look.page
    ticks = waiting.said.get("ticks", {})
    context: dict[str, Any] = {
        "upload": waiting,
        "failed": failed,
        "file": file,
        "form": form or MappingForm(file=file, mapping=mapping),
        "lines": [_line(each, ticks, person) for each in look.planned],
        "currency": person.currency,
        "count": look.lines,
        "alike": len(look.alike),
        "wrong": look.wrong,
        "wrongs": len(look.wrongs),
        "more_wrong": len(look.wrongs) - len(look.wrong),
        "ticked": look.ticked(ticks),
        "page": page,
        "pages": look.pages,
        "before": page - 1,
        "after": page + 1 if page < look.pages else 0,
        "earlier": list(islice(imports_of_file(user_id=person.id, sha256=waiting.sha256), 1)),
        "zone": person.zone,
    }
    return render(request, "importing/upload.html", context)


def _number(text: str) -> int:
    """Return the number of a page; what is none is the first."""
    return max(1, *ids_in([text]), 1)


def _line(planned: Planned, ticks: dict[str, bool], person: Account) -> Line:
    price, like = planned.price, planned.like
    raw = multiplied(int(price.raw_amount * 1000), price.unit, price.rate) if price.unit else ""
    said = ""
    if like is not None:
        day, amount = date_format(like.day, gettext("j M Y")), _money(like.amount, person)
        said = f"{day}, {like.type}, {amount} {person.currency} {like.notes[:80]}".strip()
    return Line(planned, _money(price.amount, person), raw, is_ticked(planned, ticks), said)


def _money(amount: Decimal, person: Account) -> str:
    return money(int(amount * 1000), person.currency)


_ACTS: Final[Mapping[str, Callable[[HttpRequest, Account, UploadRow], HttpResponse]]] = {
    "map": _mapped, "turn": _turned, "take": _taken, "drop": _dropped,
}  # fmt: skip
_ARCHIVE_ACTS: Final = {**dict.fromkeys(TAKES, archive_taken), "look": archive_seen, "drop": _dropped}
