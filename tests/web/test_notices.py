"""What a person is told by mail when it is changed how he signs in."""

import re
from pathlib import Path
from types import SimpleNamespace

import allauth
import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client, RequestFactory
from time_machine import travel

from accounts.selectors import Account
from tests.cast import NOON, open_account
from tests.web.test_security import new_password
from tests.web.test_signin import signed_in

HOME = "http://localhost:8000"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WORK = SimpleNamespace(name="Work & Co")
NOTICES = {
    "account/email/email_changed": (
        "You sign in by another address",
        f"old@example.com no longer opens an account at {HOME}: it is alice@example.com from now on.",
    ),
    "account/email/email_deleted": (
        "An address was taken away",
        f"old@example.com was taken away from alice@example.com at {HOME}.",
    ),
    "account/email/password_changed": (
        "Your password was changed",
        f"The password of alice@example.com at {HOME} was changed.",
    ),
    "account/email/password_reset": (
        "Your password was replaced",
        f"The password of alice@example.com at {HOME} was replaced by a new one, which a link in a mail let choose.",
    ),
    "account/email/password_set": (
        "Your account has a password",
        f"alice@example.com at {HOME} has a password, and had none before.",
    ),
    "mfa/email/recovery_codes_generated": (
        "You have new recovery codes",
        f"New recovery codes were made for alice@example.com at {HOME}. Those from before no longer work.",
    ),
    "mfa/email/totp_activated": (
        "Codes of an app are asked for",
        f"Whoever signs in as alice@example.com at {HOME} is asked for a code of an authenticator app from now on.",
    ),
    "mfa/email/totp_deactivated": (
        "No codes of an app are asked for",
        f"Whoever signs in as alice@example.com at {HOME} is no longer asked for a code of an authenticator app.",
    ),
    "mfa/email/webauthn_added": (
        "A passkey was added",
        f"One more passkey opens the account of alice@example.com at {HOME}.",
    ),
    "mfa/email/webauthn_removed": (
        "A passkey was taken away",
        f"A passkey of alice@example.com at {HOME} opens nothing any more.",
    ),
    "socialaccount/email/account_connected": (
        "Your account is connected",
        f"Somebody whom Work & Co knows comes in as alice@example.com at {HOME} from now on.",
    ),
    "socialaccount/email/account_disconnected": (
        "Your account is no longer connected",
        f"Nobody comes in by Work & Co as alice@example.com at {HOME} any more.",
    ),
}
ADVICE = f"""If it was you, do nothing. If it was not, choose another password, which signs everybody out:

{HOME}/accounts/password/reset/

Then look at all that opens your account, and take away what is not yours:

{HOME}/accounts/"""
# Whose address was changed gets no mail that would let him choose a password.
OTHERWISE = {
    "account/email/email_changed": "If it was you, do nothing. If it was not, tell whoever runs "
    f"{HOME} at once: a new password would be sent to the other address."
}


def test_all_that_allauth_sends_has_a_text_of_ours() -> None:
    sources = [path.read_text() for path in Path(allauth.__file__).parent.rglob("*.py")]

    sent = {name for source in sources for name in re.findall(r'send_notification_mail\(\s*"([^"]+)"', source)}

    assert sent == set(NOTICES)


@pytest.mark.parametrize("notice", NOTICES)
def test_each_says_what_happened_when_and_from_where(db: None, notice: str) -> None:
    alice = open_account("alice@example.com", zone="Asia/Tokyo")
    user, subject, happened = get_user_model().objects.get(pk=alice.id), *NOTICES[notice]
    request = RequestFactory(headers={"User-Agent": FIREFOX}).get("/")
    said = {"from_email": "old@example.com", "to_email": alice.email, "deleted_email": "old@example.com"}

    with travel(NOON), request_context(request):
        get_adapter().send_notification_mail(notice, user, {**said, "provider": WORK})

    (message,) = mail.outbox
    assert (message.subject, message.to) == (subject, ["alice@example.com"])
    when = "When: 20 Nov 2026 21:00 (Asia/Tokyo)\nFrom: 127.0.0.1\nWith: Firefox, Linux"
    assert message.body == f"{happened}\n\n{when}\n\n{OTHERWISE.get(notice, ADVICE)}"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Your bank says: go to http://evil.example", ""),
        ("X (Linux)", "\nWith: Linux"),
        ("curl Firefox", "\nWith: Firefox"),
    ],
)
def test_nobody_writes_into_it(alice: Account, agent: str, told: str) -> None:
    client = Client(headers={"User-Agent": agent})
    signed_in(client, alice.email)

    new_password(client)

    (message,) = mail.outbox
    assert f"From: 127.0.0.1{told}\n\nIf it was you" in str(message.body)
