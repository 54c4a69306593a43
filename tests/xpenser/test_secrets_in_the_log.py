"""A secret that goes in at any door is not in the log of the server, whether it was let in, refused, or broke."""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from requests_oauthlib import OAuth1

from tests.callers import eventually
from tests.clients.people import People, Session
from tests.expenses.pictures import jpeg
from tests.live import LiveServer, start_server

pytestmark = pytest.mark.once

EMAIL = "me@example.com"
# Everything that is chosen here has this word in it, and hard letters around it: so no spelling hides it.
HUSH = "hush"
PASSWORD = f"pässwörd+&% \"{HUSH}'\\"
METRICS_TOKEN = f"{HUSH}-token-of-metrics"
CALLBACK = "https://app.example/callback"
USER, EXPENSE = "/api/v1.0/user/", "/api/v1.0/expense/"
BREAKS = ("before", "after", "database")
_MAKE = """
import json
from django.utils import timezone
from access.scopes import EVERYTHING
from access.services.tokens import token_create
from accounts.invitations import invitation_create
from accounts.selectors import account
from tests.access.oauth2 import give, register
now, me = timezone.now(), account(email={email!r})
application = register(me, is_confidential=True)
access, refresh = give(application, me, now=now, token="opens-{hush}", scope="account:read expenses:read")
print(json.dumps({{
    "personal": token_create(user_id=me.id, name="a program", scopes=EVERYTHING, now=now).token,
    "invitation": invitation_create(now=now), "id": application.client_id, "secret": application.client_secret,
    "access": access, "refresh": refresh,
}}))
"""
Made = dict[str, str]


class Knocked(NamedTuple):
    """A server after everybody was at its doors. ``held`` is what was a secret and is not chosen here."""

    log: str
    plain: str
    answers: list[requests.Response]
    held: list[str]


class Visitor:
    """Goes through a door as one should, and then breaks it in each way, keeping all that was answered."""

    def __init__(self, server: LiveServer, answers: list[requests.Response]) -> None:
        self.home, self.answers = server.public_url, answers
        self.session = requests.Session()

    def ask(self, method: str, path: str, *, status: int, **choices: Any) -> requests.Response:
        headers = choices.pop("headers", {})
        for how in ("", *BREAKS):
            answer = self.session.request(
                method, self.home + path, headers={**headers, "X-Break": how}, timeout=60, allow_redirects=False,
                **choices,
            )  # fmt: skip
            self.answers.append(answer)
            if not how:
                assert answer.status_code == status, (path, answer.status_code, answer.text)
                asked = answer
        return asked

    def fill(self, path: str, *, status: int, **form: str) -> requests.Response:
        """Send the form of a page."""
        page = self.session.get(self.home + path, timeout=60)
        choices = {"data": {**proof(page), **form}, "headers": {"Referer": page.url}}
        return self.ask("POST", page.url.removeprefix(self.home), status=status, **choices)


def proof(page: requests.Response) -> dict[str, str]:
    """Return what the forms of a page send along."""
    return {"csrfmiddlewaretoken": re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[0]}


def posted(browser: requests.Session, address: str, **form: str) -> requests.Response:
    """Fill in the form of a page, and send it."""
    page = browser.get(address)
    return browser.post(page.url, {**proof(page), **form}, headers={"Referer": page.url})


