"""People: who has an account, how much is in it, and what an operator does to it. What was spent is not shown."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access.selectors.uses import last_uses
from accounts.operators import NotByThisOperator, PersonNotFound, PersonRow, active_set, operator_set
from accounts.operators import people as people_rows
from accounts.operators import person as person_row
from expenses.selectors import Kept, kept_by
from web.account import owner
from web.coming_in.factors import factors_drop
from web.coming_in.resetting import reset_send
from web.coming_in.sessions import sessions_end
from web.ids import ids_in
from web.telling import told
from xpenser.mail import mail_way

ON_A_PAGE: Final = 50


class Person(NamedTuple):
    """``used``: when he last signed in, changed his ledger or had a program used, None where never."""

    row: PersonRow
    kept: Kept
    used: datetime | None


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List people, newest first, or those whose address has something in it."""
    matching = request.GET.get("q", "").strip()
    rows = people_rows(
        matching=matching, below=next(iter(ids_in([request.GET.get("below", "")])), None), limit=ON_A_PAGE + 1
    )
    shown = rows[:ON_A_PAGE]
    more = {"q": matching, "below": shown[-1].id} if len(rows) > ON_A_PAGE else {}
    context = {
        "zone": owner(request).zone,
        "matching": matching,
        "people": _with_figures(shown),
        "is_first": "below" not in request.GET,
        "older": urlencode(more),
    }
    return render(request, "operator/people.html", context)


@require_safe
def person(request: HttpRequest, number: int) -> HttpResponse:
    """Show one, with what may be done to the account."""
    (found,) = _with_figures([_row(number)])
    own = owner(request)
    context = {"zone": own.zone, "person": found, "is_own": found.row.id == own.id}
    return render(request, "operator/person.html", context)


def _with_figures(rows: list[PersonRow]) -> list[Person]:
    """Return people with their figures, by as many questions for many as for one."""
    ids = [row.id for row in rows]
    kept, programs = kept_by(user_ids=ids), last_uses(user_ids=ids)
    return [
        Person(row, kept[row.id], _latest(row.signed_in, kept[row.id].changed, programs.get(row.id))) for row in rows
    ]


def _latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant), default=None)


def _row(number: int) -> PersonRow:
    try:
        return person_row(user_id=number)
    except PersonNotFound:
        raise Http404 from None


@transaction.atomic
def _deactivate(row: PersonRow, by: int) -> str:
    active_set(user_id=row.id, is_active=False, by=by)
    sessions_end(user_id=row.id)
    return gettext("%(email)s is shut out.") % {"email": row.email}


def _activate(row: PersonRow, by: int) -> str:
    active_set(user_id=row.id, is_active=True, by=by)
    return gettext("%(email)s may come in again.") % {"email": row.email}


def _reset(row: PersonRow, by: int) -> str:
    reset_send(user_id=row.id)
    way = mail_way()
    return gettext("The link is mailed to %(email)s.") % {"email": row.email} if way.leaves else told(way.said)


def _drop_factors(row: PersonRow, by: int) -> str:
    factors_drop(user_id=row.id)
    return gettext("%(email)s has no second factor.") % {"email": row.email}


def _make(row: PersonRow, by: int) -> str:
    operator_set(user_id=row.id, is_operator=True, by=by)
    return gettext("%(email)s is an operator.") % {"email": row.email}


def _unmake(row: PersonRow, by: int) -> str:
    operator_set(user_id=row.id, is_operator=False, by=by)
    return gettext("%(email)s is no operator.") % {"email": row.email}


class Act(NamedTuple):
    """Something that an operator does to an account: ``do`` takes who it is and the operator's id, and says it."""

    do: Callable[[PersonRow, int], str]
    verb: str | Promise
    warning: str | Promise


_ACTS: Final[Mapping[str, Act]] = {
    "deactivate": Act(
        _deactivate,
        _("Deactivate"),
        _(
            "Every session ends, and password, tokens and programs are refused, until you activate the account again: "
            "then all but the sessions works as before. The ledger stays."
        ),
    ),
    "activate": Act(_activate, _("Activate"), _("Password, tokens and programs work as they did.")),
    "reset": Act(
        _reset,
        _("Send a reset link to"),
        _("A mail brings a link to choose another password. The one that there is holds until then."),
    ),
    "drop-factors": Act(
        _drop_factors,
        _("Drop second factors of"),
        _(
            "The authenticator app, all passkeys and the codes for when they are lost go. From then on the password is "
            "enough: be sure that it is the person who asks for it."
        ),
    ),
    "make-operator": Act(
        _make, _("Make an operator:"), _("Operators have all of these pages, and can take yours from you.")
    ),
    "unmake-operator": Act(
        _unmake, _("Make no operator:"), _("These pages are gone for that person; the ledger stays.")
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: int, action: str) -> HttpResponse:
    """Ask whether to do something to an account, or do it."""
    if action not in _ACTS:
        raise Http404
    row, meant = _row(number), _ACTS[action]
    back = reverse("person", args=[row.id])
    if request.method == "POST":
        try:
            messages.success(request, meant.do(row, owner(request).id))
        except NotByThisOperator as refusal:
            messages.error(request, told(refusal))
        return redirect(back)
    context = {"name": row.email, "verb": meant.verb, "warning": meant.warning, "back": back}
    return render(request, "settings/cut.html", context)
