"""What is done now and then, and nobody waits for: see ``xpenser.worker``."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import Any, Final, NamedTuple

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Case, Count, F, Max, Min, Q, When
from django.utils import timezone
from django_tasks import TaskResultStatus, task, task_backends
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult, get_date_max

from access.services.oauth2 import expired_clear
from accounts.invitations import invitations_forget
from accounts.operators import addresses_of
from accounts.selectors import account
from accounts.throttled import Throttled
from expenses.receipts import files_remove, receipt_small
from expenses.selectors import ReceiptNotFound, archives_under_way, takings_under_way
from expenses.services import (
    archive_fail,
    archive_make,
    archives_forget,
    import_fail,
    import_make,
    keys_forget,
    uploads_forget,
)
from xpenser.backups.rows import snapshot
from xpenser.posting import post

EVERY: Final = timedelta(hours=1)
DONE_KEPT: Final = timedelta(days=1)
FAILED_KEPT: Final = timedelta(days=30)
"""For as long the operator may see what has failed."""
LONGEST: Final = timedelta(hours=1)
"""No task takes as long: who did it is gone, with its machine."""
MOST_STARTS: Final = 5
_UNHURRIED: Final = -10
_FILES_AT_ONCE: Final = 500
"""A bucket takes two requests for each."""
_SMALLS_AT_ONCE: Final = 50
"""Each takes up to a second, and what is urgent waits for no more than these."""


class WorkerKilled(Exception):
    """Whoever did this was killed in the middle of it, time after time: it may be what kills them."""


@task()
def tidy() -> None:
    """Clear away what is of no use to anybody any more; in an hour again.

    Files that belong to no receipt stay: to a server that was started on another database by mistake, all are such.
    What can't be cleared away keeps nothing else from it. Raises, when all has been tried, what came in the way.
    """
    now, problems = timezone.now(), list[Exception]()
    try:
        for clear in (
            expired_clear, invitations_forget, keys_forget, uploads_forget, archives_forget,
            _archives_order_again, _imports_order_again, _sessions_forget, _notes_forget,
        ):  # fmt: skip
            try:
                clear(now=now)
            except Exception as problem:
                problems.append(problem)
    finally:
        tidy_plan(at=now + EVERY)
    if problems:
        message = "what could not be cleared away"
        raise ExceptionGroup(message, problems)


def _sessions_forget(*, now: datetime) -> None:
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


def _notes_forget(*, now: datetime) -> None:
    """Delete what is noted of tasks that were done long ago."""
    DBTaskResult.objects.successful().filter(finished_at__lt=now - DONE_KEPT).delete()
    DBTaskResult.objects.failed().filter(finished_at__lt=now - FAILED_KEPT).delete()


@task()
def archive_write(user_id: int, asked: str) -> None:
    """Make the archive that a person asked for at that instant. Done twice, it is made once."""
    for email in addresses_of(user_ids=[user_id]).values():
        archive_make(
            owner=account(email=email),
            asked=datetime.fromisoformat(asked),
            home=settings.PUBLIC_URL,
            now=timezone.now(),
            snapshot=partial(snapshot, DEFAULT_DB_ALIAS),
        )


@task()
def import_write(user_id: int, upload_id: int, asked: str) -> None:
    """Take a file into the ledger of a person who asked for it at that instant. Done twice, it comes in once."""
    for email in addresses_of(user_ids=[user_id]).values():
        import_make(
            owner=account(email=email),
            upload_id=upload_id,
            asked=datetime.fromisoformat(asked),
            now=timezone.now(),
        )


@task()
def files_go(images: list[str]) -> None:
    """Remove the files of receipts whose rows are gone; those of a storage that is away in an hour again."""
    left = files_remove(images)
    if left and files_go.get_backend().supports_defer:
        files_go.using(run_after=timezone.now() + EVERY).enqueue(list(left))


@task()
def smalls_make(images: list[str]) -> None:
    """Make the small pictures of receipts, so that no page waits for them; it makes those that can't be made now."""
    for image in images:
        with suppress(ReceiptNotFound, Throttled):
            receipt_small(image=image)


def smalls_order(images: Sequence[str]) -> None:
    """Have the small pictures made of receipts that come in the transaction around this, after all that is urgent."""
    unhurried = smalls_make.using(priority=_UNHURRIED) if smalls_make.get_backend().supports_priority else smalls_make
    for start in range(0, len(images), _SMALLS_AT_ONCE):
        _order(partial(unhurried.enqueue, list(images[start : start + _SMALLS_AT_ONCE])))


