import getpass
import io
import sys

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.selectors import Account
from expenses.models import Clock, Expense
from reports.models import Report

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sit at a terminal: answers to prompts are taken from the list."""
    answers: list[str] = []

    def answered() -> str:
        if not answers:
            raise EOFError  # Ctrl-D
        return answers.pop(0)

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(getpass, "getpass", lambda prompt: answered())
    monkeypatch.setattr("builtins.input", lambda prompt: answers.pop(0))
    return answers


def opened(email: str) -> User:
    """Return the person, having seen that the account is whole."""
    user = User.objects.get(email=email)
    assert user.check_password("correct horse")
    assert Clock.objects.filter(user=user).exists()
    assert Report.objects.filter(user=user, is_default=True).count() == 1
    assert Expense.objects.filter(user=user).count() == 1
    return user


@pytest.mark.parametrize("line", ["correct horse", "correct horse\n", "correct horse\r\n", "correct horse\nmore\n"])
def test_adduser_takes_the_password_from_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(line))

    call_command("adduser", "me@example.com", "--zone", "Europe/Berlin", "--currency", "eur")

    user = opened("me@example.com")
    assert (user.zone, user.currency) == ("Europe/Berlin", "EUR")
    assert user.is_staff  # the first account of a server is its operator's
    assert user.is_superuser
    assert capsys.readouterr().out == "me@example.com has an account.\n"


def test_adduser_asks_twice_at_a_terminal(typed: list[str], alice: Account) -> None:
    typed += ["correct horse", "correct horse"]

    call_command("adduser", "me@example.com")

    user = opened("me@example.com")
    assert (user.zone, user.currency) == ("UTC", "USD")
    assert not user.is_staff  # Alice was first
    assert not user.is_superuser


def test_adduser_wants_the_same_twice(typed: list[str]) -> None:
    typed += ["correct horse", "correct house"]

    with pytest.raises(CommandError, match="not the same"):
        call_command("adduser", "me@example.com")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "arguments", [["me"], ["me@example.com", "--zone", "Mars"], ["me@example.com", "--currency", "X"]]
)
def test_adduser_asks_for_no_password_in_vain(typed: list[str], arguments: list[str]) -> None:
    typed += ["correct horse", "correct horse"]

    with pytest.raises(CommandError, match="is wanted"):
        call_command("adduser", *arguments)

    assert len(typed) == 2


@pytest.mark.parametrize("before", [[], ["correct horse"]])
def test_adduser_is_left_at_the_prompt(typed: list[str], before: list[str]) -> None:
    typed += before

    with pytest.raises(CommandError, match="no password given"):
        call_command("adduser", "me@example.com")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("arguments", "password", "said"),
    [
        (["me"], "correct horse", "an address like me@example.com is wanted"),
        (["me@example.com"], "short", "too short"),
        (["me@example.com"], "", "too short"),
        (["me@example.com", "--zone", "Mars"], "correct horse", "zone 'Mars'"),
        (["me@example.com", "--currency", "doubloons"], "correct horse", "doubloons"),
    ],
)
def test_adduser_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], password: str, said: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(password))

    with pytest.raises(CommandError, match=said) as refusal:
        call_command("adduser", *arguments)

    assert "\n" not in str(refusal.value)
    assert not User.objects.exists()


def test_createsuperuser_asks(typed: list[str]) -> None:
    typed += ["me@example.com", "correct horse", "correct horse"]

    call_command("createsuperuser")

    user = opened("me@example.com")
    assert user.is_staff
    assert user.is_superuser


def test_createsuperuser_without_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_EMAIL", "env@example.com")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")

    call_command("createsuperuser", "--noinput")
    call_command("createsuperuser", "--noinput", "--email", "me@example.com")

    assert opened("env@example.com").is_superuser
    assert opened("me@example.com").is_superuser


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [("", "correct horse", "are needed"), ("me@example.com", "", "are needed"), ("me", "correct horse", "email 'me'")],
)
def test_createsuperuser_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str, said: str
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    with pytest.raises(CommandError, match=said):
        call_command("createsuperuser", "--noinput", "--email", email)

    assert not User.objects.exists()
