"""What OAuth 1.0 says when it says no: 401, a message as text, and its challenge (wire §4)."""

from http import HTTPStatus
from typing import Final

from django.http import HttpResponse
from rest_framework.exceptions import AuthenticationFailed

CHALLENGE: Final = 'OAuth realm="API"'
BAD_PARAMETERS: Final = "Invalid request parameters."
BAD_SIGNATURE: Final = "Invalid signature."
"""Also for an unknown consumer or token: which of them is wrong is not told, nor what was to be signed."""
USED_NONCE: Final = "Nonce already used."
BAD_CALLBACK: Final = "Invalid callback."
BAD_VERIFIER: Final = "Invalid verifier."
NEEDS_HTTPS: Final = "Https is needed for this."


class OAuthRefused(AuthenticationFailed):
    """A request that carried OAuth is not let in. The message may be shown."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def oauth_refusal(refused: OAuthRefused) -> HttpResponse:
    """Return the answer to what is refused, the same at every door: clients of OAuth show their users its text."""
    answer = HttpResponse(refused.message, status=HTTPStatus.UNAUTHORIZED, content_type="text/plain; charset=utf-8")
    answer.headers["WWW-Authenticate"] = CHALLENGE
    return answer