def archive_order(*, user_id: int, asked: datetime) -> None:
    """Have an archive made that is asked for in the transaction around this.

    What another queue than that in our database loses, ``tidy`` puts there again.
    """
    _order(partial(archive_write.enqueue, user_id, asked.isoformat()))


def import_order(*, user_id: int, upload_id: int, asked: datetime) -> None:
    """Have a file taken into a ledger that is asked for in the transaction around this; see ``archive_order``."""
    _order(partial(import_write.enqueue, user_id, upload_id, asked.isoformat()))


def receipts_order_gone(images: Sequence[str]) -> None:
    """Have the files of receipts removed whose rows go in the transaction around this."""
    for start in range(0, len(images), _FILES_AT_ONCE):
        _order(partial(files_go.enqueue, list(images[start : start + _FILES_AT_ONCE])))


def _order(enqueue: Callable[[], object]) -> None:
    """Put something into the queue: where that is in our database it comes to be with what was done, or neither does.

    Another queue is told once that is committed: its worker would look for what is not there yet.
    """
    backend: object = task_backends["default"]
    if isinstance(backend, DatabaseBackend):
        enqueue()
    else:
        transaction.on_commit(enqueue)


def _archives_order_again(*, now: datetime) -> None:
    """Have those archives made of which nobody knows any more: no task takes as long as they wait."""
    tasks = DBTaskResult.objects.filter(task_path=archive_write.module_path)
    for user_id, asked in archives_under_way(since=now - LONGEST):
        if not tasks.filter(args_kwargs__args=[user_id, asked.isoformat()]).exists():
            archive_write.enqueue(user_id, asked.isoformat())


def _imports_order_again(*, now: datetime) -> None:
    """Do the same for files that are to be taken into a ledger."""
    tasks = DBTaskResult.objects.filter(task_path=import_write.module_path)
    for user_id, upload_id, asked in takings_under_way(since=now - LONGEST):
        if not tasks.filter(args_kwargs__args=[user_id, upload_id, asked.isoformat()]).exists():
            import_write.enqueue(user_id, upload_id, asked.isoformat())


def tidy_plan(*, at: datetime) -> None:
    """See to it that ``tidy`` is done: not before ``at``, unless that is planned already."""
    if not DBTaskResult.objects.filter(task_path=tidy.module_path, status=TaskResultStatus.READY).exists():
        tidy.using(run_after=at).enqueue()


def interrupted_begin_anew(*, worker_id: str, now: datetime) -> None:
    """Let be done again what ``worker_id``, which has just been born, or anybody long ago was killed in the middle of.

    So a task may be done twice, and must be one that may. What has been begun five times has failed.
    """
    for row in DBTaskResult.objects.running():
        if row.worker_ids[-1:] != [worker_id] and row.started_at > now - LONGEST:
            continue
        if len(row.worker_ids) < MOST_STARTS:
            DBTaskResult.objects.running().filter(pk=row.pk).update(status=TaskResultStatus.READY)
        else:
            _fail(row)


def _fail(row: DBTaskResult[..., Any]) -> None:
    """Let nobody be killed over a task any more, and whoever looks how far it has come know that."""
    match row.task_path, row.args_kwargs["args"]:
        case archive_write.module_path, [user_id, asked]:
            archive_fail(user_id=user_id, asked=datetime.fromisoformat(asked))
        case import_write.module_path, [user_id, upload_id, asked]:
            import_fail(user_id=user_id, upload_id=upload_id, asked=datetime.fromisoformat(asked))
    row.set_failed(WorkerKilled())


class Waiting(NamedTuple):
    """What is in the queue. ``due`` tasks could be done now, and ``oldest`` is since when the first of them could.

    ``letters`` were tried in vain, and are tried again. ``failed`` tasks are told of for 30 days.
    """

    due: int
    oldest: datetime | None
    letters: int
    failed: int
    last_failed: datetime | None


def queue_seen(*, now: datetime) -> Waiting:
    """Look at the queue that is in our database; with another one there is nothing in it."""
    at_once, is_failed = Q(run_after=get_date_max()), Q(status=TaskResultStatus.FAILED)
    waits = Q(status=TaskResultStatus.READY)
    due = waits & (at_once | Q(run_after__lte=now))
    found = DBTaskResult.objects.aggregate(
        due=Count("pk", filter=due),
        oldest=Min(Case(When(at_once, then=F("enqueued_at")), default=F("run_after")), filter=due),
        letters=Count("pk", filter=waits & ~at_once & Q(task_path=post.module_path)),
        failed=Count("pk", filter=is_failed),
        last_failed=Max("finished_at", filter=is_failed),
    )
    return Waiting(**found)
