"""What may stand in a body under OAuth 1.0, whose signature covers of bodies a form alone (RFC 5849 §3.4.1.3.1).

A body's fields beat the query's, so one that anybody on the way could put there would undo what was signed. The draft
"OAuth Request Body Hash" has a way to sign any body.
"""

import base64
import hashlib
from collections.abc import Mapping
from io import BytesIO
from typing import IO, Any, Final, cast

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from api.oauth1.errors import BAD_SIGNATURE, OAuthRefused
from api.oauth1.reading import SignedRequest
from api.parameters import BadBody, FormParser, MultiPartParser, Parameters

BODY_HASH: Final = "oauth_body_hash"
_TAKES_NO_FILES: Final = {"GET", "HEAD", "DELETE"}


def bodies_guard(request: Request, signed: SignedRequest) -> None:
    """Let the request's body be read as far as its signature allows, once somebody wants to read it.

    Raises OAuthRefused where a body was signed and none came.
    """
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if BODY_HASH in signed.given and not announced.strip("0"):
        _check(b"", signed)
    request.parsers = [_Guarded(parser, signed) for parser in request.parsers or ()]


class _Guarded(BaseParser):
    """Reads a body as another parser does. Raises OAuthRefused, and BadBody for what should have been signed."""

    def __init__(self, parser: BaseParser, signed: SignedRequest) -> None:
        self.parser, self.signed, self.media_type = parser, signed, parser.media_type

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Parameters:
        body = stream.read()  # the door has looked at its length
        is_hashed = BODY_HASH in self.signed.given
        if is_hashed:
            _check(body, self.signed)
        elif not self._may_be_unsigned():
            message = f"body: under OAuth 1.0 it needs an {BODY_HASH} that is signed with the rest; or send a form"
            raise BadBody(message)
        read = cast("Parameters", self.parser.parse(BytesIO(body), media_type, parser_context))
        if self.media_type == MultiPartParser.media_type and not is_hashed:
            _check_names(read, self.signed)
        return read

    def _may_be_unsigned(self) -> bool:
        if self.media_type == MultiPartParser.media_type:  # the protocol has no other way to send a receipt
            return self.signed.http_method not in _TAKES_NO_FILES
        return self.media_type == FormParser.media_type  # its fields are signed


def _check(body: bytes, signed: SignedRequest) -> None:
    """Raise OAuthRefused unless this body was signed, by the signature's own hash or by the draft's SHA-1."""
    _, _, name = (signed.signature_method or "").partition("-")
    kinds = {"sha1", name.lower()} & {"sha1", "sha256", "sha512"}
    hashes = {base64.b64encode(hashlib.new(kind, body).digest()).decode("ascii") for kind in kinds}
    if signed.given[BODY_HASH] not in hashes:
        raise OAuthRefused(BAD_SIGNATURE)


def _check_names(read: Parameters, signed: SignedRequest) -> None:
    """Raise BadBody where an unsigned field would stand in a signed one's place."""
    taken = {name for name, _ in signed.params}
    for name in (*read, *read.files):
        if name in taken or name.startswith("oauth_"):
            said = name if name.isprintable() else repr(name)
            message = (
                f"body: {said[:60]} is signed elsewhere, and must not stand in a multipart body, which is not signed"
            )
            raise BadBody(message)
