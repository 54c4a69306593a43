import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.selectors import Account
from tests.cast import PASSWORD


def test_it_works(alice: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse\n"))

    call_command("changepassword", "Alice@Example.com")

    assert User.objects.get(pk=alice.id).check_password("correct horse")
    assert capsys.readouterr().out == "alice@example.com has a new password.\n"


def test_a_weak_one_is_refused(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("short"))

    with pytest.raises(CommandError, match=r"^password: This password is too short"):
        call_command("changepassword", alice.email)

    assert User.objects.get(pk=alice.id).check_password(PASSWORD)


def test_nobody_of_that_name(db: None) -> None:
    with pytest.raises(CommandError, match=r"^nobody@example.com: no account has this name$"):
        call_command("changepassword", "nobody@example.com")
