from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.selectors import Account
from accounts.services import email_set
from tests.cast import OldClient
from tests.pages import shown
from tests.web.mails import link_in_mail
from tests.web.people import at_browser
from tests.web.test_signin import signed_in

NEW = "a fine new password"


def asked(email: str, **headers: str) -> Any:
    return Client(headers=headers).post("/accounts/password/reset/", {"email": email})


def chosen(client: Client, link: str, password: str = NEW) -> Any:
    form = client.get(link).headers["Location"]
    return client.post(form, {"password1": password, "password2": password})


def test_it_works(alice: Account) -> None:
    elsewhere, client = at_browser(alice), Client()

    assert asked("Alice@Example.com").headers["Location"] == "/accounts/password/reset/done/"
    response = chosen(client, link_in_mail("alice@example.com"))

    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/password/reset/key/done/")
    assert "You have a new password" in shown(client.get(response.headers["Location"]))
    assert "_auth_user_id" not in client.session  # a second factor is asked for as ever
    assert signed_in(Client(), alice.email, NEW).status_code == 302
    assert elsewhere.get("/settings/apps/").status_code == 302  # signed out
    assert OldClient(alice.email).get("/api/v1.0/expenses/").status_code == 401


def test_a_link_works_once(alice: Account) -> None:
    asked(alice.email)
    link = link_in_mail(alice.email)
    chosen(Client(), link)

    assert "This link is too old" in shown(Client().get(link))


def test_a_link_without_its_key_is_nothing(alice: Account) -> None:
    assert "This link is too old" in shown(Client().get("/accounts/password/reset/key/1-set-password/"))
    assert "This link is too old" in shown(Client().get("/accounts/password/reset/key/zzzzzz-abc-def/"))


def test_a_weak_password_is_told(alice: Account) -> None:
    asked(alice.email)

    response = chosen(Client(), link_in_mail(alice.email), "short")

    assert "This password is too short" in shown(response)


def test_known_and_unknown_are_answered_alike(alice: Account) -> None:
    known, unknown = asked(alice.email), asked("nobody@example.com")

    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert [message.to for message in mail.outbox] == [["alice@example.com"], ["nobody@example.com"]]
    assert "There is no account of this name." in str(mail.outbox[1].body)


@pytest.mark.parametrize(
    "forged",
    [
        {"Host": "localhost:4711"},
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "https"},
        {"Forwarded": "host=evil.example"},
    ],
    ids=str,
)
def test_links_come_from_no_header(alice: Account, forged: dict[str, str]) -> None:
    assert asked(alice.email, **forged).status_code == 302

    assert link_in_mail(alice.email).startswith("/accounts/password/reset/key/")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "www.xpenser.com", "localhost.evil.example"])
def test_under_another_name_none_is_asked_for(alice: Account, host: str) -> None:
    assert asked(alice.email, Host=host).status_code == 400
    assert mail.outbox == []


def test_a_closed_account_is_opened_by_none(alice: Account) -> None:
    User.objects.update(is_active=False)

    asked(alice.email)

    assert "There is no account of this name." in str(mail.outbox[0].body)


def test_an_address_that_was_never_confirmed_opens_nothing(alice: Account) -> None:
    EmailAddress.objects.create(user_id=alice.id, email="alcie@example.com")

    asked("alcie@example.com")

    assert [message.to for message in mail.outbox] == [["alcie@example.com"]]
    assert "There is no account of this name." in str(mail.outbox[0].body)


@pytest.mark.every_case
@pytest.mark.parametrize("typed", ["Alice@Strasse.example", "alice@strasse.example", "alice@straße.example"])
def test_the_link_goes_to_the_address_as_it_was_given(alice: Account, typed: str) -> None:
    """Not to that of a neighbour, which folds into the same letters."""
    email_set(user_id=alice.id, email="Alice@Strasse.example")

    asked(typed)

    assert link_in_mail("Alice@Strasse.example").startswith("/accounts/password/reset/key/")


def test_nobody_floods_a_mailbox(alice: Account) -> None:
    answers = [asked(alice.email) for _ in range(6)]

    assert [response.status_code for response in answers] == [302] * 5 + [429]
    assert "Try again in a few minutes." in shown(answers[-1])
    assert len(mail.outbox) == 5
