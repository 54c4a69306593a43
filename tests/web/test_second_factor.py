"""Codes of an app, codes for when it is lost, and what happens to programs that sign in with a password."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from access.selectors.tokens import token_rows
from accounts.attempts import failed_attempts
from accounts.models import User
from accounts.selectors import Account
from accounts.services import password_set
from tests.cast import PASSWORD, OldClient, basic, headers_of
from tests.pages import shown
from tests.web.people import at_browser
from tests.web.test_signin import signed_in

ON = "/accounts/2fa/totp/activate/"
OFF = "/accounts/2fa/totp/deactivate/"
CODES = "/accounts/2fa/recovery-codes/"
ROWS = "/api/v1.0/expenses/"


def code(secret: str, steps: int = 0) -> str:
    """Return what an app shows that has photographed ``secret``, now or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def sure(client: Client, path: str, **said: str) -> Any:
    """Go to a page, and show once more who one is where that is asked for on the way."""
    response = client.get(path)
    if response.status_code == 302:
        response = client.post(response.headers["Location"], said or {"password": PASSWORD}, follow=True)
    assert response.status_code == 200
    return response


def secrets(page: Any) -> list[str]:
    return re.findall(r'<code class="secret[^>]*>([^<]*)</code>', page.content.decode())


def switched_on(client: Client) -> tuple[str, Any]:
    """Have the codes of an app asked for, and return its secret, and the page that says so."""
    (secret,) = secrets(sure(client, ON))
    return secret, client.post(ON, {"code": code(secret)})


@pytest.fixture
def client(alice: Account) -> Client:
    """Return a browser in which Alice has signed in."""
    client = Client()
    signed_in(client, alice.email)
    return client


@pytest.fixture
def secret(client: Client) -> str:
    """Return what Alice's app makes its codes of; those of this half minute have not been used."""
    return switched_on(client)[0]


def half_way(email: str) -> Client:
    """Return a browser in which a password was right, and a code is asked for."""
    client = Client()
    assert signed_in(client, email).headers["Location"] == "/accounts/2fa/authenticate/"
    assert "_auth_user_id" not in client.session
    return client


def shows(client: Client, code: str) -> Any:
    return client.post("/accounts/2fa/authenticate/", {"code": code})


def test_before_it_is_on_it_says_what_stops(client: Client, alice: Account) -> None:
    page = shown(sure(client, ON))

    assert "Programs and scripts that sign in with <b>alice@example.com</b> and your password stop at once" in page
    assert "We make a token that takes the password" in page
    assert "<svg" in page
    assert "<?xml" not in page
    assert not Authenticator.objects.exists()


def test_programs_take_the_token_in_the_passwords_place(client: Client, alice: Account) -> None:
    program = OldClient(alice.email)
    assert program.get(ROWS).status_code == 200

    _, page = switched_on(client)

    assert "The second factor is on" in shown(page)
    token, codes = secrets(page)
    assert len(codes.split()) == 10
    assert program.get(ROWS).status_code == 401
    assert Client(headers={"Authorization": basic(alice.email, token)}).get(ROWS).status_code == 200
    assert [row.name for row in token_rows(user_id=alice.id)] == ["Instead of my password"]
    assert page.headers["Cache-Control"] == "no-store"


def test_to_a_program_it_looks_like_a_wrong_password(client: Client, alice: Account, secret: str) -> None:
    right, wrong = (Client(headers={"Authorization": basic(alice.email, said)}) for said in (PASSWORD, "not it"))

    answers = [program.get(ROWS) for program in (right, wrong)]

    assert len({(answer.status_code, answer.content, str(headers_of(answer))) for answer in answers}) == 1
    (attempt,) = failed_attempts(user_id=alice.id)
    assert attempt.times == 2


def test_a_code_is_asked_for(alice: Account, secret: str) -> None:
    client = half_way(alice.email)
    assert "Type the code that your app shows" in shown(client.get("/accounts/2fa/authenticate/"))

    response = shows(client, code(secret, 1))

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(alice.id)


def test_what_was_asked_for_goes_on(alice: Account, secret: str) -> None:
    client = Client()
    signed_in(client, alice.email, next="/settings/apps/")

    assert shows(client, code(secret)).headers["Location"] == "/settings/apps/"


def test_a_code_works_once(alice: Account, secret: str) -> None:
    now = code(secret)
    assert shows(half_way(alice.email), now).status_code == 302

    response = shows(half_way(alice.email), now)

    assert "Incorrect code." in shown(response)


