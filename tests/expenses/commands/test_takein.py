"""An archive that is too large for a page, taken in by the operator."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from accounts.selectors import Account
from expenses.selectors import ExpenseFilter, expense_rows, imports_of_file
from tests.archives import archive_of, ledger_of
from tests.cast import NOON, spend


@pytest.fixture
def file(alice: Account, tmp_path: Path, settings: LazySettings) -> Path:
    settings.ARCHIVES = tmp_path / "archives"
    spend(alice, "lunch 45")
    path = tmp_path / "all.zip"
    path.write_bytes(archive_of(alice))
    return path


def types(owner: Account) -> list[str]:
    return sorted(row.type for row in expense_rows(user_id=owner.id, matching=ExpenseFilter()))


def test_it_works(alice: Account, bob: Account, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("takein", bob.email, str(file), "--as-it-was", "--dry-run")

    assert types(bob) == ["Sample Expense"]

    call_command("takein", bob.email, str(file), "--as-it-was")

    assert capsys.readouterr().out == (
        "Would come: expenses 2 (deleted 0), receipts 0, reports 1. There already: expenses 0.\n"
        "Came: expenses 2 (deleted 0), receipts 0, reports 1. There already: expenses 0.\n"
    )
    assert types(bob) == ["Sample Expense", "lunch"]
    assert ledger_of(bob) == ledger_of(alice)


def test_into_a_used_ledger(bob: Account, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spend(bob, "coffee 3", NOON + timedelta(hours=1))

    call_command("takein", bob.email, str(file), "--as-it-was")

    said = capsys.readouterr()
    assert said.err == "The ledger was used before: what is there stays, and what is missing comes as new.\n"
    assert said.out == "Came: expenses 1 (deleted 0), receipts 0, reports 0. There already: expenses 1.\n"
    assert types(bob) == ["Sample Expense", "coffee", "lunch"]
    assert imports_of_file(user_id=bob.id, sha256="") == []


def test_what_is_refused(bob: Account, file: Path) -> None:
    with pytest.raises(CommandError, match=r"^nobody@example\.com: no account has this name$"):
        call_command("takein", "nobody@example.com", str(file))
    with pytest.raises(CommandError, match=r"nothing\.zip: No such file or directory$"):
        call_command("takein", bob.email, str(file.parent / "nothing.zip"))
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(CommandError, match=r"all\.zip: ZIP: it was cut off, or is damaged$"):
        call_command("takein", bob.email, str(file))
