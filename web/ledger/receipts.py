"""The receipts of an expense: seen, added, turned, put first, removed."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Final, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.buffers import taken
from accounts.selectors import Account
from expenses.files import FilesAway
from expenses.images import TURNABLE, BadReceipt, NotAPicture, NotTurnable, Picture
from expenses.receipts import TooManyPictures, receipt_read, receipt_small, receipt_smaller
from expenses.selectors import LedgerRow, ReceiptNotFound, ReceiptRow, expense_receipts, receipt_row
from expenses.services import (
    Answer,
    ReportClosed,
    receipt_make_first,
    receipt_remove,
    receipt_turn,
    receipts_add,
)
from web.account import owner
from web.figures import megabytes, money
from web.htmx import HtmxRequest
from web.ledger.editing import live_row
from web.ledger.lines import line_of
from web.once import FormReused, form_once
from web.pictures import original_at, picture_at, smaller_at
from web.refusals import REFUSALS
from web.telling import told

_TEMPLATE: Final = "ledger/receipts.html"
_LARGE: Final = 2400
"""Pixels of the longer side of one that fills a screen."""
_MADE: Final[Mapping[str, Callable[..., bytes]]] = {
    "small": receipt_small, "large": partial(receipt_smaller, longest=_LARGE),
}  # fmt: skip
SIZES: Final = "|".join(_MADE)


class Receipt(NamedTuple):
    """A receipt on a page. ``place`` counts from 1; ``picture`` and ``small`` are addresses, "" of a document."""

    id: int
    place: int
    kind: str
    original: str
    picture: str
    small: str
    is_turnable: bool


@csrf_exempt  # `_added` asks for the token; to look for it is to read all that came, and too much is told before
@require_http_methods(["GET", "HEAD", "POST"])
def receipts(request: HtmxRequest, number: int) -> HttpResponse:
    """Show an expense's receipts, the first of them large; add what comes, all of it or nothing and why."""
    person = owner(request)
    row = live_row(person, number)
    if request.method != "POST":
        return _shown(request, person, row)
    try:
        if came_whole(request):
            return _added(request, person, row)
    except TooManyFilesSent:
        pass
    except (TooManyPictures, FilesAway) as busy:
        if not _is_script(request):
            raise  # for the page that asks for patience
        return _patience(busy)
    return _refused(request, person, row, [too_many()])


def came_whole(request: HttpRequest) -> bool:
    """Tell whether a form was not cut off for its size (``xpenser.wsgi``): files are missing of one that was."""
    return int(request.headers.get("Content-Length") or 0) <= settings.MAX_UPLOAD_BYTES


def too_many() -> str:
    """Say how many files may come together."""
    most = {"n": settings.DATA_UPLOAD_MAX_NUMBER_FILES, "size": megabytes(settings.MAX_UPLOAD_BYTES)}
    return gettext("These are too many at once: up to %(n)d files, and %(size)s in all, are taken together.") % most


@csrf_protect
def _added(request: HtmxRequest, person: Account, row: LedgerRow) -> HttpResponse:
    now, expense_id = timezone.now(), row.expense.id
    pictures, refusals = files_read(request.FILES.getlist("receipt"))
    if refusals:
        return _refused(request, person, row, refusals)

    def write() -> Answer:
        receipts_add(owner=person, expense_id=expense_id, pictures=pictures, now=now)
        return Answer(HTTPStatus.OK, "text/plain", b"")

    try:
        form_once(request, person, said=b"".join(map(digest, pictures)), now=now, write=write)
    except REFUSALS as refusal:
        return _refused(request, person, row, [told(refusal)])
    except FormReused:
        said = gettext("This form was sent once before, with other files. Add them once more to have these, too.")
        return _refused(request, person, row, [said])
    return _done(request, person, row)


def files_read(files: Sequence["UploadedFile[bytes]"]) -> tuple[list[Picture], list[str]]:
    """Return what may be kept of the files, and what is wrong with the others."""
    pictures, refusals = [], [] if files else [gettext("No file came: choose one, or take a photo.")]
    for file in files:
        try:
            pictures.append(receipt_read(taken(file)))
        except BadReceipt as refusal:
            refusals.append(f"“{(file.name or '')[:60]}”: {told(refusal)}")
    return pictures, refusals


def digest(picture: Picture) -> bytes:
    """Return what no other file has, to know by whether the same came again."""
    return hashlib.sha256(picture.data).digest()


def _done(request: HtmxRequest, person: Account, row: LedgerRow) -> HttpResponse:
    count = len(expense_receipts(user_id=person.id, expense_id=row.expense.id))
    said = ngettext("Added: %(what)s has %(n)d receipt", "Added: %(what)s has %(n)d receipts", count)
    said %= {"what": _named(person, row), "n": count}
    if _is_script(request):
        return JsonResponse({"said": said, "is_refused": False})
    messages.success(request, said)
    return redirect("receipts", row.expense.id)


