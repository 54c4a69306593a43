"""What an address names, and is there no longer: deleted or merged in another tab, before this one or at its side."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from expenses.selectors import CategoryNotFound, TagNotFound, TypeNotFound


def of_what_is_there(*, back: str) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Let a view say that what it is about is gone, and lead ``back``, to the list of what there is.

    What is somebody else's was never there, and is answered alike.
    """

    def decorated(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, number: int) -> HttpResponse:
            try:
                return view(request, number)
            except (CategoryNotFound, Http404, TagNotFound, TypeNotFound):
                return render(request, "settings/gone.html", {"back": back}, status=HTTPStatus.NOT_FOUND)

        return answer

    return decorated
