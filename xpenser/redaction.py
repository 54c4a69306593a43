"""What no line of the log may tell: what a request brought, the server's own secrets, and whatever looks like a key.

A message is ours, but the reason in it often is not: drivers and libraries quote the value, the address or the row
that they stumbled over. Operators need the reason, so only the value goes.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote_plus, urlsplit

from django.conf import settings
from django.http import HttpRequest

MASK: Final = "[…]"
SHORTEST: Final = 4
"""Letters of a value that is looked for. A shorter one stands in every other word."""
_SURE: Final = 8
"""What has so many goes wherever it stands; a shorter one only as a word of its own."""
LONGEST: Final = 50_000
"""Letters of a message that are told: what is longer quotes a body, and to look through it takes long."""
_WORK: Final = 2_000_000
"""Letters of a message times values to look for. Who sends thousands of values may lead to a long message, too."""
_TOLD: Final = 1_000
"""Letters of a message that are told, whatever came."""

# What stands in these is no secret, and is what messages speak of.
_PUBLIC: Final = {
    "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_ACCEPT_LANGUAGE", "HTTP_CONNECTION", "HTTP_HOST", "HTTP_USER_AGENT",
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID",
}  # fmt: skip
# What nobody closed goes to the end: to look for the mark that closes it from each one anew takes seconds.
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*+)"?', re.DOTALL)
# The driver of PostgreSQL quotes the whole row that a constraint refuses, and the values of a key that is taken.
_DETAIL: Final = re.compile(r"^(DETAIL: ).*", re.MULTILINE)
_USER_OF_URL: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://)[^/\s@]+@", re.IGNORECASE)
_QUERY_OF_URL: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://[^\s?#'\"]+)[?#][^\s'\"]+", re.IGNORECASE)
_RECEIPT: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\.[A-Za-z])")
_WORD: Final = re.compile(r"[\w-]{16,}", re.ASCII)
# So many letters and digits in a row, and a digit among them: no name of ours, nor of a constraint, has them.
_RANDOM: Final = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}")


def redacted(text: str, request: HttpRequest | None) -> str:
    """Return a message without what it should not tell. ``request`` is the one that led to it, if one did."""
    values = {*_own()} if request is None else {*_own(), *_brought(request)}
    said = _cut(text, min(LONGEST, max(_TOLD, _WORK // len(values))))
    folded = said.casefold()
    spelt = {each for value in values for each in _spellings(value) if each.casefold() in folded}
    for each in sorted(spelt, key=len, reverse=True):
        said = _without(each, said)
    said = _DETAIL.sub(rf"\1{MASK}", said)
    said = _QUERY_OF_URL.sub(rf"\1{MASK}", _USER_OF_URL.sub(rf"\1{MASK}@", said))
    said = _RECEIPT.sub(MASK, said)
    return _WORD.sub(lambda word: MASK if _RANDOM.search(word[0]) else word[0], said)


def _cut(text: str, longest: int) -> str:
    """Return the beginning of a text that is longer, up to a space: half a value would not be known for one."""
    return text if len(text) <= longest else text[:longest].rpartition(" ")[0] + MASK


def _without(value: str, text: str) -> str:
    pattern = re.escape(value) if len(value) >= _SURE else rf"(?<!\w){re.escape(value)}(?!\w)"
    return re.sub(pattern, MASK, text, flags=re.IGNORECASE)


def _spellings(value: str) -> Iterator[str]:
    """Give a value as messages may spell it: as it is, in an address, and as Python writes text and bytes."""
    if len(value) >= SHORTEST:
        octets = value.encode(errors="surrogatepass")
        yield from (value, quote(octets), quote(octets, safe=""), quote_plus(octets))
        yield from (repr(value)[1:-1], ascii(value)[1:-1], repr(octets)[2:-1])
        # Inside of what has both marks of quotation, the one is escaped.
        yield from (repr(f"{value}'\"")[1:-4], repr(octets + b"'\"")[2:-4])


def _own() -> Iterator[str]:
    """Give the secrets that the operator gave this server, and its key."""
    yield from (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    yield from (settings.METRICS_TOKEN, settings.EMAIL_HOST_PASSWORD or "", settings.ENV.password)
    yield from (str(database.get("PASSWORD", "")) for database in settings.DATABASES.values())
    yield urlsplit(settings.REDIS_URL).password or ""
    yield settings.ENV.oidc.client_secret if settings.ENV.oidc else ""
    yield settings.ENV.receipts_s3.secret if settings.ENV.receipts_s3 else ""


def _brought(request: HttpRequest) -> Iterator[str]:
    """Give what a request brought. Nothing is read for it that was not read already."""
    for name, value in request.META.items():
        if name.startswith("HTTP_") and name not in _PUBLIC:
            yield value
            yield from _of_address(value)
    yield from _of_credentials(request.META.get("HTTP_AUTHORIZATION", ""))
    yield from _values(request.META.get("HTTP_COOKIE", "").split("; "))
    yield from _of_query(request.META.get("QUERY_STRING", ""))
    yield from _of_path(request)
    yield from _of_body(request)


def _of_address(text: str) -> Iterator[str]:
    """Give what may be a key in a header that tells an address, such as the page before, and its query."""
    path, _, query = text.partition("?")
    yield from (part for part in path.split("/") if not part.isalpha())
    yield from _of_query(query)


def _of_credentials(header: str) -> Iterator[str]:
    """Give what an Authorization header holds: a token, pairs of OAuth 1.0, or the halves of what Basic encodes."""
    shown = header.partition(" ")[2].strip()
    yield shown
    yield from _values(pair.replace('"', "") for pair in re.split(r"[\s,]+", shown))
    with suppress(binascii.Error, ValueError):
        octets = base64.b64decode(shown, validate=True)
        for text in (octets.decode(errors="replace"), octets.decode("latin-1")):
            yield from (text, *text.split(":", 1))


def _of_query(query: str) -> Iterator[str]:
    yield from (query, unquote_plus(query))
    yield from _values(query.split("&"))


def _values(pairs: Iterable[str]) -> Iterator[str]:
    """Give the values of ``name=value``, and what has no name, as they came and as they are meant."""
    for pair in pairs:
        name, equals, value = pair.partition("=")
        told = value if equals else name
        yield from (told, unquote_plus(told))


def _of_path(request: HttpRequest) -> Iterator[str]:
    """Give what a route leaves open, which may be a key; where nothing led anywhere, what is no plain word."""
    found = request.resolver_match
    if found is None:
        yield from _of_address(request.path)
    else:
        yield from (value for value in found.kwargs.values() if isinstance(value, str))


def _of_body(request: HttpRequest) -> Iterator[str]:
    """Give the values of a form, of JSON, or of the parts of a body in several, as far as messages are long."""
    form: Any = getattr(request, "_post", {})  # Django's, or what a parser of the wires has left there
    yield from form.values()
    text = _body(request).decode(errors="replace")
    yield from _values(text.split("&"))
    yield from text.splitlines()
    yield from _QUOTED.findall(text)
    yield from text.split('"')  # a value with such a mark in it, unescaped, would hide what comes behind it


def _body(request: HttpRequest) -> bytes:
    """Return the beginning of a body. To ask Django for it would read one that is for somebody else to read."""
    kept = request.META.get("wsgi.input")
    if not isinstance(kept, SpooledTemporaryFile):  # xpenser.wsgi keeps those that have a length
        return b""
    at = kept.tell()
    kept.seek(0)
    begins = kept.read(LONGEST)
    kept.seek(at)
    return bytes(begins)
