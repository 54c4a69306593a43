"""The page on which a person lets a program act for him by OAuth 2.0, or does not."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from oauth2_provider.exceptions import FatalClientError, OAuthToolkitError
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauthlib.common import add_params_to_uri

from access.redirects import redirect_target
from access.selectors.applications import application_of
from web.consent import ALLOW, Question, question_page, refusal_page


def oauth2_authorize(request: HttpRequest) -> HttpResponse:
    """Ask the person, and send him back to the program with the answer (RFC 6749 §4.1.1).

    He is always asked: that a program was allowed before does not show that it is the same one now (RFC 8252 §8.6).
    """
    core = get_oauthlib_core()
    try:
        _check_text(request)
        scopes, asked = core.validate_authorization_request(request)
        if request.method != "POST":
            return _question(request, scopes, asked)
        asked["resource"] = request.GET.getlist("resource")  # oauthlib reads one of them, and the toolkit keeps a list
        allow = request.POST.get("answer") == ALLOW
        location, *_ = core.create_authorization_response(request, scopes, asked, allow)
    except (FatalClientError, ValueError) as problem:
        return _stop(request, problem)
    except OAuthToolkitError as problem:
        return _back(_with_issuer(problem.oauthlib_error))
    return _back(location)


def _check_text(request: HttpRequest) -> None:
    for name, values in (*request.GET.lists(), *request.POST.lists()):
        if (len(values) > 1 and name != "resource") or any("\0" in value for value in values):
            raise ValueError


def _question(request: HttpRequest, scopes: list[str], asked: dict[str, Any]) -> HttpResponse:
    application, address = application_of(client_id=asked["client_id"]), asked["redirect_uri"]
    question = Question(
        application.name,
        application.owner,
        scopes,
        redirect_target(address),
        leads_to=" ".join(dict.fromkeys(["https:", f"{urlsplit(address).scheme}:"])),
    )
    return question_page(request, question)


def _stop(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Show what is wrong. Nobody is sent to an address that no program registered."""
    message = gettext("the program asked in a way that does not show who it is, or where to go with the answer")
    error = getattr(problem, "oauthlib_error", None)
    return refusal_page(request, message, for_its_author=getattr(error, "description", ""))


def _with_issuer(error: Any) -> str:
    """Return where a refusal is told. The toolkit names the issuer in good answers only (RFC 9207 §2)."""
    location: str = add_params_to_uri(error.redirect_uri, [*error.twotuples, ("iss", settings.PUBLIC_URL)])
    return location


def _back(location: str) -> HttpResponse:
    # Django's own redirect knows the schemes of the web only; 303, so that no form is posted on (RFC 9700 §4.12).
    return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": location, "Cache-Control": "no-store"})
