"""Who is calling: HTTP Basic."""

import base64
import binascii
from datetime import UTC, datetime

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.scopes import Grant
from accounts.attempts import WrongPassword
from accounts.passwords import account_with
from accounts.selectors import Account


class BasicAuthentication(BaseAuthentication):
    """E-mail address and password by HTTP Basic (wire §1.0.6)."""

    def authenticate(self, request: Request) -> tuple[Account, Grant] | None:
        """Return the account and how it was shown, or None where no Basic credentials came.

        Raises AuthenticationFailed for wrong ones, and for what can't be read as credentials.
        """
        scheme, _, encoded = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        email, password = _read(encoded.strip())
        try:
            account = account_with(
                email=email, password=password, address=request.META["REMOTE_ADDR"], now=datetime.now(UTC)
            )
        except WrongPassword:
            raise AuthenticationFailed from None
        return account, Grant("basic")


def _read(encoded: str) -> tuple[str, str]:
    try:
        octets = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise AuthenticationFailed from None
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    email, colon, password = text.partition(":")
    if not colon or "\0" in text:
        raise AuthenticationFailed
    return email, password
