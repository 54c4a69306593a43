"""/oauth/authorize where OAuth 2.0 is spoken: the page on which a person is asked."""

import re
from datetime import UTC, datetime
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from oauth2_provider.models import Grant

from access.models import Approval
from access.selectors.applications import grant_rows
from accounts.selectors import Account
from tests.access.oauth2 import CALLBACK, held, register
from tests.api.oauth2.dance import CHALLENGE, Person, Program
from tests.cast import PASSWORD


@pytest.fixture
def app(bob: Account) -> Program:
    return Program(register(bob))


def told(location: str) -> dict[str, str]:
    """What is told to the program, which is the registered one."""
    assert location.startswith(f"{CALLBACK}?")
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True))


def test_it_asks(app: Program, alice: Account) -> None:
    page = Person(alice).sees(app.question())

    text = page.content.decode()
    assert page.status_code == 200
    assert "<h1>Let <bdi>Tally</bdi> in?</h1>" in text
    assert "A program that <b>bob@example.com</b> registered here asks to act for you." in text
    assert "<dd>alice@example.com</dd>" in text
    assert "before 2009" not in text
    assert re.findall("<li>(.*)</li>", text) == [
        "See expenses, tags and categories",
        "Add, change and delete expenses and tags",
    ]
    assert "<b>app.example</b>" in text
    assert re.findall('name="answer" value="(.*?)">', text) == ["refuse", "allow"]
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    policy = dict(part.strip().split(" ", 1) for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["form-action"] == "'self' https:"
    assert policy["frame-ancestors"] == "'none'"
    assert held(alice) == 0


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_yes(app: Program, alice: Account, slash: str) -> None:
    person = Person(alice)
    page = person.client.get(f"/oauth/authorize{slash}", app.question()).content.decode()
    (action,) = re.findall('<form method="post" action="(.*)">', page)

    response = person.client.post(unescape(action), {"answer": "allow"})

    assert response.status_code == 303
    assert response.headers["Cache-Control"] == "no-store"
    assert "Content-Type" not in response.headers or response.content == b""
    code = Grant.objects.get().code
    assert told(response.headers["Location"]) == {"code": code, "state": "a state", "iss": settings.PUBLIC_URL}
    assert Approval.objects.get().user_id == alice.id


@pytest.mark.parametrize("answer", ["refuse", "", "yes"])
def test_everything_else_is_a_no(app: Program, alice: Account, answer: str) -> None:
    location = Person(alice).answers(app.question(), answer)

    assert told(location) == {"error": "access_denied", "state": "a state", "iss": settings.PUBLIC_URL}
    assert (held(alice), Approval.objects.count()) == (0, 0)


def test_who_was_asked_before_is_asked_again(app: Program, alice: Account) -> None:
    app.tokens(alice)

    for hint in ({}, {"approval_prompt": "auto"}, {"prompt": "none"}, {"prompt": "login"}, {"prompt": "create"}):
        assert b"asks to act for you" in Person(alice).sees({**app.question(), **hint}).content


def test_who_has_not_signed_in_does_so_on_the_way(app: Program, alice: Account) -> None:
    client = Client()
    there = f"/oauth/authorize?{urlencode(app.question())}"

    sent = client.get(there)
    assert sent.status_code == 302
    assert urlsplit(sent.headers["Location"]).path == "/accounts/login/"
    fields = dict(parse_qsl(urlsplit(sent.headers["Location"]).query))
    back = client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD, **fields})

    assert back.headers["Location"] == there
    assert b"asks to act for you" in client.get(there).content


def test_without_a_token_of_the_page_nothing_happens(app: Program, alice: Account) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(get_user_model().objects.get(pk=alice.id))

    response = client.post(f"/oauth/authorize?{urlencode(app.question())}", {"answer": "allow"})

    assert response.status_code == 403
    assert held(alice) == 0


def test_somebody_else_must_not_see_the_answer(app: Program, alice: Account) -> None:
    assert Client().post(f"/oauth/authorize?{urlencode(app.question())}", {"answer": "allow"}).status_code == 302
    assert held(alice) == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unauthorized_client"),
        ({"response_type": "none"}, "unauthorized_client"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "expenses:read everything"}, "invalid_scope"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": "é" * 43}, "invalid_request"),
        ({"code_challenge": "x" * 129}, "invalid_request"),
        ({"resource": "https://other.example"}, "invalid_target"),
    ],
)
def test_what_the_program_is_told(app: Program, alice: Account, changes: dict[str, str | None], error: str) -> None:
    person, question = Person(alice), app.question(**changes)

    answers = [str(person.sees(question).headers["Location"]), person.answers(question)]

    for answer in map(told, answers):
        assert (answer["error"], answer["state"], answer["iss"]) == (error, "a state", settings.PUBLIC_URL)
        assert "code" not in answer
    assert (held(alice), Approval.objects.count()) == (0, 0)


