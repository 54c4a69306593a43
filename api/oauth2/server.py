"""oauthlib's server with the two grants that are served, and what they ask beyond oauthlib (OAUTH2_SERVER_CLASS)."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django.conf import settings
from oauthlib.common import Request
from oauthlib.oauth2 import (
    InvalidRequestError,
    InvalidScopeError,
    RequestValidator,
    UnsupportedGrantTypeError,
    WebApplicationServer,
)
from oauthlib.oauth2.rfc6749.errors import CustomOAuth2Error, UnsupportedCodeChallengeMethodError

_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class Server(WebApplicationServer):
    """Authorization code and refresh token; all else is unknown here, so no setting can open it."""

    def __init__(self, request_validator: RequestValidator, **choices: Any) -> None:
        super().__init__(request_validator, **choices)
        code: Any = self.auth_grant
        code.custom_validators.pre_auth += [_asks_for_query, _asks_for_scopes, _asks_with_s256, _asks_for_us]
        code.custom_validators.pre_token += [_is_code_grant, _verifies, _is_for_us]
        refresh: Any = self.refresh_grant
        refresh.custom_validators.pre_token.append(_is_for_us)


def _asks_for_query(request: Request) -> Mapping[str, Any]:
    if request.response_mode not in {None, "query"}:
        request.response_mode = "query"  # the refusal itself goes that way
        raise InvalidRequestError("response_mode: only query is served", request=request)
    return {}


def _asks_for_scopes(request: Request) -> Mapping[str, Any]:
    """A program that leaves them out would get all or nothing; neither is what it can have meant (RFC 6749 §3.3)."""
    if not request.scopes:
        raise InvalidScopeError("scope: say what you want to do", request=request)
    return {}


def _asks_with_s256(request: Request) -> Mapping[str, Any]:
    """oauthlib takes a missing method for "plain", and a challenge of any form (RFC 7636 §4.2)."""
    if request.code_challenge is None:
        return {}  # it refuses that itself
    if request.code_challenge_method != "S256":
        raise UnsupportedCodeChallengeMethodError("code_challenge_method: S256 is wanted", request=request)
    if not _CHALLENGE.fullmatch(request.code_challenge):
        raise InvalidRequestError("code_challenge: 43 characters of base64url are wanted", request=request)
    return {}


def _is_code_grant(request: Request) -> None:
    if request.grant_type != "authorization_code":  # oauthlib lets OpenID's grant pass here
        raise UnsupportedGrantTypeError(request=request)


def _verifies(request: Request) -> None:
    if request.code_verifier is not None and not _VERIFIER.fullmatch(request.code_verifier):
        raise InvalidRequestError("code_verifier: 43 to 128 unreserved characters are wanted", request=request)


def _asks_for_us(request: Request) -> Mapping[str, Any]:
    _is_for_us(request)
    return {}


def _is_for_us(request: Request) -> None:
    """A token is good for this server and all of it: one for less, or for another, can't be had (RFC 8707 §2)."""
    given = [*request.uri_query_params, *(request.decoded_body or ())]
    resources = {value for name, value in given if name == "resource"}
    if resources - {settings.PUBLIC_URL, f"{settings.PUBLIC_URL}/"}:
        raise CustomOAuth2Error("invalid_target", f"resource: only {settings.PUBLIC_URL} is served", request=request)
