"""What is done to several expenses at once, or to one: delete, restore, move, tag."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from accounts.selectors import Account
from expenses.services import Was, expenses_delete, expenses_move, expenses_put_back, expenses_restore, expenses_tag
from reports.selectors import report_row
from web.account import owner
from web.htmx import HtmxRequest
from web.ids import ID, ids_in
from web.ledger.page import done
from web.ledger.toast import Toast
from web.refusals import REFUSALS
from web.telling import told

Ids = list[int]
# How an expense was, as a form takes it there and back.
_WAS: Final = re.compile(f"(?P<id>{ID})_(?P<version>{ID})_(?P<report>{ID})_(?P<tags>-|(?:{ID}(?:[.]{ID})*)?)")


@require_POST
def picked(request: HtmxRequest) -> HttpResponse:
    """Do to the expenses that were picked what the button says; all of it, or nothing and why."""
    act = _ACTS.get(request.POST.get("act", ""))
    ids = ids_in(request.POST.getlist("id"))
    if act is None:
        return HttpResponseBadRequest(gettext("act: one of %(acts)s is wanted") % {"acts": ", ".join(_ACTS)})
    try:
        toast = act(request, owner(request), ids)
    except REFUSALS as refusal:
        return done(request, Toast(told(refusal)))
    return done(request, toast, fresh=ids)


def _delete(request: HtmxRequest, person: Account, ids: Ids) -> Toast:
    gone = expenses_delete(owner=person, expense_ids=ids, now=timezone.now())
    said = ngettext("%(n)d expense deleted", "%(n)d expenses deleted", len(gone)) % {"n": len(gone)}
    return Toast(said, "restore" if gone else "", tuple(gone))


def _restore(request: HtmxRequest, person: Account, ids: Ids) -> Toast:
    back = expenses_restore(owner=person, expense_ids=ids, now=timezone.now())
    said = ngettext("%(n)d expense restored", "%(n)d expenses restored", len(back)) % {"n": len(back)}
    return Toast(said, "delete" if back else "", tuple(back))


def _move(request: HtmxRequest, person: Account, ids: Ids) -> Toast:
    chosen = ids_in([request.POST.get("report", "")])
    report = report_row(user_id=person.id, report_id=chosen[0] if chosen else 0)
    moved = expenses_move(owner=person, expense_ids=ids, report_id=report.id, now=timezone.now())
    said = ngettext("%(n)d expense moved to %(report)s", "%(n)d expenses moved to %(report)s", len(moved))
    return _undone_by_was(said % {"n": len(moved), "report": report.name}, moved)


def _tag(request: HtmxRequest, person: Account, ids: Ids) -> Toast:
    tags = _tags(request)
    changed = expenses_tag(owner=person, expense_ids=ids, now=timezone.now(), add=tags)
    said = ngettext("%(n)d expense tagged", "%(n)d expenses tagged", len(changed))
    return _undone_by_was(said % {"n": len(changed)}, changed)


def _untag(request: HtmxRequest, person: Account, ids: Ids) -> Toast:
    changed = expenses_tag(owner=person, expense_ids=ids, now=timezone.now(), remove=_tags(request))
    said = ngettext("A tag taken off %(n)d expense", "A tag taken off %(n)d expenses", len(changed))
    return _undone_by_was(said % {"n": len(changed)}, changed)


def _put_back(request: HtmxRequest, person: Account, _ids: Ids) -> Toast:
    was = [_was_read(match) for text in request.POST.getlist("was") if (match := _WAS.fullmatch(text))]
    back = expenses_put_back(owner=person, was=was, now=timezone.now())
    said = ngettext("%(n)d expense is as it was", "%(n)d expenses are as they were", len(back)) % {"n": len(back)}
    if stay := len(was) - len(back):
        others = ngettext("%(n)d was changed meanwhile, and stays", "%(n)d were changed meanwhile, and stay", stay)
        said = f"{said}; {others % {'n': stay}}"
    return _undone_by_was(said, back)


def _undone_by_was(said: str, was: Sequence[Was]) -> Toast:
    return Toast(said, "put_back" if was else "", tuple(each.id for each in was), tuple(map(_was_told, was)))


def _was_told(was: Was) -> str:
    tags = "-" if was.tags is None else ".".join(map(str, was.tags))
    return f"{was.id}_{was.version}_{was.report_id}_{tags}"


def _was_read(match: re.Match[str]) -> Was:
    tags = None if match["tags"] == "-" else tuple(ids_in(match["tags"].split(".")))
    return Was(int(match["id"]), int(match["version"]), int(match["report"]), tags)


def _tags(request: HtmxRequest) -> list[str]:
    return [name for text in request.POST.get("tag", "").split(",") if (name := text.strip().removeprefix("#"))]


_ACTS: Final[Mapping[str, Callable[[HtmxRequest, Account, Ids], Toast]]] = {
    "delete": _delete, "restore": _restore, "move": _move, "tag": _tag, "untag": _untag, "put_back": _put_back,
}  # fmt: skip
