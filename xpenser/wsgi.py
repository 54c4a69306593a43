"""The door that granian knocks at."""

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.http import HttpResponse

from xpenser.failures import DiskFull, is_disk_full

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

logger = logging.getLogger(__name__)

_PIECE = 1 << 16
HEARD_OUT = 8 << 20
"""Bytes beyond the upload limit that are still read, and not kept."""


def with_whole_body(inner: Application) -> Application:
    """Read a body to its end before anybody is asked anything, and keep it up to one byte beyond the upload limit.

    A client that is still sending would miss the answer, and a proxy tell its caller that the server broke; beyond
    HEARD_OUT they do. A thread that waits for a client must not hold a connection to the database meanwhile. Granian
    ends a body in silence when its client goes away: what is left of "lunch 45" would be stored as "lunch 4". A chunked
    body gets a length: without one Django takes it for empty.
    """

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        chunked, length = bool(environ.get("HTTP_TRANSFER_ENCODING")), environ.get("CONTENT_LENGTH", "")
        if not chunked and not (length.isascii() and length.isdigit()):
            return inner(environ, start_response)
        beyond = settings.MAX_UPLOAD_BYTES + 1
        announced = beyond + HEARD_OUT if chunked else int(length)
        pieces = _pieces(environ["wsgi.input"], min(announced, beyond + HEARD_OUT))
        try:
            with SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
                for piece in pieces:
                    body.write(piece[: beyond - body.tell()])
                came = body.tell()
                if came < min(announced, beyond) and not chunked:
                    return _refused("400 Bad Request", _cut_off(min(announced, beyond) - came), start_response)
                body.seek(0)  # what is not in the file yet is from here on
                told = str(came) if chunked else length
                return inner({**environ, "wsgi.input": body, "CONTENT_LENGTH": told}, start_response)
        except OSError as problem:
            if not is_disk_full(problem):
                raise
        logger.error("a body can't be kept: the disk is full")
        for _ in pieces:  # who is still sending would miss the answer
            pass
        return _refused("507 Insufficient Storage", f"Insufficient Storage: {DiskFull()}", start_response)

    return outer


def _pieces(stream: Any, wanted: int) -> Iterator[bytes]:
    while wanted and (piece := stream.read(min(wanted, _PIECE))):
        wanted -= len(piece)
        yield piece


def _cut_off(missing: int) -> str:
    return f"Bad Request: body: the last {missing} bytes did not come"


def _refused(status: str, said: str, start_response: Any) -> list[bytes]:
    body = said.encode()
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return [body]


_BOUNDARY = re.compile(r';[ \t]*boundary=("[^"]*"|[^;]*)', re.IGNORECASE)


def with_plain_type(inner: Application) -> Application:
    """Leave of a Content-Type its type and boundary: Django and DRF raise on some of what else may stand there."""

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        sent = environ.get("CONTENT_TYPE", "")
        boundary = _BOUNDARY.search(sent)
        plain = sent.partition(";")[0].strip().lower() + (boundary[0] if boundary else "")
        return inner({**environ, "CONTENT_TYPE": plain}, start_response)

    return outer


def with_answer_length(inner: Application) -> Application:
    """Hand an answer that is whole to granian as a list.

    It then sends a Content-Length instead of chunks, and keeps no thread for a client that is slow to read.
    """

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer = inner(environ, start_response)
        if not isinstance(answer, HttpResponse):
            close_old_connections()  # a client that is slow to read must not keep one from others
            return answer
        answer.close()  # nothing is open in it, and granian does not close a list
        return [answer.content]

    return outer


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xpenser.settings")
application = with_whole_body(with_plain_type(with_answer_length(get_wsgi_application())))
