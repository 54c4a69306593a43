"""Where a person is sent back to when he has answered a program: addresses, compared and put together safely."""

import re
from typing import Final, NamedTuple
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from accounts.sentences import sentence

LONGEST: Final = 2000
OOB: Final = "oob"
"""Out of band: there is no address, and the person takes the verifier to the program himself (RFC 5849 §2.1)."""
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[a-f0-9]*:[a-f0-9:.]+", re.ASCII)


class BadCallback(ValueError):
    """This is no address that a person can be sent back to. The message may be shown."""

    def __init__(self, callback: str) -> None:
        super().__init__(
            sentence(
                "callback %(callback)s: an address like https://example.com/callback is wanted",
                callback=repr(callback[:80]),
            )
        )


class CallbackNotPinned(ValueError):
    """A callback is none of those that its program registered. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("the program asks to send you to an address that it did not register"))


class _Place(NamedTuple):
    scheme: str
    host: str
    port: int
    path: str


def callback_checked(callback: str) -> str:
    """Return an address that may be registered: http or https, without query and fragment. Raises BadCallback."""
    parts = _parts(callback)
    if parts.query or "?" in callback:
        raise BadCallback(callback)
    return callback


def callback_host(callback: str) -> str:
    """Return the host of an address, with its port where one is written, as a person should see it."""
    return _parts(callback).netloc.lower()


def callback_pin(callback: str, *, registered: str) -> None:
    """Raise CallbackNotPinned unless ``callback`` is at the registered address or below it, at a slash.

    Scheme, host and port must be the same; what is in the query is the program's own. Raises BadCallback.
    """
    place, pinned = _place(callback), _place(registered)
    below = pinned.path if pinned.path.endswith("/") else f"{pinned.path}/"
    if place[:3] != pinned[:3] or not (place.path == pinned.path or place.path.startswith(below)):
        raise CallbackNotPinned


def callback_with(callback: str, **fields: str) -> str:
    """Return the address with fields added to its query, whatever is in it already. Raises BadCallback."""
    separator = "&" if _parts(callback).query else "?"
    if callback.endswith(("?", "&")):
        separator = ""
    return f"{callback}{separator}{urlencode(fields, quote_via=quote)}"


def _place(callback: str) -> _Place:
    parts = _parts(callback)
    return _Place(parts.scheme, parts.hostname or "", parts.port or _PORTS[parts.scheme], parts.path or "/")


def _parts(callback: str) -> SplitResult:
    """Take an address apart. What browsers and this parser might read differently is refused. Raises BadCallback."""
    plain = len(callback) <= LONGEST and callback.isascii() and callback.isprintable()
    if not plain or any(character in callback for character in ' \\#"<>'):
        raise BadCallback(callback)
    try:
        parts = urlsplit(callback)
        whole = parts.scheme in _PORTS and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        whole = False
    if not whole or _climbs(parts.path) or "@" in parts.netloc:
        raise BadCallback(callback)
    return parts


def _climbs(path: str) -> bool:
    """Tell whether a browser, or a server that decodes once more than it should, may leave a path by its dots.

    A browser resolves them before it asks: /callback/../elsewhere is not below /callback. Servers find slashes and
    parameters among what they decoded, and some decode twice.
    """
    once = unquote(path)
    return any(
        "\\" in text or any(segment.partition(";")[0] in {".", ".."} for segment in text.split("/"))
        for text in (once, unquote(once))
    )
