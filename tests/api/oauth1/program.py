"""A program that speaks OAuth 1.0 to Django's test client, signing as oauthlib's client does."""

from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import parse_qs

from django.test import Client
from oauthlib.oauth1 import Client as Signing

from access.services.consumers import NewConsumer
from access.services.oauth1 import NewToken
from tests.cast import FORM

HOST = "localhost:8000"


@dataclass
class Program:
    """``token``: what it signs with, once it has it. ``choices``: what of oauthlib's defaults a test changes."""

    consumer: NewConsumer
    token: NewToken | None = None
    choices: dict[str, Any] = field(default_factory=dict)
    scheme: str = "http"
    host: str = HOST

    def signed(self, method: str, path: str, body: str | None = None, **choices: Any) -> dict[str, Any]:
        """Return a signed request as the arguments of Django's ``Client.generic``; it can be sent once."""
        token = {} if self.token is None else {
            "resource_owner_key": self.token.key, "resource_owner_secret": self.token.secret,
        }  # fmt: skip
        signing = Signing(
            self.consumer.key, **{"client_secret": self.consumer.secret, **token, **self.choices, **choices}
        )
        headers = {} if body is None else {"Content-Type": FORM}
        signed = signing.sign(f"{self.scheme}://{self.host}{path}", cast("Any", method), body, headers)
        address, headers, body = signed
        return {
            "method": method,
            "path": address.removeprefix(f"{self.scheme}://{self.host}"),
            "data": body or "",
            "content_type": headers.pop("Content-Type", "application/octet-stream"),
            "headers": {"Host": self.host, **headers},
            "secure": self.scheme == "https",
        }

    def ask(self, method: str, path: str, body: str | None = None, **choices: Any) -> Any:
        return Client().generic(**self.signed(method, path, body, **choices))

    def get(self, path: str, **choices: Any) -> Any:
        return self.ask("GET", path, **choices)

    def post(self, path: str, body: str | None = None, **choices: Any) -> Any:
        return self.ask("POST", path, body, **choices)


def token_in(response: Any) -> NewToken:
    """Return the token that an answer gives out."""
    assert (response.status_code, response["Content-Type"]) == (200, FORM), response.content
    fields = parse_qs(response.content.decode(), strict_parsing=True)
    return NewToken(fields["oauth_token"][0], fields["oauth_token_secret"][0])


def refusal(response: Any) -> tuple[int, str]:
    """Return status and text of a no, which must be said in OAuth's way."""
    assert response["WWW-Authenticate"] == 'OAuth realm="API"'
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return response.status_code, response.content.decode()
