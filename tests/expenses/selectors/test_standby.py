"""Which database answers; a real PostgreSQL with a standby is in ``tests/faults/test_standby.py``."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, connections, transaction

from accounts.selectors import Account
from expenses.selectors import ExpenseFilter, LedgerFilter, expense_rows, filed_reports, ledger_page, ledger_total
from expenses.selectors.standby import STANDBY, reading
from tests.cast import open_account, spend

pytestmark = [
    pytest.mark.skipif("DATABASE_URL" in os.environ, reason="a file of SQLite plays the standby"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def alice() -> Account:
    return open_account("alice@example.com")


@pytest.fixture
def standby(tmp_path: Path) -> Iterator[Path]:
    """A file that follows whenever ``follow`` is called."""
    file = tmp_path / "standby.sqlite3"
    connections.settings[STANDBY] = {**connections.settings["default"], "NAME": str(file)}
    connections[STANDBY].alias = "made by the test"  # Django's tests open no other that they didn't know at their start
    yield file
    connections[STANDBY].close()
    del connections[STANDBY], connections.settings[STANDBY]


def follow(file: Path) -> None:
    with connection.cursor(), closing(sqlite3.connect(file)) as standby:
        connection.connection.backup(standby)


def asked(owner: Account) -> str:
    return "default" if reading(user_id=owner.id) is connections["default"] else "standby"


def test_without_a_standby_the_primary_is_asked(alice: Account) -> None:
    assert asked(alice) == "default"


def test_a_standby_is_asked_once_it_has_all_that_the_reader_wrote(alice: Account, standby: Path) -> None:
    bob = open_account("bob@example.com")
    follow(standby)
    assert (asked(alice), asked(bob)) == ("standby", "standby")

    spend(alice, "lunch 45")
    assert (asked(alice), asked(bob)) == ("default", "standby")

    follow(standby)
    assert asked(alice) == "standby"


def test_who_is_about_to_write_reads_the_primary(alice: Account, standby: Path) -> None:
    follow(standby)

    with transaction.atomic():
        assert asked(alice) == "default"


def test_who_is_not_there_yet_reads_the_primary(standby: Path) -> None:
    follow(standby)

    assert asked(open_account("carol@example.com")) == "default"


def test_a_standby_that_is_away_is_left_alone_for_a_while(
    alice: Account, standby: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("expenses.selectors.standby._standby._rests_until", 0.0)

    assert asked(alice) == "default"
    follow(standby)
    assert asked(alice) == "default"
    assert [record.message for record in caplog.records] == [
        "The standby can't be asked: no such table: expenses_clock"
    ]

    monkeypatch.setattr("expenses.selectors.standby._standby._rests_until", 0.0)
    assert asked(alice) == "standby"


def test_lists_totals_and_reports_are_read_there(alice: Account, standby: Path) -> None:
    spend(alice, "lunch 45")
    follow(standby)
    with closing(sqlite3.connect(standby)) as written, written:
        written.execute("UPDATE expenses_expense SET amount = 1000, notes = 'of the standby' WHERE type = 'lunch'")
        written.execute("DELETE FROM expenses_expense WHERE type <> 'lunch'")

    everything = LedgerFilter()

    assert [row.notes for row in expense_rows(user_id=alice.id, matching=ExpenseFilter())] == ["of the standby"]
    page = ledger_page(user_id=alice.id, matching=everything)
    assert [row.expense.notes for row in page.rows] == ["of the standby"]
    assert ledger_total(user_id=alice.id, matching=everything).amount == 1000
    assert [report.amount for report in filed_reports(user_id=alice.id)] == [1000]
