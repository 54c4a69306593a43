"""Recorded exchanges: one text file each, with its source, the request, ``---``, and the answer to the byte.

::

    # Source: S2, D
    # More about it, as many lines as it takes.
    GET /api/v1.0/expense/{lunch} HTTP/1.1
    Host: xpenser.com

    the body, if there is one
    ---
    HTTP/1.1 200 OK
    Content-Type: application/json; charset=utf-8

    the body

The letters are those of WIRE.md: documented, seen in a client, verified, inferred, guessed; a part of the answer that
is less sure than the rest follows behind a semicolon. The line break before ``---`` and the last of the file belong to
neither body. What differs from one database to the next stands in braces: ``{lunch}`` is the id of an expense in
``ledger.py``. Of the answer's headers those are compared that an old client can see: if one of them is not in the file,
it must not be in the answer either.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlsplit

from django.test import Client

FOLDER: Final = Path(__file__).parent / "exchanges"
SHOWN: Final = ("Content-Type", "WWW-Authenticate", "Allow", "Vary", "Retry-After", "Location")
_SURE: Final = "[DCVPG](/[DCVPG])*"
_SOURCE: Final = re.compile(rf"# Source: [SCBT][0-9]+(, [^;]+)?, {_SURE}(; [^;]+ {_SURE})*")
_PLACE: Final = re.compile(r"\{[a-z_]+\}")


class BadExchange(ValueError):
    """The file is not a recorded exchange; the message says why."""


class Exchange(NamedTuple):
    """A request and the answer to it, before and after names in braces were filled in."""

    source: str
    request: bytes
    answer: bytes

    @classmethod
    def read(cls, text: bytes) -> Self:
        """Take a file apart. Raises BadExchange, above all where it does not say where it comes from."""
        first, _, rest = text.partition(b"\n")
        if not _SOURCE.fullmatch(first.decode()):
            message = f"{first.decode()!r}: a first line like '# Source: S2, D' is wanted"
            raise BadExchange(message)
        while rest.startswith(b"#"):
            rest = rest.partition(b"\n")[2]
        request, found, answer = rest.partition(b"\n---\n")
        if not found or not answer.endswith(b"\n"):
            message = "a request, '---' and an answer are wanted, and a line break at the end"
            raise BadExchange(message)
        return cls(first.decode().removeprefix("# Source: "), request, answer[:-1])

    def filled(self, places: Mapping[str, bytes]) -> Self:
        """Return the exchange with the values of the names in braces."""
        return self._replace(request=_filled(self.request, places), answer=_filled(self.answer, places))


def play(request: bytes) -> bytes:
    """Send a request to the server, here in this process, and return its answer as a file would have it."""
    head, _, body = request.partition(b"\n\n")
    first, *lines = head.decode().split("\n")
    method, target, _ = first.split(" ")
    headers = dict(line.split(": ", 1) for line in lines)
    # An absolute target beats the Host header (RFC 9112, 3.2.2).
    parts = urlsplit(target)
    if parts.netloc:
        headers["Host"] = parts.netloc
        target = target.removeprefix(f"{parts.scheme}://{parts.netloc}")
    content_type = headers.pop("Content-Type", "")
    response = Client().generic(method, target, body, content_type=content_type, headers=headers)
    return _answer(response)


def _answer(response: Any) -> bytes:
    # Django's client closes the response when it has been read; once more would close the test's connection.
    body = b"".join(response) if response.streaming else response.content
    shown = [f"{name}: {response.headers[name]}\n" for name in SHOWN if name in response.headers]
    head = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\n{''.join(shown)}\n"
    return head.encode() + body


def _filled(text: bytes, places: Mapping[str, bytes]) -> bytes:
    for name, value in places.items():
        text = text.replace(b"{%s}" % name.encode(), value)
    if left := _PLACE.search(text.decode("latin-1")):
        message = f"{left[0]}: no such name"
        raise BadExchange(message)
    return text
