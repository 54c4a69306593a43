"""A program that speaks OAuth 2.0 with the server in this process, and the person who is asked."""

import base64
import hashlib
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth import get_user_model
from django.test import Client

from access.services.applications import NewApplication
from accounts.selectors import Account
from tests.access.oauth2 import CALLBACK, SCOPES
from tests.cast import FORM, basic

# RFC 7636 Appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class Tokens(NamedTuple):
    access: str
    refresh: str


class Program:
    """Knows its name, its secret if it has one, and where people come back to."""

    def __init__(self, application: NewApplication, redirect_uri: str = CALLBACK) -> None:
        self.application = application
        self.redirect_uri = redirect_uri
        self.client = Client()

    def question(self, **changes: str | None) -> dict[str, str]:
        """Return the fields of a good authorization request, with ``changes``; None leaves one out."""
        fields: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": SCOPES,
            "state": "a state",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def code(self, person: Account, **changes: str | None) -> str:
        """Return the code that comes with a person's yes."""
        return dict(parse_qsl(urlsplit(Person(person).answers(self.question(**changes))).query))["code"]

    def exchange(self, code: str, /, **changes: str | None) -> Any:
        """Return the answer to an exchange of ``code``, asked for well but for ``changes``."""
        return self.token(
            **{
                "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
                "code_verifier": VERIFIER, **changes,
            }
        )  # fmt: skip

    def refresh(self, refresh_token: str, /, **changes: str | None) -> Any:
        return self.token(**{"grant_type": "refresh_token", "refresh_token": refresh_token, **changes})

    def tokens(self, person: Account) -> Tokens:
        """Return an access token and a refresh token of a person's, by the whole way."""
        answer = self.exchange(self.code(person))
        assert answer.status_code == 200, answer.content
        return Tokens(answer.json()["access_token"], answer.json()["refresh_token"])

    def token(self, **fields: str | None) -> Any:
        return self.post("/oauth/token", **fields)

    def post(self, path: str, **fields: str | None) -> Any:
        """POST a form, and say who asks: by a secret in Basic, or by name alone."""
        given = {name: value for name, value in fields.items() if value is not None}
        headers = {}
        if self.application.client_secret is not None:
            headers["Authorization"] = basic(self.application.client_id, self.application.client_secret)
        elif "client_id" not in fields:
            given["client_id"] = self.application.client_id
        return self.client.post(path, urlencode(given), content_type=FORM, headers=headers)


class Person:
    """Has signed in, and answers."""

    def __init__(self, account: Account) -> None:
        self.client = Client()
        self.client.force_login(get_user_model().objects.get(pk=account.id))

    def sees(self, question: dict[str, str]) -> Any:
        return self.client.get("/oauth/authorize", question)

    def post(self, question: dict[str, str], answer: str) -> Any:
        """Press a button of the page, whose form comes back to the address at which the question stands."""
        return self.client.post(f"/oauth/authorize?{urlencode(question)}", {"answer": answer})

    def answers(self, question: dict[str, str], answer: str = "allow") -> str:
        """Return where the answer leads to."""
        response = self.post(question, answer)
        assert response.status_code == 303, response.content
        return str(response.headers["Location"])


def s256(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
