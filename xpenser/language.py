"""In which language a page speaks: the one that its reader chose, else the one that his browser asks for."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

_WIRES: Final = ("/api", "/oauth/", "/.well-known/", "/static/", "/healthz", "/readyz", "/metrics")
_PAGES: Final = ("/oauth/authorize", "/oauth/request_tokenauthorize")


class PageLanguage:
    """Speaks the reader's language on pages, and English on the wires, which old clients read word by word.

    Django's own middleware leaves its language to whatever the thread does next, and knows no reader.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_wire(request):
            return self.get_response(request)
        with translation.override(translation.get_language_from_request(request)):
            response = self.get_response(request)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                response.headers["Content-Language"] = translation.get_language()
                patch_vary_headers(response, ["Accept-Language"])
        return response

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, values: Any) -> None:
        """Look who reads, which is known by now."""
        speak_to_reader(request)


def speak_to_reader(request: HttpRequest) -> None:
    """Speak from now on what the reader of a page has chosen, if he has signed in and chosen something."""
    if not _is_wire(request) and request.user.is_authenticated and request.user.language:
        translation.activate(request.user.language)


def _is_wire(request: HttpRequest) -> bool:
    return request.path_info.startswith(_WIRES) and not request.path_info.startswith(_PAGES)
