"""Coming in by a provider of OpenID Connect."""

import http.client
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.invitations import first_invitation_create, invitation_create, invitation_take
from accounts.models import User
from accounts.selectors import Account
from expenses.models import Clock, Expense
from reports.models import Report
from tests.cast import PASSWORD, OldClient
from tests.oidc import CLIENT_ID, CLIENT_SECRET, Provider, provider
from tests.pages import shown
from tests.web.people import at_browser
from tests.web.test_second_factor import switched_on
from tests.web.test_sign_up import is_in
from tests.web.test_signin import signed_in
from xpenser.env import Oidc
from xpenser.oidc import oidc_settings

pytestmark = pytest.mark.django_db

LEDGER = {"currency": "EUR", "zone": "Europe/Berlin"}
LOGIN = "/accounts/oidc/localhost/login/"


@pytest.fixture
def work(settings: Settings) -> Iterator[Provider]:
    """The provider that the operator named, with Carol at its door."""
    with provider() as there:
        settings.SOCIALACCOUNT_PROVIDERS = oidc_settings(Oidc("Work", there.issuer, CLIENT_ID, CLIENT_SECRET))
        there.person = {"sub": "carol-1", "email": "Carol@Example.com", "email_verified": True}
        yield there


def went(client: Client, **said: str) -> Any:
    """Go to the provider and come back, and return what was answered then."""
    page = client.post(LOGIN, said)
    assert page.status_code == 200
    (there,) = re.findall(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.content.decode())
    address = urlsplit(unescape(there))
    asking = http.client.HTTPConnection(address.netloc)
    asking.request("GET", f"{address.path}?{address.query}")
    back = urlsplit(asking.getresponse().headers["Location"])
    asking.close()
    assert f"{back.scheme}://{back.netloc}" == "http://localhost:8000"
    return client.get(f"{back.path}?{back.query}")


def connected(person: Account) -> Client:
    """Return a browser in which a person has signed in, and connected who is at the provider's door."""
    client = Client()
    signed_in(client, person.email)
    response = went(client, process="connect")
    response = client.post(response.headers["Location"], {"password": PASSWORD}, follow=True)
    assert "It is connected" in shown(response)
    return client


def test_somebody_new_opens_an_account_where_anybody_may(work: Provider, settings: Settings) -> None:
    settings.SIGN_UP, settings.ACCOUNT_EMAIL_VERIFICATION = "open", "mandatory"
    client = Client()
    assert "Go on with Work" in shown(client.get("/accounts/signup/"))
    assert went(client).headers["Location"] == "/accounts/oidc/signup/"
    page = shown(client.get("/accounts/oidc/signup/"))
    assert "Work says who you are." in page
    assert 'value="carol@example.com"' in page

    response = client.post("/accounts/oidc/signup/", {**LEDGER, "email": "somebody.else@example.com"})

    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert is_in(client)
    user = User.objects.get()
    assert (user.email, user.currency, user.zone) == ("carol@example.com", "EUR", "Europe/Berlin")
    assert Clock.objects.filter(user=user).exists()
    assert Report.objects.filter(user=user, is_default=True).count() == 1
    assert Expense.objects.filter(user=user).count() == 1
    assert EmailAddress.objects.values_list("email", "verified").get() == ("carol@example.com", True)
    assert mail.outbox == []


def test_and_comes_in_by_it_again(work: Provider, settings: Settings) -> None:
    test_somebody_new_opens_an_account_where_anybody_may(work, settings)
    settings.SIGN_UP = "closed"
    client = Client()

    assert went(client, next="/settings/apps/").headers["Location"] == "/settings/apps/"
    assert is_in(client)


def test_without_a_password_programs_get_in_by_none(work: Provider, settings: Settings) -> None:
    test_somebody_new_opens_an_account_where_anybody_may(work, settings)
    client = Client()
    went(client)

    assert OldClient("carol@example.com").get("/api/v1.0/expenses/").status_code == 401
    assert "You have none. A mail brings a link to choose one." in shown(client.get("/accounts/"))
    dropped = client.post(f"/accounts/oidc/{SocialAccount.objects.get().pk}/drop/", follow=True)
    assert "Your account has no password set up." in shown(dropped)
    assert SocialAccount.objects.exists()


