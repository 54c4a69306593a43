"""Archives that come in while nobody waits: told of, given up, refused, done again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.selectors import Account, account
from accounts.sentences import Sentence
from expenses import services
from expenses.models import Receipt, Taking, Upload
from expenses.selectors import (
    TakingRow,
    UploadNotFound,
    import_of_upload,
    import_rows,
    taking_row,
    takings_under_way,
    upload_row,
)
from expenses.services import (
    archive_import,
    archive_is_long,
    archives_checked,
    archives_taken,
    import_ask,
    import_give_up,
    import_make,
    upload_keep,
)
from expenses.services.clock import clock_read
from tests.archives import archive_of, ledger_of, packed, parts
from tests.cast import open_account, spend
from tests.expenses.services.test_archives import LATER, fill, live
from tests.expenses.services.test_importing import before_the_lock

pytestmark = pytest.mark.usefixtures("archives_folder")


@pytest.fixture
def ledger(alice: Account) -> bytes:
    """Return an archive of a ledger with something of everything, three receipts among it."""
    fill(alice)
    return archive_of(alice, now=LATER)


def keep(owner: Account, data: bytes) -> int:
    return upload_keep(user_id=owner.id, name="all.zip", data=data, now=LATER)


def ask(owner: Account, upload_id: int, *, as_it_was: bool = True) -> bool:
    seen = clock_read(user_id=owner.id)
    return import_ask(user_id=owner.id, upload_id=upload_id, now=LATER, seen=seen, as_it_was=as_it_was)


def asked(owner: Account, data: bytes, *, as_it_was: bool = True) -> int:
    """Return the number of an archive that its owner wants in the ledger."""
    upload_id = keep(owner, data)
    assert ask(owner, upload_id, as_it_was=as_it_was)
    return upload_id


def make(owner: Account, upload_id: int) -> None:
    import_make(owner=owner, upload_id=upload_id, asked=LATER, now=LATER)


def state(owner: Account, upload_id: int) -> TakingRow:
    row = taking_row(user_id=owner.id, upload_id=upload_id, now=LATER)
    assert row is not None
    return row


def files(folder: Path, owner: Account) -> int:
    return sum(1 for _ in (folder / str(owner.id)).glob("*.*"))


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be told of every fifth line and second receipt."""
    monkeypatch.setattr(archives_checked, "_TOLD_EVERY", 5)
    monkeypatch.setattr(archives_taken, "_TOLD_EVERY", 2)


def test_it_comes_once_as_it_was(alice: Account, bob: Account, ledger: bytes) -> None:
    upload_id = asked(bob, ledger)

    assert not ask(bob, upload_id)
    for _ in range(2):  # a worker may be killed after the last thing that it did
        make(bob, upload_id)

    assert ledger_of(bob, now=LATER) == ledger_of(alice, now=LATER)
    assert [import_of_upload(user_id=bob.id, upload_id=upload_id)] == import_rows(user_id=bob.id)
    assert not Upload.objects.exists()


def test_what_the_button_said_counts(bob: Account, ledger: bytes) -> None:
    make(bob, asked(bob, ledger, as_it_was=False))

    assert [row.expenses for row in import_rows(user_id=bob.id)] == [4]  # one of the five is like what was there
    assert account(email=bob.email).zone == "UTC"


