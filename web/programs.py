"""Who may act for a person, and what he registered: seen, and cut."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from access.scopes import EVERYTHING
from access.selectors.applications import application_rows, grant_rows
from access.selectors.oauth1 import access_rows, consumer_rows
from access.selectors.tokens import token_rows
from access.services.applications import ApplicationNotFound, application_delete, grant_revoke
from access.services.consumers import ConsumerNotFound, consumer_delete
from access.services.oauth1 import AccessTokenNotFound, access_token_revoke
from access.services.tokens import TokenNotFound, token_revoke
from accounts.selectors import Account
from web.account import owner
from web.words import may_short


class Program(NamedTuple):
    """A program that may act for the person. ``registered_by`` is "" where that was he himself."""

    kind: str
    id: int
    name: str
    registered_by: str
    may: str
    signs: str
    is_legacy: bool
    since: datetime
    used: datetime | None
    used_from: str


class Registered(NamedTuple):
    """A program that the person registered. ``key`` is what it calls itself by."""

    kind: str
    id: int
    name: str
    key: str
    callback: str
    signs: str
    is_legacy: bool
    since: datetime


class Token(NamedTuple):
    id: int
    name: str
    beginning: str
    may: str
    ends: datetime | None
    has_ended: bool
    used: datetime | None
    used_from: str


@require_safe
def programs(request: HttpRequest) -> HttpResponse:
    """Show all that may act for the person, and all that he registered."""
    person, now = owner(request), timezone.now()
    context = {
        "zone": person.zone,
        "programs": sorted(_programs(person, now), key=lambda row: row.since, reverse=True),
        "tokens": list(_tokens(person, now)),
        "registered": sorted(_registered(person), key=lambda row: row.since, reverse=True),
    }
    return render(request, "settings/programs.html", context)


def _programs(person: Account, now: datetime) -> Iterator[Program]:
    for row in access_rows(user_id=person.id):
        yield Program(
            "oauth1", row.id, row.consumer_name, _other(row.consumer_owner, person), may_short(EVERYTHING),
            _oauth1(is_legacy=row.is_legacy), row.is_legacy, row.created, row.used, row.used_from,
        )  # fmt: skip
    for grant in grant_rows(user_id=person.id, now=now):
        yield Program(
            "oauth2", grant.application_id, grant.name, _other(grant.owner, person), may_short(grant.scopes),
            "OAuth 2.0", False, grant.since, grant.used, grant.used_from,
        )  # fmt: skip


def _tokens(person: Account, now: datetime) -> Iterator[Token]:
    for row in token_rows(user_id=person.id):
        may = may_short(row.scopes, add_only=row.add_only, report=row.report)
        has_ended = row.expires is not None and row.expires <= now
        yield Token(row.id, row.name, row.beginning, may, row.expires, has_ended, row.used, row.used_from)


def _registered(person: Account) -> Iterator[Registered]:
    for row in consumer_rows(user_id=person.id):
        signs = _oauth1(is_legacy=row.is_legacy)
        yield Registered("consumer", row.id, row.name, row.key, row.callback, signs, row.is_legacy, row.created)
    for app in application_rows(user_id=person.id):
        callback = " ".join(app.redirect_uris)
        yield Registered("application", app.id, app.name, app.client_id, callback, "OAuth 2.0", False, app.created)


def _other(email: str, person: Account) -> str:
    return "" if email == person.email else email


def _oauth1(*, is_legacy: bool) -> str:
    return "OAuth 1.0" if is_legacy else "OAuth 1.0a"


class Cut(NamedTuple):
    """How something of the person's is taken away. ``names``: what there is, by id."""

    names: Callable[[Account], Iterable[tuple[int, str]]]
    act: Callable[[Account, int], None]
    verb: str | Promise
    warning: str | Promise


KINDS: Final = "oauth1|oauth2|token|consumer|application"
_NOT_FOUND: Final = (AccessTokenNotFound, ApplicationNotFound, ConsumerNotFound, TokenNotFound)
_CUTS: Final[Mapping[str, Cut]] = {
    "oauth1": Cut(
        lambda person: ((row.id, row.consumer_name) for row in access_rows(user_id=person.id)),
        lambda person, id_: access_token_revoke(user_id=person.id, token_id=id_),
        _("Revoke"),
        _("It is refused from now on. To use it again you let it in again."),
    ),
    "oauth2": Cut(
        lambda person: ((row.application_id, row.name) for row in grant_rows(user_id=person.id, now=timezone.now())),
        lambda person, id_: grant_revoke(user_id=person.id, application_id=id_),
        _("Revoke"),
        _("It is refused from now on. To use it again you let it in again."),
    ),
    "token": Cut(
        lambda person: ((row.id, row.name) for row in token_rows(user_id=person.id)),
        lambda person, id_: token_revoke(user_id=person.id, token_id=id_),
        _("Revoke"),
        _("Whatever signs in with this token is refused from now on. It can't be brought back."),
    ),
    "consumer": Cut(
        lambda person: ((row.id, row.name) for row in consumer_rows(user_id=person.id)),
        lambda person, id_: consumer_delete(user_id=person.id, consumer_id=id_),
        _("Delete"),
        _("Its key works no longer, and everybody who let it in has to do without. It can't be brought back."),
    ),
    "application": Cut(
        lambda person: ((row.id, row.name) for row in application_rows(user_id=person.id)),
        lambda person, id_: application_delete(user_id=person.id, application_id=id_),
        _("Delete"),
        _("Its key works no longer, and everybody who let it in has to do without. It can't be brought back."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def cut(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """Ask whether to take something away, or do it. What is somebody else's does not exist."""
    person, way = owner(request), _CUTS[kind]
    name = dict(way.names(person)).get(number, "")
    if request.method == "POST":
        try:
            way.act(person, number)
        except _NOT_FOUND:
            raise Http404 from None
        messages.success(request, gettext("“%(name)s” is shut out.") % {"name": name})
        return redirect("programs")
    if not name:
        raise Http404
    context = {"name": name, "verb": way.verb, "warning": way.warning, "back": reverse("programs")}
    return render(request, "settings/cut.html", context)
