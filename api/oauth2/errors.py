"""What the endpoints of OAuth 2.0 say, and what they say when they say no (RFC 6749 §5.1, §5.2)."""

import json
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from xpenser.answers import Busy
from xpenser.failures import DiskFull

# A parameter that may come more than once (RFC 8707 §2); of any other RFC 6749 §3.2 forbids it.
_REPEATED = "resource"


def answer(body: str, status: int) -> HttpResponse:
    """Return what an endpoint says, for nobody to keep (RFC 6749 §5.1).

    A page of any site may read it: it brings no cookie, so it learns no more than the program on its server would.
    """
    response = HttpResponse(body, status=status, content_type="application/json")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    response.headers["Access-Control-Allow-Origin"] = "*"
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Basic realm="OAuth"'
    return response


def refusal(error: str, description: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> HttpResponse:
    """Return a no in the form of RFC 6749 §5.2."""
    return answer(json.dumps({"error": error, "error_description": description}), status)


def unavailable(failure: Busy | DiskFull) -> HttpResponse:
    """Return what is said where there is too much to do, or no room left (RFC 6749 §4.1.2.1 has the word)."""
    if isinstance(failure, DiskFull):
        return refusal("temporarily_unavailable", str(failure), HTTPStatus.INSUFFICIENT_STORAGE)
    said = refusal("temporarily_unavailable", str(failure), HTTPStatus.SERVICE_UNAVAILABLE)
    said.headers["Retry-After"] = str(failure.retry_after)
    return said


def unreadable(request: HttpRequest) -> HttpResponse | None:
    """Return what is answered to a request that is no plain form, or None where it is one.

    What an address holds ends up in logs, so nothing is read from it.
    """
    if request.META.get("QUERY_STRING"):
        return refusal("invalid_request", "nothing is read from the address; send a form in the body")
    if request.content_type != "application/x-www-form-urlencoded":
        return refusal("invalid_request", "a form (application/x-www-form-urlencoded) is wanted")
    for name, values in request.POST.lists():
        if len(values) > 1 and name != _REPEATED:
            return refusal("invalid_request", f"{name[:40]!a}: once is enough")
        if any("\0" in text for text in (name, *values)):
            return refusal("invalid_request", f"{name[:40]!a}: text without NUL characters is wanted")
    return None
