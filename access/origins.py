"""What a site is: scheme, host and port (RFC 6454)."""

import re
from typing import Final
from urllib.parse import urlsplit

from accounts.sentences import sentence

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[a-f0-9.]*:[a-f0-9.:]+")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LONGEST: Final = 300


class BadOrigin(ValueError):
    """This is no site. The message may be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(
            sentence(
                "site %(text)s: an address like https://intranet.example.com is wanted, without a path",
                text=repr(text[:80]),
            )
        )


def read_origin(text: str) -> str:
    """Return the origin that a person typed, as browsers write it. Raises BadOrigin."""
    text = text.strip().lower()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise BadOrigin(text) from None
    is_bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host) or not is_bare or len(text) > _LONGEST:
        raise BadOrigin(text)
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{_port(parts.scheme, port)}"


def origin_of(address: str) -> str | None:
    """Return the origin of a page's address, or None where it has none."""
    try:
        parts = urlsplit(address)
        return read_origin(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, BadOrigin):
        return None


def _port(scheme: str, port: int | None) -> str:
    return "" if port in {None, _DEFAULT_PORTS[scheme]} else f":{port}"