def _refused(request: HtmxRequest, person: Account, row: LedgerRow, refusals: Sequence[str]) -> HttpResponse:
    if _is_script(request):
        return JsonResponse({"said": " ".join(refusals), "is_refused": True})
    return _shown(request, person, row, refusals=refusals)


def _patience(busy: TooManyPictures | FilesAway) -> HttpResponse:
    if isinstance(busy, FilesAway):
        said = gettext(
            "The server can’t reach the place where it keeps receipts. This one was not stored: send it again."
        )
    else:
        said = gettext("The server looks at as many pictures as it can. This one was not stored: send it again.")
    headers = {"Retry-After": str(busy.retry_after)}
    return JsonResponse({"said": said, "is_refused": True}, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)


def _is_script(request: HtmxRequest) -> bool:
    """Tell whether the answer is for ``static/receipts.js``, which sends files one by one and shows what was said."""
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HtmxRequest, number: int) -> HttpResponse:
    """Show a receipt, large, among those beside it; turn it, or put it first."""
    person = owner(request)
    row = _row(person, number)
    if request.method != "POST":
        return _shown(request, person, live_row(person, row.expense_id), chosen=row.id)
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        return HttpResponseBadRequest(gettext("act: one of %(acts)s is wanted") % {"acts": ", ".join(_ACTS)})
    try:
        with suppress(ReceiptNotFound):  # clicked twice, and turned by the first at this very moment
            act(person, row.id)
    except (NotTurnable, ReportClosed) as refusal:
        messages.error(request, told(refusal))
    return redirect("receipt", row.id)


def _turn_left(person: Account, receipt_id: int) -> None:
    receipt_turn(owner=person, receipt_id=receipt_id, quarters=3, now=timezone.now())


def _turn_right(person: Account, receipt_id: int) -> None:
    receipt_turn(owner=person, receipt_id=receipt_id, quarters=1, now=timezone.now())


def _make_first(person: Account, receipt_id: int) -> None:
    receipt_make_first(owner=person, receipt_id=receipt_id, now=timezone.now())


_ACTS: Final[Mapping[str, Callable[[Account, int], None]]] = {
    "left": _turn_left, "right": _turn_right, "first": _make_first,
}  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HtmxRequest, number: int) -> HttpResponse:
    """Ask whether to remove a receipt, which can't be undone; do it."""
    person = owner(request)
    row = _row(person, number)
    if request.method != "POST":
        of = live_row(person, row.expense_id)
        context = {"receipt": _receipt(row, place=1), "what": _named(person, of)}
        return render(request, "ledger/receipt_remove.html", context)
    try:
        with suppress(ReceiptNotFound):  # as above
            receipt_remove(owner=person, receipt_id=row.id, now=timezone.now())
    except ReportClosed as refusal:
        messages.error(request, told(refusal))
    else:
        messages.success(request, gettext("Receipt removed"))
    return redirect("receipts", row.expense_id)


@require_safe
def smaller(request: HtmxRequest, number: int, size: str) -> HttpResponse:
    """Show a picture in fewer pixels than it has. A browser that has it is told so, and nothing is made anew."""
    image = _row(owner(request), number).image
    etag = quote_etag(f"{image} {size}")
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = HttpResponse(_MADE[size](image=image), content_type="image/jpeg")
        except (NotAPicture, ReceiptNotFound):  # a document; its file was lost
            raise Http404 from None
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _row(person: Account, receipt_id: int) -> ReceiptRow:
    try:
        return receipt_row(user_id=person.id, receipt_id=receipt_id)
    except ReceiptNotFound:
        raise Http404 from None


def _shown(
    request: HtmxRequest, person: Account, row: LedgerRow, *, chosen: int | None = None, refusals: Sequence[str] = ()
) -> HttpResponse:
    rows = expense_receipts(user_id=person.id, expense_id=row.expense.id)
    shown = [_receipt(each, place=place) for place, each in enumerate(rows, start=1)]
    context = {
        "person": person,
        "line": line_of(row, person),
        "what": _named(person, row),
        "receipts": shown,
        "chosen": next((each for each in shown if each.id == chosen), shown[0] if shown else None),
        "key": uuid4(),
        "refusals": refusals,
        "most_each": megabytes(settings.MAX_RECEIPT_BYTES),
        "most_at_once": megabytes(settings.MAX_UPLOAD_BYTES),
    }
    return render(request, f"{_TEMPLATE}#receipts" if request.htmx else _TEMPLATE, context)


def _receipt(row: ReceiptRow, *, place: int) -> Receipt:
    picture = picture_at(row)
    return Receipt(
        id=row.id,
        place=place,
        kind=row.extension,
        original=original_at(row),
        picture=picture,
        small=picture and smaller_at(row, "small"),
        is_turnable=row.extension in TURNABLE,
    )


def _named(person: Account, row: LedgerRow) -> str:
    return f"{row.expense.type}, {money(row.expense.amount, person.currency)} {person.currency}"
