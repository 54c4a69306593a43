"""Who was invited; inviting, and taking it back."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as current
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.invitations import LIFE, first_invitation_create, invitation_create, invitations_waiting
from accounts.selectors import Account
from expenses.services import account_close
from tests.cast import NOON
from tests.pages import shown

PATH = "/operator/invitations/"


@pytest.fixture(autouse=True)
def invited(settings: Settings) -> None:
    settings.SIGN_UP = "invited"


def link_on(page: str) -> str:
    (link,) = re.findall(rf'tabindex="0">{current.PUBLIC_URL}([^<]*)</code>', page)
    return str(link)


def test_it_works(desk: Client) -> None:
    first_invitation_create(now=NOON)
    invitation_create(email="old@example.com", now=NOON - LIFE)
    page = shown(desk.post(PATH, {"email": "carol@example.com"}))

    link = link_on(page)
    assert Client().get(link).status_code == 200
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["carol@example.com"], "You are invited")
    assert link in str(message.body)
    assert "stands in the server&#x27;s log. So give carol@example.com the link." in page

    listed = shown(desk.get(PATH))
    assert re.findall(r'scope="row">([^<]*)</th><td[^>]*>([^<]*)</td>', listed) == [
        ("carol@example.com", "olga@example.com"),
        ("old@example.com", "a terminal"),
    ]
    assert listed.count("ended <time") == 1
    assert link not in listed


def test_a_link_for_anybody(desk: Client) -> None:
    page = shown(desk.post(PATH, {"email": ""}))

    assert Client().get(link_on(page)).status_code == 200
    assert mail.outbox == []
    assert 'scope="row">whoever has the link</th>' in shown(desk.get(PATH))


def test_a_mail_server_brings_it(desk: Client, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    assert "<p>It is mailed there.</p>" in shown(desk.post(PATH, {"email": "carol@example.com"}))


def test_what_is_no_address_is_told_at_the_field(desk: Client) -> None:
    page = shown(desk.post(PATH, {"email": "carol"}))

    assert "email &#x27;carol&#x27;: an address like me@example.com is wanted" in page.replace("Email", "email")
    assert 'value="carol"' in page
    assert invitations_waiting(now=NOON, most=9) == []


@pytest.mark.parametrize(
    ("sign_up", "said"),
    [("closed", "SIGN_UP is closed:"), ("invited", "SIGN_UP is invited:"), ("open", "SIGN_UP is open:")],
)
def test_it_says_who_may_open_an_account(desk: Client, settings: Settings, sign_up: str, said: str) -> None:
    settings.SIGN_UP = sign_up

    page = shown(desk.get(PATH))

    assert said in page
    assert ("Invite somebody" in page) == (sign_up != "closed")


def test_where_a_link_would_open_nothing_none_is_made(desk: Client, settings: Settings) -> None:
    settings.SIGN_UP = "closed"

    assert "SIGN_UP is closed:" in shown(desk.post(PATH, {"email": "carol@example.com"}))
    assert invitations_waiting(now=NOON, most=9) == []


def test_withdrawn(desk: Client) -> None:
    link = link_on(shown(desk.post(PATH, {"email": "carol@example.com"})))
    (row,) = invitations_waiting(now=timezone.now(), most=9)

    said = shown(desk.post(f"{PATH}{row.id}/withdraw/", follow=True))

    assert "Its link opens nothing any more." in said
    assert "None. One that is taken is an account" in said
    assert Client().get(link).status_code == 404
    assert desk.post(f"{PATH}{row.id}/withdraw/").status_code == 404
    assert desk.get(f"{PATH}{row.id}/withdraw/").status_code == 405


def test_it_outlives_who_made_it(olga: Account) -> None:
    invitation_create(email="carol@example.com", now=NOON, by=olga.id)

    account_close(user_id=olga.id, now=NOON)

    (row,) = invitations_waiting(now=NOON + timedelta(days=1), most=9)
    assert (row.email, row.by, row.has_expired) == ("carol@example.com", "", False)