def test_codes_are_not_guessed(alice: Account, secret: str) -> None:
    client = half_way(alice.email)

    said = [shown(shows(client, "000000")) for _ in range(6)]

    assert all("Incorrect code." in page for page in said[:5])
    assert "Too many failed login attempts. Try again later." in said[5]
    assert "Too many failed" in shown(shows(half_way(alice.email), code(secret)))


def test_somebody_else_signs_in_instead(alice: Account, secret: str) -> None:
    client = half_way(alice.email)
    assert client.get("/accounts/login/").headers["Location"] == "/accounts/2fa/authenticate/"

    response = client.post("/accounts/logout/", {"next": "/accounts/login/"})

    assert response.headers["Location"] == "/accounts/login/"
    assert client.get("/accounts/login/").status_code == 200


def test_without_a_password_nobody_asks_for_a_code(db: None) -> None:
    assert Client().get("/accounts/2fa/authenticate/").headers["Location"] == "/accounts/login/"


def test_when_it_is_lost_a_code_that_was_kept_works_once(client: Client, alice: Account, secret: str) -> None:
    kept = secrets(sure(client, CODES))[0].split()

    assert shows(half_way(alice.email), kept[0]).status_code == 302
    assert "Incorrect code." in shown(shows(half_way(alice.email), kept[0]))
    assert secrets(sure(client, CODES))[0].split() == kept[1:]


def test_new_codes_void_the_old(client: Client, alice: Account, secret: str) -> None:
    old = secrets(sure(client, CODES))[0].split()
    assert "of which 10 are left" in shown(sure(client, f"{CODES}generate/"))

    assert client.post(f"{CODES}generate/").headers["Location"] == CODES

    new = secrets(sure(client, CODES))[0].split()
    assert not {*old} & {*new}
    assert "Incorrect code." in shown(shows(half_way(alice.email), old[0]))


def test_codes_are_shown_to_who_shows_once_more_who_he_is(alice: Account, secret: str) -> None:
    somebody = at_browser(alice)  # at a desk that she has left

    for path in (CODES, f"{CODES}generate/"):
        assert somebody.get(path).headers["Location"].startswith("/accounts/reauthenticate/?next=")


def test_without_a_factor_there_are_no_codes(client: Client) -> None:
    assert client.get(CODES).status_code == 404


def test_switched_off_the_password_is_enough(client: Client, alice: Account, secret: str) -> None:
    assert "the password is enough again" in shown(sure(client, OFF))

    assert client.post(OFF).headers["Location"] == "/accounts/"

    assert not Authenticator.objects.exists()
    assert OldClient(alice.email).get(ROWS).status_code == 200
    assert signed_in(Client(), alice.email).headers["Location"] == "/"


def test_a_code_shows_who_one_is_too(alice: Account, secret: str) -> None:
    password_set(user_id=alice.id, password="another, that she forgot")
    client = at_browser(alice)
    question = client.get(OFF).headers["Location"]
    page = shown(client.get(question))
    assert '<a href="/accounts/2fa/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Fdeactivate%2F">' in page

    other = client.get(question.replace("reauthenticate", "2fa/reauthenticate"))
    response = client.post(other.request["PATH_INFO"] + "?next=" + OFF, {"code": code(secret, 1)})

    assert response.headers["Location"] == OFF


def test_the_secret_is_not_kept_as_it_is(alice: Account, secret: str) -> None:
    kept = {row.type: row.data for row in Authenticator.objects.all()}

    assert secret not in str(kept)
    assert kept["totp"]["secret"].startswith("gAAAA")
    assert kept["recovery_codes"]["seed"].startswith("gAAAA")


def test_a_wrong_code_switches_nothing_on(client: Client, alice: Account) -> None:
    (secret,) = secrets(sure(client, ON))

    response = client.post(ON, {"code": "000000"})

    assert "Incorrect code." in shown(response)
    assert secrets(response) == [secret]  # the app need not photograph another
    assert not Authenticator.objects.exists()
    assert OldClient(alice.email).get(ROWS).status_code == 200


def test_who_has_one_is_not_given_another_token(client: Client, alice: Account, secret: str) -> None:
    assert client.get(ON).headers["Location"] == OFF
    assert len(token_rows(user_id=alice.id)) == 1


def test_with_a_passkey_too_switching_off_leaves_one(client: Client, alice: Account, secret: str) -> None:
    Authenticator.objects.create(user_id=alice.id, type=Authenticator.Type.WEBAUTHN, data={})

    sure(client, OFF)
    client.post(OFF)

    assert OldClient(alice.email).get(ROWS).status_code == 401


def test_used_it_is_noted_once(alice: Account, secret: str) -> None:
    User.objects.update(password_is_enough=True)  # somebody meddled; signing in is no occasion to look

    shows(half_way(alice.email), code(secret))

    assert User.objects.get().password_is_enough
