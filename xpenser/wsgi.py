"""The door that granian knocks at."""

import os
import re
from collections.abc import Callable, Iterable
from io import RawIOBase
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]


class _Announced(RawIOBase):
    """A body whose length is known. Reading one that ends before it raises ConnectionAbortedError.

    Granian ends a body in silence when its client goes away: what is left of "lunch 45" would be stored as "lunch 4".
    """

    def __init__(self, body: Any, length: int) -> None:
        self._body = body
        self._left = length

    def readinto(self, buffer: Any) -> int:
        piece = self._body.read(len(buffer))
        self._left -= len(piece)
        if len(piece) < len(buffer) and self._left > 0:
            message = f"{self._left} bytes of the body did not come"
            raise ConnectionAbortedError(message)
        buffer[: len(piece)] = piece
        return len(piece)


def with_whole_body(inner: Application) -> Application:
    """Let nobody take the beginning of a body for all of it."""

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        if not length.isdigit():
            return inner(environ, start_response)
        return inner({**environ, "wsgi.input": _Announced(environ["wsgi.input"], int(length))}, start_response)

    return outer


_BOUNDARY = re.compile(r';[ \t]*boundary=("[^"]*"|[^;]*)', re.IGNORECASE)


def with_plain_type(inner: Application) -> Application:
    """Leave of a Content-Type its type and boundary: Django and DRF raise on some of what else may stand there."""

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        sent = environ.get("CONTENT_TYPE", "")
        boundary = _BOUNDARY.search(sent)
        plain = sent.partition(";")[0].strip().lower() + (boundary[0] if boundary else "")
        return inner({**environ, "CONTENT_TYPE": plain}, start_response)

    return outer


def with_body_length(inner: Application) -> Application:
    """Give a chunked body a length: without one Django takes a body for empty.

    Of a body beyond the upload limit no more is read than shows that it is: Django then refuses it as too long.
    """

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not environ.get("HTTP_TRANSFER_ENCODING"):
            return inner(environ, start_response)
        with SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as body:
            while body.tell() <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE and (piece := environ["wsgi.input"].read(65536)):
                body.write(piece)
            length = body.tell()
            body.seek(0)
            return inner({**environ, "wsgi.input": body, "CONTENT_LENGTH": str(length)}, start_response)

    return outer


def with_answer_length(inner: Application) -> Application:
    """Hand an answer that is whole to granian as a list.

    It then sends a Content-Length instead of chunks, and keeps no thread for a client that is slow to read.
    """

    def outer(environ: Environ, start_response: Any) -> Iterable[bytes]:
        answer = inner(environ, start_response)
        if not isinstance(answer, HttpResponse):
            return answer
        answer.close()  # nothing is open in it, and granian does not close a list
        return [answer.content]

    return outer


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xpenser.settings")
application = with_whole_body(with_plain_type(with_body_length(with_answer_length(get_wsgi_application()))))
