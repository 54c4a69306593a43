"""Scripts of other sites' pages (CORS): they may call with a bearer token, which they must have, and with nothing else.

No cookie and no remembered password ever makes an answer readable to them: credentials are never allowed, so a browser
that adds some keeps the answer from the script.
"""

from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# The same for every path: a stranger must not be able to tell which there are.
_PREFLIGHT: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}
_ACTUAL: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After, WWW-Authenticate",
}


def is_preflight(request: HttpRequest) -> bool:
    """Tell whether a browser asks, on behalf of a script, if it may send an Authorization header.

    A browser never sends credentials with the question, so it is answered before anybody is asked who he is.
    """
    meta = request.META
    if request.method != "OPTIONS" or "HTTP_ORIGIN" not in meta or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in meta:
        return False
    headers = str(meta.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")).lower().split(",")
    return "authorization" in [header.strip() for header in headers]


def preflight_answer() -> HttpResponse:
    """Return the yes to such a question."""
    response = HttpResponse(status=HTTPStatus.NO_CONTENT, headers=_PREFLIGHT)
    del response.headers["Content-Type"]
    return response


def show_to_scripts(response: HttpResponseBase) -> None:
    """Let the script that sent a bearer token read the answer, the refusal of a wrong one too."""
    for name, value in _ACTUAL.items():
        response.headers[name] = value
