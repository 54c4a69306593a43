"""What is done now and then, as the worker does it."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks.backends.immediate import ImmediateBackend
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from accounts.invitations import invitation_create, invitations_waiting
from accounts.selectors import Account
from expenses.archives.reading import Archive
from expenses.models import IdempotencyKey, Import, LedgerArchive, Receipt, Taking, Upload
from expenses.receipts import receipt_read
from expenses.selectors import archive_row, taking_row
from expenses.services import (
    account_close,
    archive_ask,
    archive_import,
    archive_open,
    clock_read,
    import_ask,
    receipt_turn,
    receipts_add,
    upload_keep,
)
from tests.archives import archive_of
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg, pdf, png
from tests.expenses.test_bucket import use
from tests.live import free_port
from tests.s3 import BUCKET
from xpenser.posting import post
from xpenser.tasks import (
    EVERY,
    MOST_STARTS,
    Waiting,
    archive_order,
    archive_write,
    files_go,
    import_order,
    import_write,
    queue_seen,
    receipts_order_gone,
    smalls_make,
    smalls_order,
    tidy,
    tidy_plan,
)
from xpenser.worker import work

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def queue(settings: Settings, transactional_db: None) -> None:  # a worker that ends closes its connections
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def states() -> list[tuple[str, int]]:
    """Return how each task is, and how often it was begun, in the order in which they came."""
    rows = DBTaskResult.objects.order_by("enqueued_at", "run_after").values_list("status", "worker_ids")
    return [(status, len(workers)) for status, workers in rows]


def test_what_is_of_no_use_goes_and_what_may_be_stays(alice: Account) -> None:
    now = timezone.now()
    for days in (8, 6):
        for number in range(150):
            IdempotencyKey.objects.create(
                user_id=alice.id, key=f"{days}-{number}", digest="", status=200, content_type="", body=b"",
                created=now - days * DAY,
            )  # fmt: skip
    for days in (45, 43):
        invitation_create(now=now - days * DAY, email=f"d{days}@example.com")
    for hours in (25, 23):
        upload_keep(user_id=alice.id, name=f"h{hours}", data=b"a;b\n1;2\n", now=now - timedelta(hours=hours))
    Session.objects.create(session_key="over", session_data="", expire_date=now - DAY)
    Session.objects.create(session_key="goes-on", session_data="", expire_date=now + DAY)
    tidy.enqueue()
    for status, days in (("SUCCESSFUL", 2), ("FAILED", 29), ("FAILED", 31)):
        DBTaskResult.objects.create(
            status=status, finished_at=now - days * DAY, args_kwargs={}, task_path="x", backend_name="default"
        )

    work(worker_id="w", batch=True)

    assert IdempotencyKey.objects.filter(user_id=alice.id).count() == 150
    assert [row.email for row in invitations_waiting(now=now, most=9)] == ["d43@example.com"]
    assert list(Upload.objects.values_list("name", flat=True)) == ["h23"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["goes-on"]
    left = DBTaskResult.objects.order_by("enqueued_at").values_list("status", "task_path")
    assert list(left) == [("SUCCESSFUL", "xpenser.tasks.tidy"), ("FAILED", "x"), ("READY", "xpenser.tasks.tidy")]


def test_what_can_not_be_cleared_away_keeps_nothing_else_from_it(settings: Settings) -> None:
    now = timezone.now()
    settings.SESSION_ENGINE = "nothing.there"
    DBTaskResult.objects.create(
        status="FAILED", finished_at=now - 31 * DAY, args_kwargs={}, task_path="x", backend_name="default"
    )

    work(worker_id="w", batch=True)

    assert states() == [("FAILED", 1), ("READY", 0)]
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert failed.exception_class_path == "builtins.ExceptionGroup"
    assert "No module named 'nothing'" in failed.traceback


def test_it_is_planned_once_and_after_each_time_for_an_hour_later() -> None:
    now = timezone.now()

    work(worker_id="w", batch=True)
    work(worker_id="w", batch=True)
    tidy_plan(at=now)

    assert states() == [("SUCCESSFUL", 1), ("READY", 0)]
    later = DBTaskResult.objects.get(status=TaskResultStatus.READY).run_after - now
    assert EVERY <= later < EVERY + DAY


def test_who_is_born_again_does_again_what_it_was_killed_in_the_middle_of() -> None:
    now = timezone.now()
    for started, workers in (
        (now, ["w"]),
        (now, ["w", "another"]),
        (now - 2 * EVERY, ["another"]),
        (now, ["w"] * MOST_STARTS),
    ):
        DBTaskResult.objects.create(
            status="RUNNING", started_at=started, worker_ids=workers, args_kwargs={"args": [], "kwargs": {}},
            task_path="xpenser.tasks.tidy", backend_name="default",
        )  # fmt: skip
    tidy.using(run_after=now + EVERY).enqueue()

    work(worker_id="w", batch=True)

    assert states() == [("SUCCESSFUL", 2), ("RUNNING", 2), ("SUCCESSFUL", 2), ("FAILED", MOST_STARTS), ("READY", 0)]
    failed = DBTaskResult.objects.get(status=TaskResultStatus.FAILED)
    assert failed.exception_class_path == "xpenser.tasks.WorkerKilled"


def test_who_waits_for_what_kills_whoever_is_at_it_hears_of_it(alice: Account) -> None:
    now = timezone.now()
    number = upload_keep(user_id=alice.id, name="a", data=b"date,amount\n2026-11-01,4\n", now=now)
    import_ask(user_id=alice.id, upload_id=number, now=now)
    Taking.objects.update(state=Taking.State.WRITTEN)  # which can't be given up
    archive_ask(user_id=alice.id, now=now)
    import_write.enqueue(alice.id, number, now.isoformat())
    archive_write.enqueue(alice.id, now.isoformat())
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["w"] * MOST_STARTS)

    work(worker_id="w", batch=True)

    assert states()[:2] == [("FAILED", MOST_STARTS)] * 2  # and it has tidied
    row = taking_row(user_id=alice.id, upload_id=number, now=now)
    assert row is not None
    assert not row.is_under_way
    made = archive_row(user_id=alice.id, now=now)
    assert made is not None
    assert made.failed


def test_an_archive_is_made(alice: Account, settings: Settings, tmp_path: Path) -> None:
    settings.ARCHIVES = tmp_path
    asked = timezone.now()
    archive_ask(user_id=alice.id, now=asked)
    for _ in range(2):  # a worker may be killed after the last thing that it did
        archive_write.enqueue(alice.id, asked.isoformat())
    archive_write.enqueue(alice.id + 1, asked.isoformat())  # somebody who has closed his account

    work(worker_id="w", batch=True)

    assert [status for status, _ in states()] == ["SUCCESSFUL"] * 4 + ["READY"]
    with archive_open(user_id=alice.id, now=asked).file as file, Archive(file) as archive:
        archive.check()
        assert archive.manifest.account == alice.email
    assert len(list(tmp_path.iterdir())) == 1


def test_an_archive_is_asked_for_and_on_its_way_or_neither(alice: Account) -> None:
    with suppress(RuntimeError), transaction.atomic():
        archive_order(user_id=alice.id, asked=timezone.now())
        assert states() == [("READY", 0)]
        raise RuntimeError

    assert states() == []


def test_an_archive_of_which_nobody_knows_is_made_after_an_hour(
    alice: Account, bob: Account, settings: Settings, tmp_path: Path
) -> None:
    settings.ARCHIVES = tmp_path
    now, ago = timezone.now(), timezone.now() - EVERY
    carol = open_account("carol@example.com")
    for owner, asked in ((alice, ago), (bob, ago), (carol, now)):
        archive_ask(user_id=owner.id, now=asked)
    later = now + DAY
    archive_write.using(run_after=later).enqueue(bob.id, ago.isoformat())  # it is known, and waits
    tidy.enqueue()

    work(worker_id="w", batch=True)

    assert list(LedgerArchive.objects.exclude(made=None).values_list("user_id", flat=True)) == [alice.id]
    assert DBTaskResult.objects.filter(task_path=archive_write.module_path).count() == 2


def test_a_file_is_taken_in_and_by_whoever_is_next_where_nobody_knows_of_it(alice: Account, bob: Account) -> None:
    now, ago = timezone.now(), timezone.now() - EVERY
    carol = open_account("carol@example.com")
    files = {}
    for owner, asked in ((alice, ago), (bob, ago), (carol, now)):
        files[owner.id] = upload_keep(user_id=owner.id, name="a", data=b"date,amount\n2026-11-01,4\n", now=now)
        import_ask(user_id=owner.id, upload_id=files[owner.id], now=asked)
    with suppress(RuntimeError), transaction.atomic():
        import_order(user_id=carol.id, upload_id=files[carol.id], asked=now)
        raise RuntimeError
    assert states() == []
    import_write.using(run_after=now + DAY).enqueue(bob.id, files[bob.id], ago.isoformat())  # it is known, and waits
    tidy.enqueue()

    work(worker_id="w", batch=True)

    assert list(Import.objects.values_list("user_id", "expenses")) == [(alice.id, 1)]
    assert DBTaskResult.objects.filter(task_path=import_write.module_path).count() == 2
    with transaction.atomic():
        import_order(user_id=carol.id, upload_id=files[carol.id], asked=now)
    import_write.enqueue(carol.id + 1, files[carol.id], now.isoformat())  # somebody who has closed his account
    work(worker_id="w", batch=True)
    assert list(Import.objects.order_by("pk").values_list("user_id", flat=True)) == [alice.id, carol.id]


def test_who_closes_an_account_waits_for_no_file(alice: Account, settings: Settings, tmp_path: Path) -> None:
    storage = {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    image = tmp_path / spend(alice, "lunch 45", picture=receipt_read(pdf())).receipt_image

    account_close(user_id=alice.id, now=timezone.now(), order=receipts_order_gone)

    assert image.exists()
    work(worker_id="w", batch=True)
    assert not image.exists()
    assert states() == [("SUCCESSFUL", 1), ("SUCCESSFUL", 1), ("READY", 0)]


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    storage = {"BACKEND": "expenses.files.folder.ReceiptFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return tmp_path


def smalls(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*-small.JPG"))


def test_small_pictures_are_made_of_what_has_come(alice: Account, folder: Path) -> None:
    row = spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    added = receipts_add(
        owner=alice, expense_id=row.id, pictures=[receipt_read(data) for data in (png(1), pdf(), jpeg(1))], now=NOON
    )
    turned = receipt_turn(owner=alice, receipt_id=added[0].id, quarters=1, now=NOON)
    spend(alice, "hotel 120", picture=receipt_read(pdf()))
    ordered = DBTaskResult.objects.order_by("enqueued_at").values_list("priority", "args_kwargs__args")
    assert list(ordered) == [
        (-10, [[row.receipt_image]]), (-10, [[added[0].image, added[2].image]]), (-10, [[turned.image]]),
    ]  # fmt: skip

    work(worker_id="w", batch=True)

    shown = [row.receipt_image, turned.image, added[2].image]  # the one before it was turned is gone
    assert smalls(folder) == sorted(image.partition("/")[2].replace(".", "-") + "-small.JPG" for image in shown)
    assert states()[:3] == [("SUCCESSFUL", 1)] * 3


def test_small_pictures_are_made_of_what_has_come_to_be(alice: Account, folder: Path) -> None:
    with suppress(RuntimeError), transaction.atomic():
        spend(alice, "lunch 45", picture=receipt_read(jpeg()))
        assert states() == [("READY", 0)]
        raise RuntimeError

    assert states() == []


@pytest.mark.usefixtures("archives_folder")
def test_small_pictures_are_made_of_what_an_archive_brings(alice: Account, bob: Account) -> None:
    spend(alice, "lunch 45", picture=receipt_read(jpeg()))
    spend(alice, "hotel 120", picture=receipt_read(pdf()))
    number = upload_keep(user_id=bob.id, name="all.zip", data=archive_of(alice, now=NOON), now=NOON)

    archive_import(owner=bob, upload_id=number, as_it_was=False, seen=clock_read(user_id=bob.id), now=NOON)

    images = Receipt.objects.filter(user_id=bob.id, image__endswith=".JPG").values_list("image", flat=True)
    ordered = DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs__args", flat=True)
    assert list(ordered)[1:] == [[list(images)]]


def test_small_pictures_are_made_in_portions() -> None:
    names = [f"1/{number}.JPG" for number in range(51)]

    smalls_order(names)

    asked = DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs__args", flat=True)
    assert list(asked) == [[names[:50]], [names[50:]]]


def test_small_pictures_that_can_t_be_made_are_left_to_pages(alice: Account, folder: Path, settings: Settings) -> None:
    image = spend(alice, "lunch 45", picture=receipt_read(jpeg())).receipt_image
    use(settings, f"http://key:secret@127.0.0.1:{free_port()}/{BUCKET}")  # nobody listens there

    smalls_make.call([image, f"{alice.id}/gone.JPG"])

    assert smalls(folder) == []


class Plain(ImmediateBackend):
    """A queue that does what comes in the order in which it comes."""

    supports_priority = False


def test_small_pictures_are_made_in_a_queue_without_priorities(
    alice: Account, folder: Path, settings: Settings
) -> None:
    settings.TASKS = {"default": {"BACKEND": f"{__name__}.Plain"}}

    spend(alice, "lunch 45", picture=receipt_read(jpeg()))

    assert len(smalls(folder)) == 1


def test_files_go_in_portions() -> None:
    names = [f"1/{number}.PDF" for number in range(501)]

    receipts_order_gone(names)

    asked = DBTaskResult.objects.order_by("enqueued_at").values_list("args_kwargs__args", flat=True)
    assert list(asked) == [[names[:500]], [names[500:]]]


def test_files_of_a_storage_that_is_away_go_later(settings: Settings) -> None:
    use(settings, f"http://key:secret@127.0.0.1:{free_port()}/{BUCKET}")  # nobody listens there
    names, now = ["1/a.PDF", "1/b.PDF"], timezone.now()

    files_go.call(names)

    (row,) = DBTaskResult.objects.all()
    assert (row.task_path, row.status, row.args_kwargs["args"]) == (files_go.module_path, "READY", [names])
    assert now + EVERY <= row.run_after < now + DAY


def test_what_waits_and_what_has_failed() -> None:
    now = timezone.now()
    later, before = now + EVERY, now - EVERY
    assert queue_seen(now=now) == Waiting(0, None, 0, 0, None)

    tidy.using(run_after=later).enqueue()
    tidy.enqueue()
    first = DBTaskResult.objects.get(task_path=tidy.module_path, run_after__gt=later + DAY)
    assert queue_seen(now=now) == Waiting(1, first.enqueued_at, 0, 0, None)

    tidy.using(run_after=before).enqueue()
    post.using(run_after=later).enqueue("", now.isoformat())
    for days in (2, 3):
        DBTaskResult.objects.create(
            status="FAILED", finished_at=now - days * DAY, args_kwargs={}, task_path="x", backend_name="default"
        )
    assert queue_seen(now=now) == Waiting(2, before, 1, 2, now - 2 * DAY)
