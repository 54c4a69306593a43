"""Making what lets somebody in: a personal token, or a program's key. Secrets are shown on one page, once."""

from collections.abc import Callable, Mapping
from secrets import token_urlsafe
from typing import Final, NamedTuple

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from access.callbacks import BadCallback
from access.redirects import BadRedirect
from access.services.applications import BadApplicationName, RedirectCount, application_register
from access.services.consumers import BadConsumerName, BadRSAKey, consumer_register
from access.services.tokens import BadTokenName, NoScope, ReportIsToAdd, token_create
from accounts.selectors import Account
from reports.selectors import report_rows
from reports.status import ROUTED
from web.account import owner
from web.forms import LEGACY, OAUTH2_SERVER, ProgramForm, TokenForm
from web.refusals import refuse

_ONCE: Final = "made"
_REMEMBERED: Final = 20  # forms; who has more of them open has seen what the first made
# Which field a refusal is about.
_FIELDS: Final[Mapping[type[Exception], str]] = {
    BadTokenName: "name",
    NoScope: "scopes",
    ReportIsToAdd: "report",
    BadApplicationName: "name",
    RedirectCount: "callback",
    BadRedirect: "callback",
    BadConsumerName: "name",
    BadCallback: "callback",
    BadRSAKey: "rsa_key",
}


class Secret(NamedTuple):
    """Something that is shown: once, or, where ``lasts``, on the list too."""

    label: str | Promise
    text: str
    lasts: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def token_new(request: HttpRequest) -> HttpResponse:
    """Ask what a token is to be for; make it, and show it."""
    person = owner(request)
    reports = report_rows(user_id=person.id, statuses=ROUTED)
    if request.method != "POST":
        return _asked(request, "settings/token_new.html", TokenForm(initial=_fresh(), reports=reports))
    form = TokenForm(request.POST, reports=reports)
    return _made(request, "settings/token_new.html", form, lambda: _token(form, person))


def _token(form: TokenForm, person: Account) -> list[Secret]:
    now = timezone.now()
    new = token_create(
        user_id=person.id, name=form.cleaned_data["name"], scopes=form.scopes_chosen, now=now,
        expires=now + form.life if form.life else None,
        add_only=form.cleaned_data["add_only"], report_id=form.report_id,
    )  # fmt: skip
    return [Secret(_("Token"), new.token)]


@require_http_methods(["GET", "HEAD", "POST"])
def program_new(request: HttpRequest) -> HttpResponse:
    """Ask what a program is; register it, and show its key and secret."""
    person = owner(request)
    if request.method != "POST":
        return _asked(request, "settings/program_new.html", ProgramForm(initial=_fresh()))
    form = ProgramForm(request.POST)
    register = _application if form.is_valid() and form.is_oauth2 else _consumer
    return _made(request, "settings/program_new.html", form, lambda: register(form, person))


def _application(form: ProgramForm, person: Account) -> list[Secret]:
    new = application_register(
        user_id=person.id, name=form.cleaned_data["name"], redirect_uris=form.cleaned_data["callback"].split(),
        is_confidential=form.cleaned_data["kind"] == OAUTH2_SERVER, now=timezone.now(),
    )  # fmt: skip
    key = Secret(_("Client ID"), new.client_id, lasts=True)
    return [key, Secret(_("Client secret"), new.client_secret)] if new.client_secret else [key]


def _consumer(form: ProgramForm, person: Account) -> list[Secret]:
    new = consumer_register(
        user_id=person.id, name=form.cleaned_data["name"], callback=form.cleaned_data["callback"],
        is_legacy=form.cleaned_data["kind"] == LEGACY, rsa_key=form.cleaned_data["rsa_key"], now=timezone.now(),
    )  # fmt: skip
    return [Secret(_("Consumer key"), new.key, lasts=True), Secret(_("Consumer secret"), new.secret)]


def _fresh() -> dict[str, str]:
    return {"once": token_urlsafe(12)}


def _asked(request: HttpRequest, template: str, form: Form) -> HttpResponse:
    return render(request, template, {"form": form})


def _made(request: HttpRequest, template: str, form: Form, make: Callable[[], list[Secret]]) -> HttpResponse:
    """Make what a form asks for. Who loads the answer anew makes nothing twice, and is shown no secret again."""
    if not form.is_valid():
        return _asked(request, template, form)
    once, name = form.cleaned_data["once"], form.cleaned_data["name"]
    made = request.session.get(_ONCE, [])
    if once and once in made:
        messages.info(request, gettext("“%(name)s” was made before; what was shown then is not kept.") % {"name": name})
        return redirect("programs")
    try:
        secrets = make()
    except tuple(_FIELDS) as refusal:
        refuse(form, refusal, _FIELDS)
        return _asked(request, template, form)
    request.session[_ONCE] = [*made, once][-_REMEMBERED:]
    return render(request, "settings/made.html", {"name": name, "secrets": secrets})
