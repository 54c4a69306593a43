"""The endpoints of OAuth 2.0 that programs call themselves (WIRE.md). The page where people say yes is in ``web``."""

from collections.abc import Callable
from functools import wraps
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from oauth2_provider.oauth2_backends import get_oauthlib_core
from oauthlib.common import urlencode
from oauthlib.oauth2 import OAuth2Error

from access.scopes import SCOPES
from api.oauth2.errors import answer, unavailable, unreadable
from xpenser.answers import Busy
from xpenser.failures import failure_of

_WITH_SECRET: Final = ["client_secret_basic", "client_secret_post"]


def _endpoint(view: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a program in that shows who it is in the form itself; a person's cookie is not looked at."""

    @csrf_exempt
    @login_not_required
    @require_POST
    @wraps(view)
    def endpoint(request: HttpRequest) -> HttpResponse:
        try:
            return unreadable(request) or view(request)
        except Exception as problem:
            failure = failure_of(problem)
            if failure is None:
                raise
            return unavailable(failure)

    endpoint.when_full = _full  # type: ignore[attr-defined]
    return endpoint


def _full(request: HttpRequest, problem: Busy) -> HttpResponse:
    return unavailable(problem)


@_endpoint
def token(request: HttpRequest) -> HttpResponse:
    """Exchange a code or a refresh token for an access token (RFC 6749 §4.1.3, §6; RFC 7636 §4.5)."""
    _, _, body, status = get_oauthlib_core().create_token_response(request)
    return answer(body, status)


@_endpoint
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke a token of the program's own, and what belongs to it (RFC 7009)."""
    _, _, body, status = get_oauthlib_core().create_revocation_response(request)
    return answer(body, status)


@_endpoint
def introspect(request: HttpRequest) -> HttpResponse:
    """Tell a program whether a token of its own still works (RFC 7662)."""
    core = get_oauthlib_core()
    try:
        _, body, status = core.server.create_introspect_response(
            request.path, "POST", urlencode(core.extract_body(request)), core.extract_headers(request)
        )
    except OAuth2Error as error:
        return answer(error.json, error.status_code)
    return answer(body, status)


@login_not_required
@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """Say where everything is, and what is served (RFC 8414): from PUBLIC_URL, whatever the request called us."""
    here = settings.PUBLIC_URL
    response = JsonResponse(
        {
            "issuer": here,
            "authorization_endpoint": f"{here}/oauth/authorize",
            "token_endpoint": f"{here}/oauth/token",
            "revocation_endpoint": f"{here}/oauth/revoke",
            "introspection_endpoint": f"{here}/oauth/introspect",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
            "revocation_endpoint_auth_methods_supported": [*_WITH_SECRET, "none"],
            "introspection_endpoint_auth_methods_supported": _WITH_SECRET,
            "authorization_response_iss_parameter_supported": True,
        }
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


metadata.when_full = _full  # type: ignore[attr-defined]