def programs(visitor: Visitor, made: Made, signed: Session) -> None:
    """Go through the doors for programs: Basic, tokens, OAuth 1.0, and what may stand in a query or a body."""
    for password, status in ((PASSWORD, 200), (f"wrong é {HUSH}", 401), (made["personal"], 200)):
        visitor.ask("GET", USER, status=status, headers={"Authorization": basic(EMAIL, password)})
    for token, status in ((made["personal"], 200), (made["access"], 200), (f"wrong-{HUSH}", 401)):
        visitor.ask("GET", USER, status=status, headers={"Authorization": f"Bearer {token}"})
    visitor.ask("GET", "/metrics", status=200, headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
    visitor.ask("GET", "/metrics", status=401, headers={"Authorization": f"Bearer another-{HUSH}"})
    open_ = {"Authorization": basic(EMAIL, PASSWORD)}
    query = f"?oauth_token=a-{HUSH}&access_token=b-{HUSH}&password=c+{HUSH}%C3%BC&{HUSH}"
    visitor.ask("GET", USER + query, status=200, headers=open_)
    typed = {"q": f"lunch 45 with {HUSH}", "password": PASSWORD}
    visitor.ask("POST", EXPENSE, status=200, headers=open_, data=typed)
    visitor.ask("POST", EXPENSE, status=200, headers=open_, data=typed, files={"receipt": (f"{HUSH}.jpg", jpeg())})
    visitor.ask("GET", f"/static/xpenser/media/Receipts/1/{HUSH}-a-receipt.JPG", status=404)

    oauth = signed.auth.client
    keys = oauth.client_key, oauth.client_secret, oauth.resource_owner_key, oauth.resource_owner_secret
    for place in ("AUTH_HEADER", "QUERY", "BODY"):
        visitor.ask("POST", EXPENSE, status=200, auth=OAuth1(*keys, signature_type=place), data={"q": f"tea 2 {HUSH}"})
    wrong = OAuth1(*keys[:2], f"token-{HUSH}", f"secret-{HUSH}")
    visitor.ask("GET", USER, status=401, auth=wrong)
    asking = OAuth1(*keys[:2], callback_uri="oob")
    given = visitor.ask("POST", "/oauth/request_token/", status=200, auth=asking)
    made |= dict(pair.split("=", 1) for pair in given.text.split("&"))
    verified = OAuth1(*keys[:2], made["oauth_token"], made["oauth_token_secret"], verifier=f"verifier-{HUSH}")
    visitor.ask("POST", "/oauth/access_token/", status=401, auth=verified)

    ours = made["id"], made["secret"]
    exchanged = {"grant_type": "authorization_code", "code": f"code-{HUSH}", "redirect_uri": CALLBACK}
    in_form = {"client_id": ours[0], "client_secret": ours[1], "code_verifier": f"{HUSH}-" * 9}
    visitor.ask("POST", "/oauth/token", status=400, data={**exchanged, **in_form})
    visitor.ask("POST", "/oauth/introspect", status=200, auth=ours, data={"token": made["access"]})
    visitor.ask("POST", "/oauth/token", status=400, auth=ours, data={**exchanged, "grant_type": f"other-{HUSH}"})
    refreshing = {"grant_type": "refresh_token", "refresh_token": made["refresh"]}
    tokens = visitor.ask("POST", "/oauth/token", status=200, auth=ours, data=refreshing).json()
    made |= {"new access": tokens["access_token"], "new refresh": tokens["refresh_token"]}
    visitor.ask("POST", "/oauth/revoke", status=200, auth=ours, data={"token": made["new refresh"]})


def people(visitor: Visitor, made: Made, mails: Path) -> None:
    """Go through the pages that take a password, a key or a code, or that show one."""
    visitor.ask("GET", f"/accounts/join/{made['invitation']}/", status=200)
    visitor.ask("GET", f"/accounts/confirm-email/key-{HUSH}/", status=200)
    visitor.ask("GET", f"/accounts/oidc/example/login/callback/?code=a-{HUSH}&state=b-{HUSH}", status=404)
    newcomer = {"currency": "EUR", "zone": "Europe/Berlin"}
    visitor.fill("/accounts/signup/", status=302, email="new@example.com", password1=PASSWORD, **newcomer)
    visitor.fill("/accounts/password/reset/", status=302, email=EMAIL)
    assert eventually(lambda: bool(reset_links(mails)))
    link = reset_links(mails)[0]
    made["reset"] = link.rstrip("/").rpartition("-")[2]
    visitor.ask("GET", link, status=302)
    visitor.fill(link, status=200, password1=f"é {HUSH}"[:7], password2=f"é {HUSH}"[:7])

    visitor.fill("/accounts/login/", status=200, login=EMAIL, password=f"wrong {HUSH}")
    visitor.fill("/accounts/login/", status=302, login=EMAIL, password=PASSWORD)
    made["session"] = str(visitor.session.cookies["sessionid"])
    visitor.ask("GET", "/settings/", status=200)
    visitor.ask("GET", f"/oauth/authorize/?oauth_token={made['oauth_token']}&oauth_callback=oob", status=200)
    visitor.fill("/accounts/password/change/", status=200, oldpassword=f"wrong {HUSH}", password1=f"new {HUSH} 1")
    visitor.fill("/accounts/reauthenticate/", status=302, password=PASSWORD)
    visitor.fill("/accounts/2fa/totp/activate/", status=200, code=f"12{HUSH}")
    page = visitor.fill("/settings/tokens/new/", status=200, name="a program", scopes="expenses:read", lasts="30")
    made["shown"] = re.findall(r"xp_\w+", page.text)[0]


def reset_links(mails: Path) -> list[str]:
    """Return the paths in mails that let choose a password; the process for background work writes those."""
    texts = [mail.read_text() for mail in mails.glob("*")]
    return [link for text in texts for link in re.findall(r"https?://[^/\s]+(/accounts/\S+/key/\S+)", text)]


def basic(email: str, password: str) -> str:
    return "Basic " + b64encode(f"{email}:{password}".encode()).decode()


@pytest.fixture(scope="module")
def knocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knocked]:
    answers: list[requests.Response] = []
    with start_server(
        tmp_path_factory.mktemp("log"), DATABASE_URL="", LOG_FORMAT="json", EMAIL_URL="file:", SIGN_UP="open",
        METRICS_TOKEN=METRICS_TOKEN, DJANGO_SETTINGS_MODULE="tests.xpenser.breaking",
    ) as server:  # fmt: skip
        server.adduser(EMAIL, PASSWORD)
        told = server.manage("shell", "-v0", "-c", _MAKE.format(email=EMAIL, hush=HUSH))
        assert told.returncode == 0, told.stderr
        made: Made = json.loads(told.stdout)
        with People(server) as others:
            program = others.register(EMAIL)
            signed = others.let_in(program, EMAIL)
        programs(Visitor(server, answers), made, signed)
        people(Visitor(server, answers), made, server.data / "mail")
        server.stop()
        client = signed.auth.client
        held = [program.secret, client.resource_owner_key, client.resource_owner_secret, *made.values()]
        yield Knocked(server.log.read_text(), (server.data / "plain.log").read_text(), answers, held)


