"""Who is calling: OAuth 1.0."""

from typing import cast

from rest_framework.request import Request

from access.scopes import Grant
from access.selectors.oauth1 import Signer
from access.services.oauth1 import access_use_note
from api.auth import Caller, Scheme, address_of, asked_at
from api.oauth1.bodies import bodies_guard
from api.oauth1.endpoints import RESOURCES
from api.oauth1.errors import CHALLENGE
from api.oauth1.reading import carries_oauth


class OAuth1Authentication(Scheme):
    """A signature (RFC 5849 §3), with its parameters in the header, the query or the form."""

    challenge = CHALLENGE

    def authenticate(self, request: Request) -> Caller | None:
        """Return whose ledger it is and how he was shown, or None where no OAuth came. Raises OAuthRefused."""
        if not self.is_carried(request):
            return None
        now = asked_at(request)
        signed = RESOURCES.signed(request._request, now=now)
        bodies_guard(request, signed)
        signer = cast("Signer", signed.known)
        access_use_note(signer=signer, now=now, address=address_of(request))
        return signer.account, Grant("oauth1")

    def is_carried(self, request: Request) -> bool:
        return carries_oauth(request._request)
