"""Who is calling: each way to show it. A dialect lists those that it takes; the first that finds its own decides."""

import base64
import binascii
from datetime import datetime
from typing import ClassVar, cast

from django.conf import settings
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.personal import PREFIX, is_token
from access.scopes import Grant
from access.selectors.tokens import WrongToken
from access.services.oauth2 import oauth2_account
from access.services.tokens import token_account
from accounts.attempts import WrongPassword
from accounts.names import lookup_key, name_key
from accounts.passwords import account_with
from accounts.selectors import Account, account

Caller = tuple[Account, Grant]


class Scheme(BaseAuthentication):
    """A way to show who is calling.

    ``challenge`` is what is answered to who tried it and was not let in; ``is_remembered`` tells whether browsers
    add such credentials to whatever a page of any site makes them ask for.
    """

    challenge: ClassVar[str]
    is_remembered: ClassVar[bool] = False

    def authenticate(self, request: Request) -> Caller | None:
        """Return the account and how it was shown, or None where nothing of this scheme came.

        Raises AuthenticationFailed for what is wrong, and for what can't be read.
        """
        raise NotImplementedError  # pragma: no cover - every scheme has its own way

    def is_carried(self, request: Request) -> bool:
        """Tell whether the request tried this scheme, rightly or wrongly."""
        raise NotImplementedError  # pragma: no cover - every scheme has its own place in a request


class BasicAuthentication(Scheme):
    """E-mail address and password by HTTP Basic (wire §1.0.6); a personal token may stand in the password's place."""

    challenge = 'Basic realm="API"'
    is_remembered = True

    def authenticate(self, request: Request) -> Caller | None:
        encoded = authorization(request, "basic")
        if encoded is None:
            return None
        email, password = _read(encoded)
        # What looks like a token is never hashed, right or wrong, whoever's name stands beside it: so the work tells
        # as little of who has an account as that for a password does, and guessing tokens does not fill the machine.
        # That nobody's password looks so is sure enough: it would have to carry the checksum.
        if is_token(password):
            return _by_token_of(email, password, request)
        try:
            opened = account_with(
                email=email, password=password, address=address_of(request), now=asked_at(request), alone=True
            )
        except WrongPassword:
            raise AuthenticationFailed from None
        return opened, Grant("basic")

    def is_carried(self, request: Request) -> bool:
        return authorization(request, "basic") is not None


class BearerAuthentication(Scheme):
    """A token, personal or of OAuth 2.0, in the Authorization header (RFC 6750 §2.1).

    None is read from body or query, where logs keep it.
    """

    challenge = 'Bearer realm="API", error="invalid_token"'

    def authenticate(self, request: Request) -> Caller | None:
        token = authorization(request, "bearer")
        return None if token is None else by_token(token, request)

    def is_carried(self, request: Request) -> bool:
        return authorization(request, "bearer") is not None


class SessionAuthentication(Scheme):
    """Whoever has signed in on a page (wire §1.1). A browser adds its cookie to everything: it reads, and no more."""

    challenge = BasicAuthentication.challenge
    is_remembered = True

    def authenticate(self, request: Request) -> Caller | None:
        # Credentials that were sent on purpose beat the cookie, wrong ones too. And whoever has none is not looked up:
        # then the answer depends on no cookie, and its Vary says so.
        if "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        user = request._request.user
        return (account(email=user.email), Grant("session")) if user.is_authenticated else None

    def is_carried(self, request: Request) -> bool:
        return False  # a cookie needs no challenge of its own


def authorization(request: Request, scheme: str) -> str | None:
    """Return what stands behind the name of ``scheme`` in the Authorization header, or None where another is there."""
    # Django's own request: DRF's looks each attribute up the long way, and this is asked several times.
    name, _, rest = request._request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    return rest.strip() if name.lower() == scheme else None


def asked_at(request: Request) -> datetime:
    """Return the instant that the door holds for this request: what has expired is asked by one clock."""
    return cast("datetime", request.parser_context["view"].now)


def address_of(request: Request) -> str:
    """Return the IP address of who calls; ``xpenser.edge`` has asked the proxies."""
    return str(request.META.get("REMOTE_ADDR", ""))


def by_token(token: str, request: Request) -> Caller:
    """Return whom a token lets in, and what for. Raises AuthenticationFailed."""
    opened_by = token_account if token.startswith(PREFIX) else oauth2_account  # no token of the toolkit's has a "_"
    try:
        return opened_by(token=token, now=asked_at(request), used_from=address_of(request))
    except WrongToken:
        raise AuthenticationFailed from None


def _by_token_of(email: str, token: str, request: Request) -> Caller:
    caller = by_token(token, request)
    if lookup_key(email) != name_key(caller[0].email):
        raise AuthenticationFailed
    return caller


def _read(encoded: str) -> tuple[str, str]:
    try:
        octets = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationFailed from None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    email, colon, password = text.partition(":")
    if not colon or "\0" in text:
        raise AuthenticationFailed
    return email, password
