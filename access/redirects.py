"""Where a program that speaks OAuth 2.0 may have people sent back to (RFC 8252, RFC 9700)."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from accounts.sentences import sentence

LONGEST: Final = 2000
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
_PRINTABLE: Final = re.compile(r"[!-~]+")
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+")
# A scheme of one's own is a domain name reversed, so it has a dot (RFC 8252 §7.1); javascript: and data: have none.
_OWN_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
_PORT: Final = re.compile(r"^(http://(?:127\.0\.0\.1|\[::1\])):[0-9]{1,5}(?=[/?]|$)")


class BadRedirect(ValueError):
    """An address can't be registered to send people back to. The message may be shown."""

    def __init__(self, uri: str, wanted: str) -> None:
        super().__init__(sentence("redirect address %(uri)s: %(wanted)s", uri=repr(uri[:200]), wanted=wanted))


def redirect_check(uri: str, *, is_confidential: bool) -> None:
    """Raise BadRedirect where people can't safely be sent to ``uri`` with a code.

    Plain http is for programs on the person's own machine only (RFC 9700 §2.1), also where this server itself speaks
    it: what is registered outlives the day on which the operator switches to https.
    """
    if len(uri) > LONGEST or not _PRINTABLE.fullmatch(uri) or "*" in uri or "#" in uri or "\\" in uri:
        raise BadRedirect(uri, sentence("one address of at most 2000 ASCII characters, without #, * and \\, is wanted"))
    try:
        parts = urlsplit(uri)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise BadRedirect(uri, sentence("an address like https://app.example/callback is wanted")) from None
    # What comes out otherwise than it went in is not the address that the program waits at.
    if urlunsplit(parts) != uri or ":///" in uri or "@" in parts.netloc:
        raise BadRedirect(uri, sentence("an address in its plain form, lower case and without a user, is wanted"))
    if parts.scheme in {"https", "http"}:
        _check_web(uri, parts.scheme, host)
    elif not _OWN_SCHEME.fullmatch(parts.scheme):
        raise BadRedirect(
            uri, sentence("https, or an app's own scheme with a dot in it like com.example.app:/, is wanted")
        )
    elif is_confidential:
        raise BadRedirect(uri, sentence("an app's own scheme is for programs that hold no secret"))


def _check_web(uri: str, scheme: str, host: str) -> None:
    if not _HOST.fullmatch(host) or host not in uri:
        raise BadRedirect(uri, sentence("a host name in lower case is wanted"))
    if scheme == "http" and host not in _LOOPBACK | {"localhost"}:
        raise BadRedirect(uri, sentence("https is wanted; plain http is for 127.0.0.1, [::1] and localhost only"))


def redirect_matches(uri: str, registered: Iterable[str], *, is_confidential: bool) -> bool:
    """Tell whether ``uri`` is one of those registered, character for character (RFC 9700 §2.1).

    A program without a secret gets its port on the loopback address from the system, so any will do (RFC 8252 §7.3).
    """
    addresses = set(registered)
    if uri in addresses:
        return True
    if is_confidential or not _PORT.match(uri):
        return False
    return _PORT.sub(r"\1", uri) in {_PORT.sub(r"\1", address) for address in addresses}


def redirect_target(uri: str) -> str:
    """Return where ``uri`` leads, in a word for the person who is asked: a host, or the scheme of an app."""
    parts = urlsplit(uri)
    return parts.netloc if parts.scheme in {"https", "http"} else f"{parts.scheme}:"
