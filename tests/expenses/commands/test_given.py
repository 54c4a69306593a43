"""What every command wants first: a ledger."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connections


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at a database in which nothing has been made yet."""
    monkeypatch.setattr(connections["default"].introspection, "table_names", list)


@pytest.mark.parametrize(
    "arguments",
    [
        ["adduser", "me@example.com"],
        ["createsuperuser", "--noinput", "--email", "me@example.com"],
        ["account", "me@example.com"],
        ["rates", "--user", "me@example.com", "EUR", "1.08"],
    ],
)
def test_without_a_ledger_it_says_how_one_comes_to_be(nowhere: None, db: None, arguments: list[str]) -> None:
    with pytest.raises(CommandError, match="no ledger here yet: start the server once") as refusal:
        call_command(*arguments)

    assert "\n" not in str(refusal.value)
