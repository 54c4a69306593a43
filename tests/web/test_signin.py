from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from tests.cast import PASSWORD


def signed_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password, **fields})


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


def test_signing_out(alice: Account) -> None:
    client = Client()
    signed_in(client, alice.email)

    assert client.get("/accounts/logout/").status_code == 200
    response = client.post("/accounts/logout/")

    assert response.status_code == 302
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(alice: Account, there: str) -> None:
    assert signed_in(Client(), alice.email, next=there).headers["Location"] == "/"


def test_without_a_token_of_the_page_nothing_happens(alice: Account) -> None:
    client = Client(enforce_csrf_checks=True)

    assert signed_in(client, alice.email).status_code == 403