def test_each_answer_has_a_line_and_each_break_a_trace(knocked: Knocked) -> None:
    lines = [json.loads(line) for line in knocked.log.splitlines() if line.startswith("{")]
    assert all("request" in line for line in lines)
    told = {line["request"]: line["status"] for line in lines if line["logger"] == "xpenser.access"}
    meant = [answer for answer in knocked.answers if answer.request.headers["X-Break"] in {"before", "after"}]
    broken = [answer for answer in meant if answer.status_code != 403]  # the proof of a form serves for one sign-in
    assert len(meant) - len(broken) < 9

    for answer in knocked.answers:
        assert told[answer.headers["X-Request-ID"]] == answer.status_code
    traces = {line["request"]: line["trace"] for line in lines if "trace" in line}
    for answer in broken:
        assert answer.status_code == 500
        assert "tests.xpenser.breaking.Broken: " in traces[answer.headers["X-Request-ID"]]
        assert f"ERROR django.request [{answer.headers['X-Request-ID']}]: Internal Server Error: /" in knocked.plain


def test_no_secret_is_in_either_log(knocked: Knocked) -> None:
    sent = [answer.request for answer in knocked.answers]
    shown = [str(request.headers["Authorization"]) for request in sent if "Authorization" in request.headers]
    everything = [f"{request.url} {request.headers} {request.body!r}" for request in sent]
    signatures = {sign for text in everything for sign in re.findall(r"oauth_signature=\"?([^&,\"]+)", text)}
    proofs = {proof for text in everything for proof in re.findall(r"csrf\w*=(\w{20,})", text)}
    halves = [header.partition(" ")[2] for header in shown]

    assert signatures
    assert proofs
    for log in (knocked.log, knocked.plain):
        assert re.findall(rf".{{0,90}}{HUSH}.{{0,90}}", log, re.IGNORECASE) == []
        for secret in [*knocked.held, *shown, *halves, *signatures, *proofs]:
            assert secret not in log


def test_what_is_no_secret_is_told(knocked: Knocked) -> None:
    """The reason stays, and where it broke."""
    for log in (knocked.log, knocked.plain):
        assert "in fail" in log
        assert "SELECT" in log
        assert "lunch 45 with" not in log  # what is no secret, and the person's own all the same
