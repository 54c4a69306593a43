"""What views about one report share."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from reports.selectors import ReportNotFound
from web.account import owner


def of_a_report(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a view the person and the id of a report; what is somebody else's does not exist."""

    @wraps(view)
    def answer(request: HttpRequest, number: int, **parts: str) -> HttpResponseBase:
        try:
            return view(request, owner(request), number, **parts)
        except ReportNotFound:
            raise Http404 from None

    return answer
