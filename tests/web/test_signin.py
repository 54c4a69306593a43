from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from accounts import passwords
from accounts.attempts import OF_ACCOUNT
from accounts.selectors import Account
from expenses.services import account_close
from tests.cast import NOON, PASSWORD
from tests.pages import page, shown
from tests.web.meanwhile import meanwhile
from tests.web.people import at_browser

MAIN = """<div class="card">
<h1>Sign in</h1>
<form method="post" action="/accounts/login/" novalidate>
<input type="hidden" name="csrfmiddlewaretoken" value="KEY">
<div class="field"><label for="id_login">Email</label>\
<input type="email" name="login" autocomplete="email" placeholder="Email address" maxlength="320" \
required id="id_login"></div>
<div class="field"><label for="id_password">Password</label>\
<input type="password" name="password" placeholder="Password" autocomplete="current-password" \
required aria-describedby="id_password_helptext" id="id_password">\
<small id="id_password_helptext"><a href="/accounts/password/reset/">Forgot it?</a></small></div>
{next}
<button class="btn first">Sign in</button>
</form>
<form method="post" action="/accounts/2fa/webauthn/login/" data-passkey="get" \
data-refused="The browser showed no passkey.">
<input type="hidden" name="csrfmiddlewaretoken" value="KEY">
<input type="hidden" name="credential">
{next}
<button class="btn" hidden>Use a passkey</button>
<p class="bad" role="alert"></p>
</form>
</div>"""
SCRIPT = '<script src="/assets/passkey.js" defer></script>\n'


def signed_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password, **fields})


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        (
            "?next=/oauth/authorize%3Foauth_token%3Dx%26oauth_callback%3Doob",
            '<input type="hidden" name="next" value="/oauth/authorize?oauth_token=x&amp;oauth_callback=oob">',
        ),
    ],
)
def test_the_page(query: str, kept: str) -> None:
    response = Client().get(f"/accounts/login/{query}")

    assert response.status_code == 200
    assert shown(response) == page("Sign in", MAIN.format(next=kept), scripts=SCRIPT)


def test_it_works(alice: Account) -> None:
    client = Client()

    response = signed_in(client, alice.email)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.id)


@pytest.mark.parametrize(("email", "password"), [("alice@example.com", "not it"), ("nobody@example.com", PASSWORD)])
def test_a_wrong_name_and_a_wrong_password_sound_alike(alice: Account, email: str, password: str) -> None:
    client = Client()

    response = signed_in(client, email, password)

    assert response.status_code == 200
    assert b"The email address and/or password you specified are not correct." in response.content
    assert "_auth_user_id" not in client.session


def test_what_is_wrong_stands_at_the_field_and_above(db: None) -> None:
    response = signed_in(Client(), "alice", "")

    assert (
        '<div class="note wrong" role="alert"><div>'
        '<p><a class="bad" href="#id_login">Email</a>: Enter a valid email address.</p>\n'
        '<p><a class="bad" href="#id_password">Password</a>: This field is required.</p>\n</div></div>'
    ) in shown(response)
    assert 'aria-invalid="true" aria-describedby="id_login_error" id="id_login"' in shown(response)
    assert '<small class="bad" id="id_login_error">Enter a valid email address.</small>' in shown(response)


def test_the_question_is_kept(alice: Account) -> None:
    there = "/oauth/authorize?oauth_token=x&oauth_callback=http%3A%2F%2Fa.example%2F%3Fb%3Dc"

    assert signed_in(Client(), alice.email, next=there).headers["Location"] == there


def test_where_too_many_wait_one_is_asked_to_wait(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)

    with passwords._HASHING:
        response = signed_in(Client(), alice.email)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert "There were too many attempts to sign in. Try again in 2 seconds." in shown(response)


def test_too_many_wrong_passwords_are_a_page(alice: Account) -> None:
    client = Client()

    with time_machine.travel(NOON, tick=False):
        answers = [signed_in(client, alice.email, "not it") for _ in range(OF_ACCOUNT.most + 1)]
        last = signed_in(client, alice.email)

    assert {response.status_code for response in answers[:-1]} == {200}
    assert (answers[-1].status_code, answers[-1].headers["Retry-After"]) == (503, "60")
    assert "Try again in 60 seconds." in shown(answers[-1])
    assert last.status_code == 503


@pytest.mark.parametrize("path", ["/accounts/login/?next=%2Fa%3Fb%3Dc%26d", "/accounts/logout/"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_under_another_name_it_says_where_to_go(path: str, method: str) -> None:
    response = Client(enforce_csrf_checks=False).generic(method, path, headers={"Host": "127.0.0.1:4711"})

    assert response.status_code == 400
    assert f'href="{settings.PUBLIC_URL}{path.replace("&", "&amp;")}"' in shown(response)
    assert "4711" not in shown(response)


@pytest.mark.parametrize("host", ["localhost:1", "localhost", "LOCALHOST."])
def test_ports_do_not_matter(host: str) -> None:
    assert Client().get("/accounts/login/", headers={"Host": host}).status_code == 200


def test_the_bar_says_who_is_signed_in(alice: Account) -> None:
    client = Client()
    signed_in(client, alice.email)

    response = client.get("/")

    assert "alice@example.com" in shown(response)
    assert response.headers["Cache-Control"] == "no-store"


def test_signing_out(alice: Account) -> None:
    client = Client()
    signed_in(client, alice.email)

    assert client.get("/accounts/logout/").status_code == 200
    response = client.post("/accounts/logout/")

    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example/",
        "javascript:alert(1)",
        "http://www.xpenser.com/steal",
        "//xpenser.com/",
        "http://localhost:8000/",
        "http://127.0.0.1/",
        "https:///evil.example",
        "\\\\evil.example",
    ],
)
def test_nobody_is_sent_elsewhere(alice: Account, there: str) -> None:
    assert signed_in(Client(), alice.email, next=there).headers["Location"] == "/"


def test_without_a_token_of_the_page_nothing_happens(alice: Account) -> None:
    client = Client(enforce_csrf_checks=True)

    assert signed_in(client, alice.email).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status", "where"),
    [({}, 302, "Location"), ({"HX-Request": "true", "HX-Current-URL": "http://testserver/"}, 200, "HX-Redirect")],
)
def test_whose_account_is_closed_while_he_writes_is_asked_to_sign_in(
    alice: Account, headers: dict[str, str], status: int, where: str
) -> None:
    browser = at_browser(alice)

    with meanwhile(lambda: account_close(user_id=alice.id, now=NOON), seen="accounts_user"):
        response = browser.post("/add/", {"q": "lunch 45", "once": "one"}, headers=headers)

    assert response.status_code == status
    assert response.headers[where].startswith("/accounts/login/?next=")
