"""What a request says in OAuth 1.0: its parameters, and the address that its client used (RFC 5849 §3.4.1).

Parameters are read here as the dialects read them, and not by oauthlib, which passes over a body or query that it
takes for malformed: what is not signed must not be read, either.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from django.conf import settings
from django.http import HttpRequest
from oauthlib.common import Request

from api.oauth1.errors import BAD_PARAMETERS, OAuthRefused
from api.parameters import MOST_FIELDS, FormParser

Pairs = list[tuple[str, str]]
_MARKS: Final = ("oauth_signature=", "oauth_consumer_key=")
# Commas are in realms only. What was read once is never tried otherwise (*+), or blanks would cost by their square.
_IN_A_HEADER: Final = re.compile(
    r'\s*+(?P<name>[^\s,="]++)\s*+=\s*+(?:"(?P<quoted>[^"]*+)"|(?P<bare>[^\s,"]*+))\s*+(?:,|\Z)'
)
_IN_A_PATH: Final = "/~!$&'()*+,;=:@"  # RFC 3986 §3.3


class SignedRequest(Request):
    """A request in oauthlib's form, with the attributes that its endpoints ask for.

    ``given``: the protocol parameters; ``known``: what was looked up of who signs; ``complaint``: what a door has
    against it.
    """

    params: Pairs
    signature: str | None
    client_key: str | None
    resource_owner_key: str | None
    timestamp: str | None
    verifier: str | None
    signature_method: str | None
    realm: str | None
    given: Mapping[str, str]
    known: object
    now: datetime
    complaint: str = ""


def carries_oauth(request: HttpRequest) -> bool:
    """Tell whether a request tried OAuth 1.0, rightly or wrongly. Other credentials in its header beat it."""
    if header := request.META.get("HTTP_AUTHORIZATION"):
        return bool(header.partition(" ")[0].lower() == "oauth")
    return any(mark in text for text in (request.META.get("QUERY_STRING", ""), form_of(request)) for mark in _MARKS)


def address_of(request: HttpRequest) -> str:
    """Return the address that was asked for, without its query, as the client wrote it.

    Scheme and host are what EdgeMiddleware found out; the path comes decoded.
    """
    return f"{request.scheme}://{request.get_host()}{quote(request.path, safe=_IN_A_PATH)}"


def form_of(request: HttpRequest) -> str:
    """Return the body if it is a form, a byte in each character; one without a type is read as a form, so is signed."""
    kind = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    length = request.META.get("CONTENT_LENGTH") or "0"
    if kind not in {"", FormParser.media_type} or not (length.isascii() and length.isdigit()):
        return ""
    # One that is too long is refused once somebody is known to have sent it.
    is_read = 0 < int(length) <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return request.body.decode("latin-1").rstrip("\r\n") if is_read else ""


def signed_request(address: str, method: str, *, header: str, query: str, form: str) -> SignedRequest:
    """Return what is to be checked. Raises OAuthRefused where it can't be what a client signed."""
    try:
        pairs = [*_header_pairs(header), *_form_pairs(form), *_form_pairs(query)]
    except ValueError:
        raise OAuthRefused(BAD_PARAMETERS) from None
    protocol = [(name, value) for name, value in pairs if name.startswith("oauth_")]
    given = dict(protocol)
    if len(given) != len(protocol):  # RFC 5849 §3.2
        raise OAuthRefused(BAD_PARAMETERS)
    request = SignedRequest(address, method)  # type: ignore[arg-type]  # any method may be signed
    request.given = request.oauth_params = given  # type: ignore[assignment]  # its endpoints put a dict there
    request.params = [pair for pair in pairs if pair[0] != "oauth_signature"]
    request.signature = given.get("oauth_signature")
    request.client_key = given.get("oauth_consumer_key")
    request.resource_owner_key = given.get("oauth_token")
    request.nonce = given.get("oauth_nonce")
    request.timestamp = given.get("oauth_timestamp")
    request.redirect_uri = given.get("oauth_callback")
    request.verifier = given.get("oauth_verifier")
    request.signature_method = given.get("oauth_signature_method")
    request.realm = None  # whatever is named there is let in by the same rules
    return request


def _header_pairs(header: str) -> Pairs:
    """Read an Authorization header (RFC 5849 §3.5.1); its realm is no parameter. Raises ValueError."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() != "oauth":
        return []
    pairs, place, end = [], 0, len(rest.rstrip())
    while place < end:
        match = _IN_A_HEADER.match(rest, place)
        if match is None:
            raise ValueError(rest)
        place = match.end()
        if match["name"].lower() != "realm":
            pairs.append((_unescaped(match["name"]), _unescaped(match["quoted"] or match["bare"] or "")))
    return pairs


def _unescaped(text: str) -> str:
    return unquote(text, errors="strict") if "%" in text else text


def _form_pairs(text: str) -> Pairs:
    """Read a query or a form, in UTF-8 (RFC 5849 §3.6). Raises ValueError."""
    if not text:
        return []
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    return [(name.encode("latin-1").decode(), value.encode("latin-1").decode()) for name, value in pairs]
