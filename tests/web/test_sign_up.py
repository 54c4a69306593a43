"""Who opens an account on the page that is there for anybody."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.selectors import Account
from expenses.models import Clock, Expense
from reports.models import Report
from tests.cast import PASSWORD
from tests.hashers import QuickHasher
from tests.pages import shown
from tests.web.mails import link_in_mail
from tests.web.test_signin import signed_in

pytestmark = pytest.mark.django_db

CAROL = {"email": "carol@example.com", "password1": PASSWORD, "currency": "EUR", "zone": "Europe/Berlin"}


@pytest.fixture
def anybody(settings: Settings) -> None:
    """Let anybody open an account."""
    settings.SIGN_UP = "open"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def signed_up(client: Client, **changes: str) -> Any:
    return client.post("/accounts/signup/", {**CAROL, **changes})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.usefixtures("anybody")
def test_it_works() -> None:
    client = Client()

    response = signed_up(client)

    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/confirm-email/")
    user = User.objects.get()
    assert (user.email, user.currency, user.zone, user.is_staff) == ("carol@example.com", "EUR", "Europe/Berlin", False)
    assert Clock.objects.filter(user=user).exists()
    assert Report.objects.filter(user=user, is_default=True).count() == 1
    assert Expense.objects.filter(user=user).count() == 1
    assert not is_in(client)
    assert "Look into your mail" in shown(client.get("/accounts/confirm-email/"))


@pytest.mark.usefixtures("anybody")
def test_whose_address_it_is_is_shown_first() -> None:
    client = Client()
    signed_up(client)
    confirm = link_in_mail("carol@example.com")

    assert signed_in(client, "carol@example.com").headers["Location"] == "/accounts/confirm-email/"
    assert not is_in(client)
    assert "Is <b>carol@example.com</b> yours?" in shown(client.get(confirm))
    assert not EmailAddress.objects.get().verified  # looking changes nothing
    assert client.post(confirm).status_code == 302

    assert signed_in(client, "carol@example.com").headers["Location"] == "/"
    assert is_in(client)
    assert "This link confirms nothing" in shown(client.get(confirm))


@pytest.mark.usefixtures("anybody")
def test_an_address_that_is_taken_is_told_to_its_owner_only(alice: Account) -> None:
    client, stranger = Client(), Client()

    taken, free = signed_up(client, email="Alice@Example.com"), signed_up(stranger)

    assert (taken.status_code, taken.headers["Location"]) == (free.status_code, free.headers["Location"])
    told, asked = mail.outbox
    assert (told.to, told.subject) == (["alice@example.com"], "You have an account already")
    assert "http://localhost:8000/accounts/password/reset/" in str(told.body)
    assert (asked.to, asked.subject) == (["carol@example.com"], "Is this address yours?")
    assert {*client.session.keys()} == {*stranger.session.keys()}
    assert User.objects.count() == 2
    assert signed_in(client, alice.email).headers["Location"] == "/"  # her password is what it was


@pytest.mark.usefixtures("anybody")
def test_taken_or_free_the_work_is_the_same(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    encode = QuickHasher.encode

    def counted(self: QuickHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(QuickHasher, "encode", counted)

    signed_up(Client(), email=alice.email)
    signed_up(Client())

    assert hashed == [PASSWORD, PASSWORD]


@pytest.mark.usefixtures("anybody")
@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("email", "carol", "Enter a valid email address."),
        ("email", '"a:b"@example.com', "An address like me@example.com is wanted"),
        ("password1", "short", "This password is too short"),
        ("password1", "x" * 1001, "At most 1000 characters are read."),
        ("currency", "XXX", "Select a valid choice. XXX is not one of the available choices."),
        ("zone", "Mars", "Select a valid choice. Mars is not one of the available choices."),
    ],
)
def test_what_is_wrong_is_told_at_the_field_and_what_was_typed_stays(field: str, value: str, problem: str) -> None:
    response = signed_up(Client(), **{field: value})

    assert response.status_code == 200
    (told,) = response.context["form"].errors[field]
    assert problem.lower() in told.lower()
    assert f'<small class="bad" id="id_{field}_error">' in shown(response)
    kept = "carol" if field == "email" else "carol@example.com"
    assert f'value="{kept}' in shown(response) or field == "email"
    assert not User.objects.exists()


def test_where_it_is_closed_nobody_signs_up() -> None:
    response = signed_up(Client())

    assert "No accounts are opened here" in shown(response)
    assert "Open an account" not in shown(Client().get("/accounts/login/"))
    assert not User.objects.exists()


@pytest.mark.usefixtures("anybody")
def test_the_sign_in_page_leads_there() -> None:
    page = shown(Client().get("/accounts/login/?next=/oauth/authorize%3Fa%3Db"))

    assert '<a href="/accounts/signup/?next=%2Foauth%2Fauthorize%3Fa%3Db">Open an account</a>' in page


@pytest.mark.usefixtures("anybody")
def test_whom_the_operator_let_in_needs_no_mail(alice: Account) -> None:
    client = Client()

    assert signed_in(client, alice.email).headers["Location"] == "/"
    assert EmailAddress.objects.values_list("email", "verified", "primary").get() == (alice.email, True, True)
    assert mail.outbox == []


@pytest.mark.usefixtures("anybody")
def test_nobody_signs_up_without_end() -> None:
    answers = [signed_up(Client(), email=f"p{number}@example.com").status_code for number in range(21)]

    assert answers == [302] * 20 + [429]