def test_an_address_that_the_provider_has_not_seen_confirmed_is(work: Provider, settings: Settings) -> None:
    settings.SIGN_UP, settings.ACCOUNT_EMAIL_VERIFICATION = "open", "mandatory"
    work.person["email_verified"] = False
    client = Client()
    went(client)

    response = client.post("/accounts/oidc/signup/", LEDGER)

    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not is_in(client)
    assert [message.subject for message in mail.outbox] == ["Is this address yours?"]


def test_of_whom_it_says_no_address_is_asked_for_one(work: Provider, settings: Settings) -> None:
    settings.SIGN_UP, settings.ACCOUNT_EMAIL_VERIFICATION = "open", "mandatory"
    work.person = {"sub": "carol-1"}
    client = Client()
    went(client)

    response = client.post("/accounts/oidc/signup/", {**LEDGER, "email": "carol@example.com"})

    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not EmailAddress.objects.get().verified


@pytest.mark.parametrize("sign_up", ["closed", "invited"])
def test_where_not_anybody_may_nobody_does(work: Provider, settings: Settings, sign_up: str) -> None:
    settings.SIGN_UP = sign_up
    client = Client()

    assert "No accounts are opened here" in shown(went(client))
    assert client.get("/accounts/oidc/signup/").headers["Location"] == "/accounts/login/"
    assert not User.objects.exists()


def test_who_was_invited_may(work: Provider, settings: Settings) -> None:
    settings.SIGN_UP = "invited"
    token = invitation_create(now=timezone.now())
    client = Client()
    assert f'<input type="hidden" name="invitation" value="{token}">' in shown(client.get(f"/accounts/join/{token}/"))
    went(client, invitation=token)

    assert client.post("/accounts/oidc/signup/", LEDGER).headers["Location"] == "/"

    assert User.objects.get().email == "carol@example.com"
    assert Client().get(f"/accounts/join/{token}/").status_code == 404


def test_so_may_the_first(work: Provider) -> None:
    client = Client()
    went(client, invitation=first_invitation_create(now=timezone.now()))

    client.post("/accounts/oidc/signup/", LEDGER)

    assert User.objects.get().is_superuser


def test_who_was_invited_by_another_name_may_not(work: Provider, settings: Settings) -> None:
    settings.SIGN_UP = "invited"
    client = Client()
    went(client, invitation=invitation_create(now=timezone.now(), email="dave@example.com"))

    response = client.post("/accounts/oidc/signup/", LEDGER, follow=True)

    assert "this invitation is for dave@example.com" in shown(response)
    assert not User.objects.exists()


def test_a_used_link_lets_nobody_in(work: Provider, settings: Settings, alice: Account) -> None:
    settings.SIGN_UP = "invited"
    token = invitation_create(now=timezone.now())
    invitation_take(token=token, email="dave@example.com", now=timezone.now())

    assert "No accounts are opened here" in shown(went(Client(), invitation=token))


@pytest.mark.parametrize(
    ("sent", "kept"), [("x" * 32, True), ("", False), ("x" * 31, False), ("x" * 33, False), ("ü" * 32, False)]
)
def test_only_what_a_link_may_end_with_is_kept(work: Provider, settings: Settings, sent: str, kept: bool) -> None:
    settings.SIGN_UP = "invited"
    client = Client()

    went(client, invitation=sent)

    assert (sent in client.session.values()) == kept


def test_who_was_invited_is_told_that_his_address_is_taken(work: Provider, settings: Settings, alice: Account) -> None:
    settings.SIGN_UP = "invited"
    work.person["email"] = alice.email
    client = Client()
    went(client, invitation=invitation_create(now=timezone.now()))

    response = client.post("/accounts/oidc/signup/", LEDGER, follow=True)

    assert "there is an account of this name" in shown(response)
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def test_an_address_confirmed_elsewhere_opens_nobodys_account(
    work: Provider, settings: Settings, alice: Account
) -> None:
    settings.SIGN_UP, settings.ACCOUNT_EMAIL_VERIFICATION = "open", "mandatory"
    work.person["email"] = alice.email
    client = Client()
    assert went(client).headers["Location"] == "/accounts/oidc/signup/"

    response = client.post("/accounts/oidc/signup/", LEDGER)

    assert response.headers["Location"] == "/accounts/confirm-email/"  # as for one that is free
    assert not is_in(client)
    assert [message.subject for message in mail.outbox] == ["You have an account already"]
    assert not SocialAccount.objects.exists()


