"""requests-oauthlib signs in by OAuth 2.0 and works, as a program of today would."""

import html
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.cast import PASSWORD
from tests.live import LiveServer

pytestmark = pytest.mark.once

SITE = "https://app.example/callback"
APP = "http://127.0.0.1:51004/callback"
SCOPES = ["expenses:read", "expenses:write"]
_REGISTER = """
import json
from django.utils import timezone
from access.services.applications import application_register
from accounts.selectors import account
for uri, is_confidential in (("http://127.0.0.1/callback", False), ({site!r}, True)):
    new = application_register(
        user_id=account(email={email!r}).id, name="Tally", redirect_uris=[uri], is_confidential=is_confidential,
        now=timezone.now(),
    )
    print(json.dumps([new.client_id, new.client_secret]))
"""


class Registered(NamedTuple):
    client_id: str
    client_secret: str | None
    redirect_uri: str

    @property
    def auth(self) -> HTTPBasicAuth | None:
        return HTTPBasicAuth(self.client_id, self.client_secret) if self.client_secret else None


@pytest.fixture(scope="module")
def registered(tls_server: LiveServer) -> dict[str, Registered]:
    made = tls_server.manage("shell", "-c", _REGISTER.format(site=SITE, email=tls_server.newcomer()))
    assert made.returncode == 0, made.stderr
    app, site = (json.loads(line) for line in made.stdout.splitlines()[-2:])
    return {"app": Registered(app[0], app[1], APP), "site": Registered(site[0], site[1], SITE)}


@pytest.fixture(params=["app", "site"])
def program(request: pytest.FixtureRequest, registered: dict[str, Registered]) -> Registered:
    return registered[request.param]


@pytest.fixture
def session(tls_server: LiveServer, program: Registered) -> Iterator[OAuth2Session]:
    with OAuth2Session(program.client_id, redirect_uri=program.redirect_uri, scope=SCOPES, pkce="S256") as session:
        trust(session, tls_server)
        yield session


def trust(session: requests.Session, server: LiveServer) -> None:
    session.verify = str(server.ca)
    session.trust_env = False  # REQUESTS_CA_BUNDLE would win


class Person:
    """Sits at a browser without scripts, and has an account that nobody used before."""

    def __init__(self, server: LiveServer) -> None:
        self.server = server
        self.email = server.newcomer()
        self.browser = requests.Session()
        trust(self.browser, server)

    def says_yes(self, address: str) -> str:
        """Sign in on the way to ``address``, allow what is asked there, and return where that leads."""
        page = self.browser.get(address)
        if urlsplit(page.url).path == "/accounts/login/":
            page = self._submit(page, login=self.email, password=PASSWORD)
        assert "asks to act for you" in page.text
        answer = self._submit(page, answer="allow")
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    def _submit(self, page: requests.Response, **fields: str) -> requests.Response:
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', page.text))
        action = html.unescape(re.findall(r'<form method="post" action="([^"]*)"', page.text)[0])
        return self.browser.post(
            f"{self.server.public_url}{action}",
            {name: html.unescape(value) for name, value in hidden.items()} | fields,
            headers={"Referer": page.url},
            allow_redirects="login" in fields,
        )


def signed_in(session: OAuth2Session, program: Registered, person: Person) -> dict[str, Any]:
    address, state = session.authorization_url(f"{person.server.public_url}/oauth/authorize")
    answer = dict(parse_qsl(urlsplit(person.says_yes(address)).query))
    assert (answer["state"], answer["iss"]) == (state, person.server.public_url)
    return exchanged(session, program, person.server, answer["code"])


def exchanged(session: OAuth2Session, program: Registered, server: LiveServer, code: str) -> dict[str, Any]:
    token: dict[str, Any] = session.fetch_token(
        f"{server.url}/oauth/token",
        code=code,
        client_secret=program.client_secret,
        include_client_id=program.client_secret is None,
    )
    return token


def test_it_works(tls_server: LiveServer, session: OAuth2Session, program: Registered) -> None:
    person = Person(tls_server)
    api = f"{tls_server.url}/api/v1.0"

    token = signed_in(session, program, person)
    made = session.post(f"{api}/expense/", {"q": "lunch 45 with jack #clientx"})

    assert (token["scope"], made.status_code) == (SCOPES, 200)
    assert "lunch" in session.get(f"{api}/expenses/?report=*").text
    assert session.get(f"{api}/reports/").status_code == 403
    assert session.get(f"{tls_server.url}/api/expenses/?format=json").status_code == 200

    before = token["access_token"]
    session.refresh_token(f"{tls_server.url}/oauth/token", client_id=program.client_id, auth=program.auth)

    assert session.access_token != before
    assert session.get(f"{api}/expenses/").status_code == 200
    assert bearer(tls_server, before) == {401}

    fields = {"token": session.access_token, "client_id": program.client_id}
    revoked = requests.post(f"{tls_server.url}/oauth/revoke", fields, verify=str(tls_server.ca), auth=program.auth)

    assert revoked.status_code == 200
    assert bearer(tls_server, session.access_token) == {401}


def test_a_closed_account_is_closed_in_every_process(
    tls_server: LiveServer, session: OAuth2Session, program: Registered
) -> None:
    person = Person(tls_server)
    token = signed_in(session, program, person)["access_token"]
    assert bearer(tls_server, token) == {200}

    tls_server.sql(f"UPDATE accounts_user SET is_active = NOT is_active WHERE email = '{person.email}'")

    assert bearer(tls_server, token) == {401}


def test_of_all_who_come_with_a_code_at_once_one_gets_tokens_that_do_not_last(
    tls_server: LiveServer, session: OAuth2Session, program: Registered
) -> None:
    person, start = Person(tls_server), Barrier(8)
    address, _ = session.authorization_url(f"{tls_server.public_url}/oauth/authorize")
    verifier: str = vars(session)["_code_verifier"]
    code = dict(parse_qsl(urlsplit(person.says_yes(address)).query))["code"]
    fields = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": program.redirect_uri,
        "code_verifier": verifier, "client_id": program.client_id,
        **({"client_secret": program.client_secret} if program.client_secret else {}),
    }  # fmt: skip

    def exchange(_: int) -> requests.Response:
        start.wait(30)
        return requests.post(f"{tls_server.url}/oauth/token", fields, verify=str(tls_server.ca), timeout=60)

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(exchange, range(8)), key=lambda answer: answer.status_code)

    assert [answer.status_code for answer in answers] == [200] + 7 * [400]
    assert bearer(tls_server, answers[0].json()["access_token"]) == {401}


def bearer(server: LiveServer, token: str) -> set[int]:
    """Return the statuses that a token gets over twelve connections, which is all of the processes."""
    headers = {"Authorization": f"Bearer {token}"}
    return {
        requests.get(f"{server.url}/api/v1.0/expenses/", headers=headers, verify=str(server.ca)).status_code
        for _ in range(12)
    }
