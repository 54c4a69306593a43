import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.selectors import Account


def answer(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """Sit at a terminal and say this."""
    monkeypatch.setattr("builtins.input", lambda prompt: said)


def test_it_asks(
    alice: Account, bob: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "y")

    call_command("deluser", "Alice@Example.com")

    assert list(User.objects.values_list("email", flat=True)) == [bob.email]
    assert capsys.readouterr().out == "alice@example.com and all that was in the ledger is deleted.\n"


@pytest.mark.parametrize("said", ["", "n", "yes?"])
def test_anything_but_y_deletes_nothing(alice: Account, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    answer(monkeypatch, said)

    with pytest.raises(CommandError, match=r"^Nothing was deleted\.$"):
        call_command("deluser", alice.email)

    assert User.objects.filter(pk=alice.id).exists()


def test_yes_asks_nothing(alice: Account) -> None:
    call_command("deluser", alice.email, "--yes")

    assert not User.objects.filter(pk=alice.id).exists()


def test_nobody(db: None) -> None:
    with pytest.raises(CommandError, match=r"^carol@example\.com: no account has this name$"):
        call_command("deluser", "carol@example.com", "--yes")