def test_its_owner_connects_it_and_comes_in_by_it(work: Provider, alice: Account) -> None:
    connected(alice)
    client = Client()

    assert went(client).headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(alice.id)
    assert User.objects.get().email == alice.email  # the provider's is another


def test_and_takes_it_away(work: Provider, alice: Account) -> None:
    client = connected(alice)
    kept = SocialAccount.objects.get()
    assert f'action="/accounts/oidc/{kept.pk}/drop/"' in shown(client.get("/accounts/"))

    response = client.post(f"/accounts/oidc/{kept.pk}/drop/", follow=True)

    assert "You come in by it no longer." in shown(response)
    assert "No accounts are opened here" in shown(went(Client()))


def test_nobody_takes_somebody_elses_away(work: Provider, alice: Account, bob: Account) -> None:
    connected(alice)

    assert at_browser(bob).post(f"/accounts/oidc/{SocialAccount.objects.get().pk}/drop/").status_code == 404
    assert SocialAccount.objects.exists()


def test_two_do_not_come_in_by_one(work: Provider, alice: Account, bob: Account) -> None:
    connected(alice)
    client = Client()
    signed_in(client, bob.email)
    response = went(client, process="connect")

    page = client.post(response.headers["Location"], {"password": PASSWORD}, follow=True)

    assert "Somebody else here comes in by it already." in shown(page)
    assert SocialAccount.objects.get().user_id == alice.id


def test_a_second_factor_is_asked_for_all_the_same(work: Provider, alice: Account) -> None:
    switched_on(connected(alice))
    client = Client()

    assert went(client).headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(client)


def test_a_closed_account_stays_closed(work: Provider, alice: Account) -> None:
    connected(alice)
    User.objects.update(is_active=False)
    client = Client()

    assert went(client).headers["Location"] == "/accounts/inactive/"
    assert "This account is closed" in shown(client.get("/accounts/inactive/"))


@pytest.mark.parametrize(
    "lie", [{"iss": "https://evil.example"}, {"aud": "another program"}, {"exp": 1_000_000}], ids=str
)
def test_a_token_that_is_not_for_us_is_refused(work: Provider, alice: Account, lie: dict[str, Any]) -> None:
    connected(alice)
    work.says = lie
    client = Client()

    response = went(client)

    assert response.status_code == 401
    assert "Who was to say who you are did not, or not to us." in shown(response)
    assert not is_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(work: Provider, alice: Account) -> None:
    connected(alice)
    client = Client()

    assert client.get(f"{LOGIN}callback/?code=a+code&state=forged").status_code == 401
    assert not is_in(client)


def test_who_comes_back_without_is_told_so(work: Provider) -> None:
    client = Client()
    page = client.post(LOGIN)
    (state,) = re.findall(r"state=(\w+)", page.content.decode())[:1]

    response = client.get(f"{LOGIN}callback/?error=access_denied&state={state}")

    assert response.headers["Location"] == "/accounts/oidc/cancelled/"
    assert "You came back" in shown(client.get("/accounts/oidc/cancelled/"))


def test_where_nobody_is_there_it_is_told(work: Provider, caplog: pytest.LogCaptureFixture) -> None:
    work.is_broken = True

    response = Client().post(LOGIN)

    assert response.status_code == 502
    assert "That did not work" in shown(response)
    assert "The provider of OpenID Connect can't be asked. OIDC_ISSUER says where it is." in caplog.messages


def test_a_link_sends_nobody_there(work: Provider) -> None:
    assert Client().get(LOGIN).status_code == 405


def test_where_none_was_named_there_is_none(db: None) -> None:
    assert Client().post(LOGIN).status_code == 404
    assert "Go on with" not in shown(Client().get("/accounts/login/"))


def test_another_than_the_one_that_was_named_is_none(work: Provider) -> None:
    assert Client().post("/accounts/oidc/evil.example/login/").status_code == 404
    assert "Go on with Work" in shown(Client().get("/accounts/login/"))
