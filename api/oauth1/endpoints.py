"""The three places where a signature is checked: oauthlib's endpoints, with what old consumers need of them.

By themselves they refuse OAuth 1.0 without callback and verifier, spend a nonce before they know who sent it, and
answer 400. Here every refusal is an OAuthRefused.
"""

from datetime import datetime
from typing import Any, Final, cast

from django.conf import settings
from django.http import HttpRequest
from oauthlib.common import generate_nonce
from oauthlib.oauth1 import AccessTokenEndpoint, RequestTokenEndpoint, ResourceEndpoint
from oauthlib.oauth1.rfc5849 import SIGNATURE_PLAINTEXT
from oauthlib.oauth1.rfc5849.endpoints import BaseEndpoint
from oauthlib.oauth1.rfc5849.errors import OAuth1Error

from access.callbacks import OOB
from access.nonces import WINDOW
from access.selectors.oauth1 import KnownConsumer, KnownRequest, RequestTokenNotFound
from access.services.oauth1 import NewToken, access_token_create, nonce_take, request_token_create
from api.oauth1.errors import BAD_PARAMETERS, BAD_SIGNATURE, NEEDS_HTTPS, USED_NONCE, OAuthRefused
from api.oauth1.reading import SignedRequest, address_of, form_of, signed_request
from api.oauth1.signatures import RSA, is_signed_by, is_signed_with
from api.oauth1.validator import AccessTokenValidator, RequestTokenValidator, ResourceValidator

_NO_VERIFIER: Final = "none"


class Endpoint(BaseEndpoint):
    """What the three have in common: how a request is read, how it is refused, and when its nonce is spent."""

    needs_token: bool = True

    def read(self, request: HttpRequest, *, now: datetime) -> SignedRequest:
        """Return a request as its client signed it. Raises OAuthRefused."""
        return signed_request(
            address_of(request),
            str(request.method),
            header=request.META.get("HTTP_AUTHORIZATION", ""),
            query=request.META.get("QUERY_STRING", ""),
            form=form_of(request),
            now=now,
        )

    def settle(self, *, valid: bool, request: SignedRequest, now: datetime) -> None:
        """Spend the nonce of a request that is right in all else. Raises OAuthRefused."""
        if not valid:
            seen = request.validator_log
            # Only who holds the secrets is told what else is wrong.
            proven = seen["client"] and seen["signature"] and seen.get("resource_owner", True)
            raise OAuthRefused(request.complaint if proven else BAD_SIGNATURE)
        fresh = nonce_take(
            consumer_key=request.client_key or "",
            token_key=request.resource_owner_key or "",
            nonce=request.nonce or "",
            timestamp=int(request.timestamp or 0),
            now=now,
        )
        if not fresh:
            raise OAuthRefused(USED_NONCE)

    def _check_transport_security(self, request: SignedRequest) -> None:
        if request.uri.startswith("https://") or settings.OAUTH1_HTTP == "plaintext":
            return
        if settings.OAUTH1_HTTP == "none" or request.signature_method == SIGNATURE_PLAINTEXT:
            raise OAuthRefused(NEEDS_HTTPS)

    def _check_mandatory_parameters(self, request: SignedRequest) -> None:
        stamps = (request.timestamp, request.nonce)
        if request.signature_method == SIGNATURE_PLAINTEXT and stamps == (None, None):  # RFC 5849 §3.1
            request.timestamp, request.nonce = str(int(request.now.timestamp())), generate_nonce()
        try:
            _check_clock(request.timestamp or "", request.now)
            super()._check_mandatory_parameters(request)  # type: ignore[misc]  # the stubs leave it out
        except OAuth1Error:
            raise OAuthRefused(BAD_PARAMETERS) from None
        key = request.resource_owner_key
        if not (self.request_validator.check_access_token(key) if key else not self.needs_token):
            raise OAuthRefused(BAD_PARAMETERS)

    def _check_signature(self, request: SignedRequest, is_token_request: bool = False) -> bool:
        validator, consumer, token = self.request_validator, request.client_key, request.resource_owner_key
        algorithm = RSA.get(request.signature_method or "")
        if algorithm is not None:
            return is_signed_by(request, public_key=validator.get_rsa_key(consumer, request), algorithm=algorithm)
        of_token = validator.get_request_token_secret if is_token_request else validator.get_access_token_secret
        return is_signed_with(
            request,
            consumer_secret=validator.get_client_secret(consumer, request),
            token_secret=of_token(consumer, token, request) if token else "",
        )


class RequestTokens(Endpoint, RequestTokenEndpoint):
    """The first step (RFC 5849 §2.1). Before 1.0a it had no callback."""

    needs_token = False

    def token(self, request: HttpRequest, *, now: datetime) -> NewToken:
        """Return a new request token. Raises OAuthRefused."""
        signed = self.read(request, now=now)
        signed.redirect_uri = signed.redirect_uri or OOB
        valid, _ = self.validate_request_token_request(signed)  # type: ignore[no-untyped-call]
        self.settle(valid=valid, request=signed, now=now)
        known = cast("KnownConsumer", signed.known)
        return request_token_create(consumer_id=known.id, callback=signed.given.get("oauth_callback", ""), now=now)


class AccessTokens(Endpoint, AccessTokenEndpoint):
    """The last step (RFC 5849 §2.3). Before 1.0a it had no verifier."""

    def token(self, request: HttpRequest, *, now: datetime) -> NewToken:
        """Return what the consumer signs with from now on. Raises OAuthRefused."""
        signed = self.read(request, now=now)
        signed.verifier = signed.verifier or _NO_VERIFIER
        valid, _ = self.validate_access_token_request(signed)  # type: ignore[no-untyped-call]
        self.settle(valid=valid, request=signed, now=now)
        try:
            return access_token_create(request=cast("KnownRequest", signed.known), now=now)
        except RequestTokenNotFound:  # pragma: no cover - another exchange was first: tests/faults/test_replays.py
            raise OAuthRefused(BAD_SIGNATURE) from None


class Resources(Endpoint, ResourceEndpoint):
    """Everything else that is signed."""

    def signed(self, request: HttpRequest, *, now: datetime) -> SignedRequest:
        """Return a request that is signed by who is ``known`` then, a Signer. Raises OAuthRefused."""
        signed = self.read(request, now=now)
        valid, _ = self.validate_protected_resource_request(signed)
        self.settle(valid=valid, request=signed, now=now)
        return signed

    def _create_request(self, uri: SignedRequest, *_: Any) -> SignedRequest:
        return uri  # it has been read already


REQUEST_TOKENS: Final = RequestTokens(RequestTokenValidator())
ACCESS_TOKENS: Final = AccessTokens(AccessTokenValidator())
RESOURCES: Final = Resources(ResourceValidator())


def _check_clock(timestamp: str, now: datetime) -> None:
    seconds = now.timestamp()
    if timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 20 and abs(seconds - int(timestamp)) > WINDOW:
        message = f"Expired timestamp: given {int(timestamp)} and now {int(seconds)}."
        raise OAuthRefused(message)
