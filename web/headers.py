"""What every page is sent with: the browser is to run, load, frame and keep nothing that was not meant."""

from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.shared import StoreAway
from accounts.throttled import Throttled
from expenses.files import FilesAway
from expenses.receipts import TooManyPictures
from xpenser.answers import Busy

# A click there gives access away, so it is never to be made through a page of somebody else's.
NEVER_FRAMED: Final = ("/accounts/", "/oauth/", "/operator/", "/settings/")
# What "busy.html" has words for; a file else.
_AWAITED: Final[Mapping[type[Exception], str]] = {
    Throttled: "sign-in", TooManyPictures: "picture", StoreAway: "store", FilesAway: "store",
}  # fmt: skip
PERMISSIONS: Final = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()"
)


def policy(request: HttpRequest, *, form_action: str = "'self'") -> str:
    """Return the Content-Security-Policy of a page: no inline scripts and styles, and all that is loaded is ours."""
    frames = " ".join(_frames(request)) or "'none'"
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        f"worker-src 'self'; manifest-src 'self'; form-action {form_action}; base-uri 'none'; frame-ancestors {frames}"
    )


class PageHeaders:
    """Adds the headers to every page, whichever door it comes from; one that a view has set stays."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            self._dress(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Ask for patience where passwords (design §4 "Slowed means refused unhashed"), pictures or files wait."""
        if not isinstance(exception, Throttled | Busy):
            return None
        context = {"seconds": exception.retry_after, "what": _AWAITED.get(type(exception), "file")}
        page = render(request, "busy.html", context, status=503)
        page.headers["Retry-After"] = str(exception.retry_after)
        return page

    def _dress(self, request: HttpRequest, response: HttpResponse) -> None:
        response.headers.setdefault("Content-Security-Policy", policy(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if _frames(request):
            del response.headers["X-Frame-Options"]  # it knows no list
        # Who has not looked at the session shows nothing of anybody's; and where that failed, it would again.
        if response.headers.get("Cache-Control") == "no-store":
            return
        session = getattr(request, "session", None)  # not there where no cookie came (xpenser.shortcut)
        if session is not None and session.accessed and request.user.is_authenticated:
            response.headers["Cache-Control"] = "no-store"


def _frames(request: HttpRequest) -> tuple[str, ...]:
    return () if request.path_info.startswith(NEVER_FRAMED) else settings.FRAME_ANCESTORS
