"""The process that does the tasks: whoever kills it, or its server, what it was at is done all the same."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.callers import eventually
from tests.live import LiveServer, start_peopled_server
from xpenser.worker import _Keeper

pytestmark = pytest.mark.once

ENQUEUE = "from tests.faults.sleepers import waits_once; waits_once.enqueue({folder!r})"

LINES = 10_000
IMPORT = """
from django.db import transaction
from django.utils import timezone
from accounts.selectors import account
from expenses.services import import_ask, upload_keep
from xpenser.tasks import import_order
person, now = account(email={email!r}), timezone.now()
data = "date,amount\\n" + "".join(f"2026-11-01,{{number}}\\n" for number in range({lines}))
number = upload_keep(user_id=person.id, name="bank.csv", data=data.encode(), now=now)
with transaction.atomic():
    assert import_ask(user_id=person.id, upload_id=number, now=now)
    import_order(user_id=person.id, upload_id=number, asked=now)
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with start_peopled_server(tmp_path_factory.mktemp("worker")) as server:
        yield server


def begun(server: LiveServer, folder: Path) -> int:
    """Let a task be begun, and return who is at it."""
    folder.mkdir()
    done = server.manage("shell", "-v", "0", "-c", ENQUEUE.format(folder=str(folder)))
    assert done.returncode == 0, done.stderr
    assert eventually((folder / "begun").exists)
    (pid,) = server.task_workers()
    return pid


def test_it_works(served: LiveServer) -> None:
    statement = "SELECT status FROM django_tasks_database_dbtaskresult WHERE task_path = 'xpenser.tasks.tidy'"

    assert eventually(lambda: sorted(served.sql(statement)) == [("READY",), ("SUCCESSFUL",)])


def test_who_is_told_to_end_before_one_was_born_has_nobody_to_tell(tmp_path: Path) -> None:
    keeper = _Keeper(tmp_path, [])

    keeper.end()
    keeper.keep()

    assert keeper._process is None


def test_a_worker_that_is_killed_is_followed_by_another_one(served: LiveServer, tmp_path: Path) -> None:
    pid = begun(served, tmp_path / "task")

    os.kill(pid, signal.SIGKILL)

    assert eventually((tmp_path / "task" / "done").exists)
    assert "The worker for tasks ended (status -9); another one begins" in served.log.read_text()


def test_a_file_that_it_was_killed_over_comes_once(served: LiveServer) -> None:
    done = served.manage("shell", "-v", "0", "-c", IMPORT.format(email=served.newcomer(), lines=LINES))
    assert done.returncode == 0, done.stderr
    left = "SELECT done FROM expenses_taking"
    assert eventually(lambda: served.sql(left) != [(0,)])  # at it, or so quick that it is in

    (pid,) = served.task_workers()
    os.kill(pid, signal.SIGKILL)

    assert eventually(lambda: served.sql("SELECT expenses FROM expenses_import") == [(LINES,)])
    assert served.sql("SELECT count(*) FROM expenses_imported") == [(LINES,)]
    assert eventually(lambda: served.sql(left) == [])


def test_a_server_that_is_killed_takes_it_along_and_its_task_waits(served: LiveServer, tmp_path: Path) -> None:
    pid = begun(served, tmp_path / "task")

    served.stop(signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())
    served.start()

    assert eventually((tmp_path / "task" / "done").exists)


def test_who_is_told_to_end_finishes_what_it_is_at_however_often_it_is_told(served: LiveServer, tmp_path: Path) -> None:
    pid = begun(served, tmp_path / "task")

    os.kill(pid, signal.SIGTERM)
    os.kill(pid, signal.SIGTERM)
    (tmp_path / "task" / "go").touch()

    assert eventually(lambda: not Path(f"/proc/{pid}").exists())
    assert (tmp_path / "task" / "done").exists()
    assert eventually(lambda: len(served.task_workers()) == 1)


def test_it_ends_with_its_server(served: LiveServer) -> None:
    (pid,) = served.task_workers()

    assert served.stop() == 0

    assert not Path(f"/proc/{pid}").exists()
