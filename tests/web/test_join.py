"""Who opens an account by a link: who was invited, and the first on an empty server."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.invitations import first_invitation_create, invitation_create
from accounts.models import User
from accounts.selectors import Account
from expenses.models import Clock, Expense
from reports.models import Report
from tests.pages import shown
from tests.web.people import at_browser
from tests.web.test_sign_up import CAROL, is_in

pytestmark = pytest.mark.django_db

REFUSED = "This link opens nothing"


@pytest.fixture
def invited(settings: Settings) -> str:
    """Return the address of an invitation for anybody."""
    settings.SIGN_UP = "invited"
    return link()


def link(email: str = "") -> str:
    return f"/accounts/join/{invitation_create(now=timezone.now(), email=email)}/"


def first_link() -> str:
    return f"/accounts/join/{first_invitation_create(now=timezone.now())}/"


def joined(client: Client, path: str, **changes: str) -> Any:
    return client.post(path, {**CAROL, **changes})


def is_whole(user: User) -> bool:
    return (
        Clock.objects.filter(user=user).exists()
        and Report.objects.filter(user=user, is_default=True).count() == 1
        and Expense.objects.filter(user=user).count() == 1
    )


def test_it_works_once(invited: str) -> None:
    client = Client()
    assert "You were invited." in shown(client.get(invited))

    response = joined(client, invited)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    user = User.objects.get()
    assert is_whole(user)
    assert (user.email, user.currency, user.zone) == ("carol@example.com", "EUR", "Europe/Berlin")
    assert (user.is_staff, user.is_superuser) == (False, False)
    late = joined(Client(), invited, email="dave@example.com")
    assert (late.status_code, User.objects.count()) == (404, 1)
    assert REFUSED in shown(late)


def test_who_was_invited_without_a_name_is_asked_to_confirm(invited: str) -> None:
    joined(Client(), invited)

    assert not EmailAddress.objects.get().verified
    assert [message.to for message in mail.outbox] == [["carol@example.com"]]


@pytest.mark.usefixtures("invited")
def test_who_was_invited_by_name_comes_by_that_name() -> None:
    path = link("carol@example.com")
    assert 'value="carol@example.com"' in shown(Client().get(path))

    refused = joined(Client(), path, email="dave@example.com")
    assert refused.context["form"].errors["email"] == ["email: this invitation is for carol@example.com"]
    assert joined(Client(), path).status_code == 302

    assert EmailAddress.objects.get().verified
    assert mail.outbox == []


def test_an_address_that_is_taken_is_told_and_the_link_stays_good(invited: str, alice: Account) -> None:
    response = joined(Client(), invited, email=alice.email)

    assert "there is an account of this name" in shown(response)
    assert 'value="alice@example.com"' in shown(response)
    assert joined(Client(), invited).status_code == 302


def test_the_first_may_do_everything() -> None:
    client, path = Client(), first_link()
    assert "it may do everything" in shown(client.get(path))

    response = joined(client, path)

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser, is_whole(user), is_in(client)) == (True, True, True, True)
    assert EmailAddress.objects.get().verified


def test_the_first_is_the_first(alice: Account) -> None:
    path = first_link()

    assert Client().get(path).status_code == 404
    assert joined(Client(), path).status_code == 404
    assert User.objects.count() == 1


def test_who_comes_while_the_first_fills_in_the_form_is_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    path = first_link()
    monkeypatch.setattr("web.coming_in.invited.any_user", lambda: False)  # the page was shown before
    User.objects.create(email="x@example.com", email_key="x@example.com", created=timezone.now())

    assert joined(Client(), path).status_code == 404
    assert User.objects.count() == 1


def test_where_sign_up_is_closed_an_old_invitation_opens_nothing(invited: str, settings: Settings) -> None:
    settings.SIGN_UP = "closed"

    assert Client().get(invited).status_code == 404


@pytest.mark.parametrize("token", ["x" * 32, "-_" * 16])
def test_a_link_that_nobody_made_opens_nothing(token: str) -> None:
    assert Client().get(f"/accounts/join/{token}/").status_code == 404


def test_who_has_an_account_goes_on(invited: str, alice: Account) -> None:
    assert at_browser(alice).get(invited).headers["Location"] == "/"