@pytest.mark.every_case
@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "another"},
        {"client_id": "n\0l"},
        {"redirect_uri": ""},
        {"redirect_uri": "https://a.example.evil"},
        {"redirect_uri": "https://app.example.evil/callback"},
        {"redirect_uri": "https://app.example/callback/more"},
        {"redirect_uri": "https://app.example/callbackmore"},
        {"redirect_uri": "https://app.example:444/callback"},
        {"redirect_uri": "https://app.example/callback#part"},
        {"redirect_uri": "https://app.example/callback?more=1"},
        {"redirect_uri": "https://app.example@evil.example/callback"},
        {"redirect_uri": "http://app.example/callback"},
        {"redirect_uri": "//app.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "/"},
        {"response_type": "token", "redirect_uri": "https://evil.example/"},
        {"scope": "everything", "redirect_uri": "https://evil.example/"},
    ],
)
def test_nobody_is_sent_where_no_program_waits(app: Program, alice: Account, changes: dict[str, str | None]) -> None:
    person, question = Person(alice), app.question(**changes)

    for response in (
        person.sees(question),
        person.post(question, "allow"),
        person.post(question, "refuse"),
    ):
        assert response.status_code == 400
        assert "Location" not in response.headers
        assert b"You were sent nowhere, and nothing was changed." in response.content
        assert b"evil" not in response.content
    assert held(alice) == 0


@pytest.mark.every_case
@pytest.mark.parametrize("query", ["x", "%ZZ", "a=1&&b", "client_id=%00", "\u00e9"])
def test_what_cant_be_read(app: Program, alice: Account, query: str) -> None:
    response = Person(alice).client.get(f"/oauth/authorize?{query}")

    assert response.status_code == 400


@pytest.mark.parametrize("name", ["client_id", "redirect_uri", "scope", "state", "code_challenge", "response_type"])
def test_a_parameter_that_comes_twice(app: Program, alice: Account, name: str) -> None:
    question = [*app.question().items(), (name, app.question()[name])]

    response = Person(alice).client.get(f"/oauth/authorize?{urlencode(question)}")

    assert response.status_code == 400


def test_where_several_are_registered_one_is_named(bob: Account, alice: Account) -> None:
    several = Program(register(bob, CALLBACK, "https://app.example/other"))

    assert Person(alice).sees(several.question(redirect_uri=None)).status_code == 400
    assert Person(alice).sees(several.question()).status_code == 200


@pytest.mark.parametrize(
    ("registered", "asked", "shown"),
    [
        ("http://127.0.0.1/callback", "http://127.0.0.1:51004/callback", "127.0.0.1:51004"),
        ("http://[::1]/callback", "http://[::1]:51004/callback", "[::1]:51004"),
        ("com.example.app:/callback", "com.example.app:/callback", "com.example.app:"),
        ("com.example.app://callback", "com.example.app://callback", "com.example.app:"),
    ],
)
def test_programs_of_the_persons_own_machine(
    bob: Account, alice: Account, registered: str, asked: str, shown: str
) -> None:
    app = Program(register(bob, registered), asked)
    person = Person(alice)

    page = person.sees(app.question())
    location = person.answers(app.question())

    assert f"<b>{shown}</b>" in page.content.decode()
    assert f"form-action 'self' https: {urlsplit(asked).scheme}:;" in page.headers["Content-Security-Policy"]
    assert location.startswith(f"{asked}?code=")
    assert app.exchange(Grant.objects.get().code).status_code == 200
    assert [row.name for row in grant_rows(user_id=alice.id, now=datetime.now(UTC))] == ["Tally"]


def test_a_site_gets_no_other_port(bob: Account, alice: Account) -> None:
    site = Program(
        register(bob, "http://127.0.0.1:8000/callback", is_confidential=True), "http://127.0.0.1:8001/callback"
    )

    assert Person(alice).sees(site.question()).status_code == 400


@pytest.mark.parametrize("state", ["", "a&b=c#d é\r\nX: y", "x" * 3000])
def test_the_state_comes_back_as_it_was(app: Program, alice: Account, state: str) -> None:
    answer = told(Person(alice).answers(app.question(state=state)))

    assert answer.get("state", "") == state


def test_names_are_escaped(bob: Account, alice: Account) -> None:
    evil = Program(register(bob, name="<script>"))

    assert b"<script>" not in Person(alice).sees(evil.question(state='"><script>')).content


def test_what_openid_connect_would_keep_is_not_kept(app: Program, alice: Account) -> None:
    code = app.code(alice, nonce="x" * 300, claims="[")

    assert app.exchange(code).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(alice: Account, method: str) -> None:
    response = Person(alice).client.generic(method, "/oauth/authorize")

    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, POST")
