"""What the classic API says when it says no: an HTTP status, which a JSON answer repeats (wire §1.1, §7 row 24)."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

_WORDS: Final[Mapping[HTTPStatus, str]] = {
    HTTPStatus.UNAUTHORIZED: "Authorization Required",
}


def words(status: HTTPStatus, message: str) -> str:
    """Return a no in words: the status, and the reason where there is one to give."""
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return message
    phrase = _WORDS.get(status, status.phrase)
    return f"{phrase}: {message}" if message else phrase
