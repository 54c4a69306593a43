from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.selectors import Account, credentials


def test_it_works(alice: Account, bob: Account) -> None:
    for person in (alice, bob):
        for kind in ("totp", "recovery_codes", "webauthn"):
            Authenticator.objects.create(user_id=person.id, type=kind, data={})
    assert not credentials(email=alice.email).password_is_enough
    said = StringIO()

    call_command("dropfactors", "ALICE@example.com", stdout=said)

    assert said.getvalue() == "alice@example.com has no second factor.\n"
    assert credentials(email=alice.email).password_is_enough
    assert not credentials(email=bob.email).password_is_enough
    assert Authenticator.objects.filter(user_id=bob.id).count() == 3


def test_nobody_has_this_name(db: None) -> None:
    with pytest.raises(CommandError, match="no account has this name"):
        call_command("dropfactors", "nobody@example.com")
