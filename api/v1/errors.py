"""What v1.0 says when it says no: piston's words (wire §1.4), with the reason behind them where it helps."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from django.http import HttpResponse

from expenses.selectors import CategoryNotFound, ExpenseNotFound, ReceiptNotFound, TagNotFound
from reports.selectors import ReportNotFound

NOT_FOUND_ALONE: Final = (CategoryNotFound, ExpenseNotFound, ReceiptNotFound, ReportNotFound, TagNotFound)
"""A path that leads nowhere is answered by piston's two words and no more."""

_WORDS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.UNAUTHORIZED: "Authorization Required",
    HTTPStatus.CONFLICT: "Conflict/Duplicate",
}


def text_refusal(status: HTTPStatus, message: str) -> HttpResponse:
    """Return a no as plain text: the status in words, and the reason where there is one to give."""
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        body = message
    else:
        words = _WORDS.get(status, status.phrase)
        body = f"{words}: {message}" if message else words
    return HttpResponse(body, status=status, content_type="text/plain; charset=utf-8")
