"""What a request says in OAuth 1.0: its parameters, and the address that its client used (RFC 5849 §3.4.1).

Parameters are read here as the dialects read them, and not by oauthlib, which passes over a body or query that it
takes for malformed: what is not signed must not be read, either.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote

from django.conf import settings
from django.http import HttpRequest

from api.oauth1.errors import BAD_PARAMETERS, OAuthRefused
from api.parameters import MOST_FIELDS, FormParser

Pairs = list[tuple[str, str]]
_MARKS: Final = ("oauth_signature=", "oauth_consumer_key=")
# Commas are in realms only. What was read once is never tried otherwise (*+), or blanks would cost by their square.
_IN_A_HEADER: Final = re.compile(r'\s*+([^\s,="]++)\s*+=\s*+(?:"([^"]*+)"|([^\s,"]*+))\s*+(?:,|\Z)')
_IN_A_PATH: Final = "/~!$&'()*+,;=:@"  # RFC 3986 §3.3


class SignedRequest:
    """A request with the attributes that oauthlib's endpoints ask for; its own class takes as long as a signature.

    ``given``: the protocol parameters; ``params``: all that is signed; ``known``: what was looked up of who signs;
    ``complaint``: what a door has against it.
    """

    def __init__(self, address: str, method: str, *, params: Pairs, given: Mapping[str, str], now: datetime) -> None:
        self.uri = address
        self.http_method = method
        self.params = params
        self.given = self.oauth_params = given
        self.now = now
        self.signature = given.get("oauth_signature")
        self.client_key = given.get("oauth_consumer_key")
        self.resource_owner_key = given.get("oauth_token")
        self.nonce = given.get("oauth_nonce")
        self.timestamp = given.get("oauth_timestamp")
        self.redirect_uri = given.get("oauth_callback")
        self.verifier = given.get("oauth_verifier")
        self.signature_method = given.get("oauth_signature_method")
        self.realm = None  # whatever is named there is let in by the same rules
        self.realms: list[str] = []
        self.validator_log: dict[str, Any] = {}
        self.known: object = None
        self.complaint = ""


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


def signed_request(address: str, method: str, *, header: str, query: str, form: str, now: datetime) -> SignedRequest:
    """Return what is to be checked. Raises OAuthRefused where it can't be what a client signed."""
    try:
        pairs = [*_header_pairs(header), *_form_pairs(form), *_form_pairs(query)]
    except ValueError:
        raise OAuthRefused(BAD_PARAMETERS) from None
    protocol = [(name, value) for name, value in pairs if name.startswith("oauth_")]
    given = dict(protocol)
    if len(given) != len(protocol):  # RFC 5849 §3.2
        raise OAuthRefused(BAD_PARAMETERS)
    params = [pair for pair in pairs if pair[0] != "oauth_signature"]
    return SignedRequest(address, method, params=params, given=given, now=now)


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
        name, quoted, bare = match.groups()
        if name.lower() != "realm":
            pairs.append((_unescaped(name), _unescaped(quoted or bare or "")))
    return pairs


def _unescaped(text: str) -> str:
    return unquote(text, errors="strict") if "%" in text else text


def _form_pairs(text: str) -> Pairs:
    """Read a query or a form, in UTF-8 (RFC 5849 §3.6). Raises ValueError."""
    if not text:
        return []
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1", max_num_fields=MOST_FIELDS)
    return [(name.encode("latin-1").decode(), value.encode("latin-1").decode()) for name, value in pairs]