@pytest.mark.usefixtures("often")
def test_how_far_it_has_come_is_told_before_it_is_written(bob: Account, ledger: bytes) -> None:
    upload_id = asked(bob, ledger)
    lines = sum(text.count(b"\n") for name, text in parts(ledger).items() if name.startswith("data/"))
    said = []

    def heard(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if sql.startswith('UPDATE "expenses_taking"'):
            row = state(bob, upload_id)
            said.append((row.state, row.done, row.total))
            assert row.is_under_way
            assert live(bob) == ["Sample Expense"]
        return answer

    with connection.execute_wrapper(heard):
        make(bob, upload_id)

    assert said == [
        *(("planned", done, lines) for done in range(0, lines + 1, 5)),
        ("copied", 0, 3), ("copied", 2, 3), ("written", 2, 3),
    ]  # fmt: skip


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize(("said", "written"), [("planned", 0), (5, 0), ("copied", 0), (2, 2), ("written", 3)])
def test_what_is_given_up_is_not_made(
    bob: Account, ledger: bytes, archives_folder: Path, said: str | int, written: int
) -> None:
    upload_id = asked(bob, ledger)
    found = []

    def stopped(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "expenses_taking"') and params[0] == said:
            assert import_give_up(user_id=bob.id, upload_id=upload_id)
            found.append(files(archives_folder, bob))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(stopped):
        make(bob, upload_id)

    assert found == [written]
    assert files(archives_folder, bob) == 0
    assert live(bob) == ["Sample Expense"]
    assert taking_row(user_id=bob.id, upload_id=upload_id, now=LATER) is None
    assert upload_row(user_id=bob.id, upload_id=upload_id, now=LATER).name == "all.zip"


@pytest.mark.parametrize("left", [Taking.State.COPIED, Taking.State.WRITTEN])
def test_what_a_worker_was_killed_over_is_made_by_the_next(
    alice: Account, bob: Account, ledger: bytes, left: Taking.State
) -> None:
    upload_id = asked(bob, ledger)
    Taking.objects.update(state=left)  # and what it wrote is gone with its transaction

    assert takings_under_way(since=LATER) == [(bob.id, upload_id, LATER)]
    make(bob, upload_id)

    assert ledger_of(bob, now=LATER) == ledger_of(alice, now=LATER)


def refused(bob: Account, upload_id: int, folder: Path) -> str:
    """Return why an archive is refused, of which nothing is left but the file, and which no second worker begins."""
    make(bob, upload_id)
    row = state(bob, upload_id)
    assert (row.state, files(folder, bob), Receipt.objects.filter(user_id=bob.id).count()) == ("failed", 0, 0)
    assert isinstance(row.why, Sentence)
    make(bob, upload_id)
    assert state(bob, upload_id) == row
    return row.why


def test_a_ledger_that_was_changed_since_he_saw_it(bob: Account, ledger: bytes, archives_folder: Path) -> None:
    upload_id = asked(bob, ledger)
    spend(bob, "coffee 3", now=LATER + timedelta(hours=1))

    said = refused(bob, upload_id, archives_folder)

    assert said == "your ledger was changed meanwhile: look again at what would come"
    assert import_give_up(user_id=bob.id, upload_id=upload_id)  # why it failed is forgotten
    assert ask(bob, upload_id)
    make(bob, upload_id)
    assert sorted(live(bob)) == ["Sample Expense", "Time", "coffee", "hotel", "lunch"]


def test_a_ledger_that_is_changed_at_the_last_moment(bob: Account, ledger: bytes, archives_folder: Path) -> None:
    upload_id = asked(bob, ledger)

    with before_the_lock(lambda: spend(bob, "coffee 3")):
        said = refused(bob, upload_id, archives_folder)

    assert said == "your ledger was changed meanwhile: look again at what would come"


def test_other_money(ledger: bytes, archives_folder: Path) -> None:
    carol = open_account("carol@example.com", currency="EUR")
    spend(carol, "coffee 3")

    said = refused(carol, asked(carol, ledger), archives_folder)

    assert said == "the archive is kept in USD, and your ledger in EUR: amounts can't become others"


def test_a_receipt_that_is_none(bob: Account, ledger: bytes, archives_folder: Path) -> None:
    content = parts(ledger)
    (last,) = [name for name in content if name.startswith("receipts/4-")]

    said = refused(bob, asked(bob, packed({**content, last: b"none"})), archives_folder)

    assert said.startswith(f"{last}: ")


def test_what_was_thrown_away_meanwhile_does_not_come(bob: Account, ledger: bytes, archives_folder: Path) -> None:
    upload_id, seen = keep(bob, ledger), clock_read(user_id=bob.id)

    with (
        before_the_lock(lambda: services.upload_drop(user_id=bob.id, upload_id=upload_id)),
        pytest.raises(UploadNotFound),
    ):
        archive_import(owner=bob, upload_id=upload_id, as_it_was=True, seen=seen, now=LATER)

    assert live(bob) == ["Sample Expense"]
    assert files(archives_folder, bob) == 0


def test_of_many_lines_or_receipts_it_is_long(bob: Account, ledger: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = sum(text.count(b"\n") for name, text in parts(ledger).items() if name.startswith("data/"))
    upload = upload_row(user_id=bob.id, upload_id=keep(bob, ledger), now=LATER)

    def is_long(most: int, many: int) -> bool:
        monkeypatch.setattr(archives_taken, "LONG", most)
        monkeypatch.setattr(archives_taken, "MANY", many)
        return archive_is_long(upload)

    assert [is_long(lines, 3), is_long(lines - 1, 3), is_long(lines, 2)] == [False, True, True]
