import re
from io import StringIO

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from accounts.models import Invitation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def invited(settings: Settings) -> None:
    settings.SIGN_UP = "invited"


def invite(*email: str) -> str:
    said = StringIO()
    call_command("invite", *email, stdout=said)
    return said.getvalue()


def test_it_prints_a_link_that_opens_an_account() -> None:
    link = invite().removesuffix("\n")

    assert re.fullmatch(rf"{settings.PUBLIC_URL}/accounts/join/[\w-]{{32}}/", link)
    assert Client().get(link.removeprefix(settings.PUBLIC_URL)).status_code == 200
    assert mail.outbox == []


def test_with_an_address_it_mails_it() -> None:
    link = invite("carol@example.com").removesuffix("\n")

    (message,) = mail.outbox
    assert (message.to, message.subject) == (["carol@example.com"], "You are invited")
    assert str(message.body) == (
        f"You are invited to open an account at {settings.PUBLIC_URL}. "
        f"This link does it, once, within two weeks:\n\n{link}\n"
    )


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(CommandError, match="email 'carol': an address like me@"):
        invite("carol")


def test_where_a_link_would_open_nothing_none_is_made(settings: Settings) -> None:
    settings.SIGN_UP = "closed"

    with pytest.raises(CommandError, match="SIGN_UP is closed"):
        invite()
    assert not Invitation.objects.exists()
