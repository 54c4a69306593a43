"""What a person changes of how he signs in."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.selectors import Account
from tests.cast import PASSWORD, OldClient
from tests.pages import shown
from tests.web.mails import link_in_mail
from tests.web.people import at_browser
from tests.web.test_signin import signed_in

NEW = "a fine new password"


def new_password(client: Client, old: str = PASSWORD, new: str = NEW) -> Any:
    said = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", said)


def new_email(client: Client, email: str, password: str = PASSWORD) -> Any:
    """Ask for another address, and show once more who one is where that is asked for; what was asked for goes on."""
    response = client.post("/accounts/email/", {"email": email, "action_add": ""})
    question = response.headers["Location"]
    if not question.startswith("/accounts/reauthenticate/"):
        return response
    assert mail.outbox == []
    return client.post(question, {"password": password})


@pytest.fixture
def client(alice: Account) -> Client:
    """Return a browser in which Alice has signed in."""
    client = Client()
    signed_in(client, alice.email)
    return client


def test_the_page_says_what_there_is(client: Client) -> None:
    page = shown(client.get("/accounts/"))

    assert "<p>alice@example.com</p>" in page
    for path in ("/accounts/email/", "/accounts/password/change/"):
        assert f'href="{path}"' in page


def test_a_changed_password_counts_at_once_everywhere(client: Client, alice: Account) -> None:
    elsewhere, program = at_browser(alice), OldClient(alice.email)
    assert program.get("/api/v1.0/expenses/").status_code == 200

    response = new_password(client)

    assert response.status_code == 302
    assert "The password is changed." in shown(client.get("/accounts/"))
    assert program.get("/api/v1.0/expenses/").status_code == 401
    assert elsewhere.get("/settings/apps/").status_code == 302
    assert signed_in(Client(), alice.email).status_code == 200
    assert signed_in(Client(), alice.email, NEW).status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [("not it", NEW, "Please type your current password."), (PASSWORD, "short", "This password is too short")],
)
def test_a_password_is_not_changed_for_nothing(
    client: Client, alice: Account, old: str, new: str, problem: str
) -> None:
    assert problem in shown(new_password(client, old, new))
    assert signed_in(Client(), alice.email).status_code == 302


def test_an_address_changes_when_it_is_confirmed(client: Client, alice: Account) -> None:
    assert new_email(client, "Alice@New.example").status_code == 302
    assert "A mail went to <b>alice@new.example</b>." in shown(client.get("/accounts/email/"))
    assert User.objects.get().email == alice.email
    confirm = link_in_mail("alice@new.example")
    assert client.post(confirm).status_code == 302

    user = User.objects.get()
    assert (user.email, user.email_key) == ("alice@new.example", "alice@new.example")
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [("alice@new.example", True, True)]
    assert OldClient("alice@new.example").get("/api/v1.0/expenses/").status_code == 200
    assert OldClient(alice.email).get("/api/v1.0/expenses/").status_code == 401


def test_asked_for_twice_the_second_counts(client: Client) -> None:
    new_email(client, "one@example.com")
    first = link_in_mail("one@example.com")

    new_email(client, "two@example.com")

    assert client.post(first).status_code == 404
    assert client.post(link_in_mail("two@example.com")).status_code == 302
    assert User.objects.get().email == "two@example.com"


def test_an_address_that_was_never_confirmed_stays_until_another_is(client: Client, alice: Account) -> None:
    EmailAddress.objects.update(verified=False)
    new_email(client, "new@example.com")

    assert User.objects.get().email == alice.email
    assert EmailAddress.objects.get(primary=True).email == alice.email


def test_an_address_of_somebody_else_is_not_taken(client: Client, alice: Account, bob: Account) -> None:
    assert new_email(client, bob.email).status_code == 302  # whether he is here is not told
    client.post(link_in_mail(bob.email))  # but he, who has his mailbox, may see it

    assert "there is an account of this name" in shown(client.get("/accounts/"))
    assert User.objects.get(pk=alice.id).email == alice.email
    assert signed_in(Client(), bob.email).status_code == 302


def test_who_one_is_is_asked_for_once_more(client: Client) -> None:
    response = new_email(client, "new@example.com", password="not it")

    assert "Incorrect password." in shown(response)
    assert mail.outbox == []


def test_who_has_nothing_to_show_chooses_a_password_first(alice: Account) -> None:
    User.objects.update(password="!")
    client = at_browser(alice)

    response = new_email(client, "new@example.com")

    assert response.headers["Location"].startswith("/accounts/password/reset/?next=")


def test_a_stranger_sees_nothing(db: None) -> None:
    assert Client().get("/accounts/").headers["Location"] == "/accounts/login/?next=/accounts/"
