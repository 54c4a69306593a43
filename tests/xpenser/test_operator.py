from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.operators import person
from accounts.selectors import Account


def operator(*words: str) -> str:
    said = StringIO()
    call_command("operator", *words, stdout=said)
    return said.getvalue()


def test_it_works(alice: Account, bob: Account) -> None:
    assert operator("ALICE@example.com") == "alice@example.com is an operator.\n"
    assert operator("bob@example.com") == "bob@example.com is an operator.\n"
    assert operator("alice@example.com", "--no") == "alice@example.com is no operator.\n"

    assert [person(user_id=each.id).is_operator for each in (alice, bob)] == [False, True]
    with pytest.raises(CommandError, match=r"^bob@example\.com is the last operator"):
        operator("bob@example.com", "--no")


def test_nobody_has_this_name(db: None) -> None:
    with pytest.raises(CommandError, match="no account has this name"):
        operator("nobody@example.com")
