"""What oauthlib asks while it checks a request, answered: one class for each of the three places where it asks.

Whoever signs is looked up once, when the consumer is asked for. Where there is nobody, nobody's secrets are checked
instead, so that the work tells nothing.
"""

import hmac
from functools import cache
from secrets import token_hex
from typing import Any, Final, cast

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from oauthlib.common import UNICODE_ASCII_CHARACTER_SET
from oauthlib.oauth1 import RequestValidator

from access.callbacks import OOB, BadCallback, CallbackNotPinned, callback_host, callback_pin
from access.nonces import WINDOW
from access.selectors.oauth1 import (
    KnownConsumer,
    KnownRequest,
    Signer,
    known_consumer,
    known_request,
    signer,
)
from api.oauth1.errors import BAD_CALLBACK, BAD_PARAMETERS, BAD_VERIFIER
from api.oauth1.signatures import METHODS

_LENGTHS: Final = (6, 64)
_LETTERS: Final = set(UNICODE_ASCII_CHARACTER_SET)
_NOBODYS_SECRET: Final = token_hex(16)


class Validator(RequestValidator):
    """What holds everywhere: oauthlib's own limits would refuse the old service's keys and the Ruby gem's nonces."""

    @property
    def allowed_signature_methods(self) -> tuple[str, ...]:
        return METHODS

    @property
    def safe_characters(self) -> set[str]:
        return _LETTERS  # oauthlib makes the set anew for each key

    @property
    def client_key_length(self) -> tuple[int, int]:
        return _LENGTHS

    request_token_length = access_token_length = nonce_length = client_key_length

    @property
    def timestamp_lifetime(self) -> int:
        return WINDOW

    def check_nonce(self, nonce: str) -> bool:
        """Tell whether this may be a nonce: a random string, of which no letters are named (RFC 5849 §3.3)."""
        return nonce.isascii() and nonce.isprintable() and _LENGTHS[0] <= len(nonce) <= _LENGTHS[1]

    def check_verifier(self, verifier: str) -> bool:
        return True  # it is compared

    def check_realms(self, realms: list[str]) -> bool:
        return True

    def get_default_realms(self, client_key: str, request: Any) -> list[str]:
        return []

    def validate_requested_realms(self, client_key: str, realms: list[str], request: Any) -> bool:
        return True

    def validate_realms(
        self, client_key: str, token: str, request: Any, uri: str | None = None, realms: list[str] | None = None
    ) -> bool:
        return True

    @property
    def dummy_client(self) -> str:
        return "nobody"

    dummy_request_token = dummy_access_token = dummy_client

    def validate_timestamp_and_nonce(  # noqa: PLR0917 - oauthlib's
        self,
        client_key: str,
        timestamp: Any,
        nonce: str,
        request: Any,
        request_token: str | None = None,
        access_token: str | None = None,
    ) -> bool:
        """Let it pass: a nonce is taken once its signature is known to be right, or strangers could fill the store."""
        return True

    def validate_client_key(self, client_key: str, request: Any) -> bool:
        request.known = self.look_up(client_key, request)
        return request.known is not None

    def get_rsa_key(self, client_key: str, request: Any) -> str:
        consumer = self.consumer_of(request.known)
        return (consumer.rsa_key if consumer else "") or _nobodys_key()

    def look_up(self, client_key: str, request: Any) -> Any:
        """Return who signs, with the secrets, or None."""
        raise NotImplementedError  # pragma: no cover - every place knows its own

    def consumer_of(self, known: Any) -> Any:
        """Return where the consumer's keys are in what was looked up, or None."""
        raise NotImplementedError  # pragma: no cover - every place knows its own


class RequestTokenValidator(Validator):
    """A consumer asks for a request token."""

    def look_up(self, client_key: str, request: Any) -> KnownConsumer | None:
        return known_consumer(key=client_key)

    def consumer_of(self, known: KnownConsumer | None) -> KnownConsumer | None:
        return known

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return request.known.secret if request.known else _NOBODYS_SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return _NOBODYS_SECRET  # there is no token yet to sign with

    def validate_redirect_uri(self, client_key: str, redirect_uri: Any, request: Any) -> bool:
        """Tell whether this consumer may name this callback (RFC 5849 §2.1); a legacy one may name none (wire §4)."""
        known: KnownConsumer | None = request.known
        if known is None:
            return False
        if not request.given.get("oauth_callback"):
            request.complaint = BAD_PARAMETERS
            return known.is_legacy
        request.complaint = BAD_CALLBACK
        return bool(redirect_uri == OOB or _may_send_to(redirect_uri, known))


class AccessTokenValidator(Validator):
    """A consumer exchanges the request token that its person has allowed."""

    def look_up(self, client_key: str, request: Any) -> KnownRequest | None:
        return known_request(consumer_key=client_key, key=request.resource_owner_key, now=request.now)

    def consumer_of(self, known: KnownRequest | None) -> KnownConsumer | None:
        return known.consumer if known else None

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return request.known.consumer.secret if request.known else _NOBODYS_SECRET

    def get_request_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return request.known.secret if request.known else _NOBODYS_SECRET

    def validate_request_token(self, client_key: str, token: str, request: Any) -> bool:
        return request.known is not None

    def validate_verifier(self, client_key: str, token: str, verifier: str, request: Any) -> bool:
        """Tell whether the verifier is right; a legacy consumer may leave it out (wire §4)."""
        known, given = cast("KnownRequest | None", request.known), request.given.get("oauth_verifier", "")
        request.complaint = BAD_VERIFIER
        if known is None or not given:
            return known is not None and not known.needs_verifier
        return hmac.compare_digest(given.encode(), known.verifier.encode())


class ResourceValidator(Validator):
    """A consumer asks for something of a person's."""

    def look_up(self, client_key: str, request: Any) -> Signer | None:
        return signer(consumer_key=client_key, key=request.resource_owner_key)

    def consumer_of(self, known: Signer | None) -> Signer | None:
        return known

    def get_client_secret(self, client_key: str, request: Any) -> str:
        return request.known.consumer_secret if request.known else _NOBODYS_SECRET

    def get_access_token_secret(self, client_key: str, token: str, request: Any) -> str:
        return request.known.secret if request.known else _NOBODYS_SECRET

    def validate_access_token(self, client_key: str, token: str, request: Any) -> bool:
        return request.known is not None


def _may_send_to(callback: str, consumer: KnownConsumer) -> bool:
    try:
        if consumer.callback:
            callback_pin(callback, registered=consumer.callback)
            return True
        callback_host(callback)
    except (BadCallback, CallbackNotPinned):
        return False
    return consumer.is_legacy


@cache
def _nobodys_key() -> str:
    """Return a public key whose other half nobody has."""
    public = generate_private_key(65537, 2048).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
