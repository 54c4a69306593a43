import dataclasses
import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from accounts.operators import operator_set
from accounts.selectors import Account
from expenses.models import Clock, Receipt
from expenses.receipts import receipt_read, receipts_counted
from expenses.selectors import newest_change
from expenses.services import receipts_add
from reports.models import Report
from tests.cast import NOON, open_account, spend
from tests.expenses.pictures import jpeg
from tests.redis import RedisServer
from xpenser import health
from xpenser.health import LATE, LEAST_BYTES, SCARCE_BYTES, Check, State
from xpenser.tasks import Waiting

LATER = NOON + timedelta(days=400)  # the files of the tests are from now


@contextmanager
def no_database() -> Iterator[None]:
    def away(*_: Any) -> None:
        raise OperationalError("the server closed the connection\nunexpectedly")

    with connection.execute_wrapper(away):
        yield


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let this process write no file beyond so many bytes: it opens one, and then can't write it, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def _receipts_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep receipts in a folder where no other test has any."""
    kept = settings.STORAGES["default"]
    options = {**kept["OPTIONS"], "location": tmp_path / "receipts"}
    settings.STORAGES = {**settings.STORAGES, "default": {**kept, "OPTIONS": options}}


def with_receipt(owner: Account) -> str:
    row = spend(owner, "hotel 120")
    receipts_add(owner=owner, expense_id=row.id, pictures=[receipt_read(jpeg(1))], now=NOON)
    return Receipt.objects.get(expense_id=row.id).image


def named(name: str, checks: list[Check]) -> Check:
    return next(check for check in checks if check.name == name)


@pytest.mark.usefixtures("_receipts_folder")
def test_where_all_is_well(alice: Account, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    operator_set(user_id=alice.id, is_operator=True)
    with_receipt(alice)
    current.ENV.data.chmod(0o700)

    found = health.all_checks(now=NOON + timedelta(hours=1), most_receipts=10)

    amiss = [
        check for check in found if check.state is not State.OK and check.name != "Disk"
    ]  # that is the machine's own
    assert amiss == []
    assert [check.name for check in found] == [
        "Database", "Migrations", "Storage", "Receipts", "Disk", "Clock", "Default reports", "Operators", "Mail",
        "Background work", "Address", "Data folder", "Settings",
    ]  # fmt: skip
    assert named("Receipts", found).said == "1 receipts have their files, and 1 files their receipts."


def test_trying_leaves_nothing_behind(alice: Account) -> None:
    from django.contrib.sessions.models import Session

    before = set(default_storage.listdir("")[1]) if default_storage.exists("") else set()

    assert [check.state for check in health.ready()] == [State.OK] * 3

    assert not Session.objects.exists()
    assert set(default_storage.listdir("")[1]) == before


def test_the_redis_of_several_machines(alice: Account, settings: Settings, tmp_path: Path) -> None:
    with RedisServer(tmp_path).start() as redis:
        settings.REDIS_URL = redis.url
        assert [(check.name, check.state) for check in health.ready()][-1] == ("Redis", State.OK)
        assert "Redis" in {check.name for check in health.all_checks(now=NOON, most_receipts=10)}

        redis.ask("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lru")
        found = health.counts()
        assert (found.state, found.advice) == (State.BAD, "Set its maxmemory-policy to noeviction.")

    found = health.counts()
    assert found.state is State.BAD
    assert found.said.startswith("REDIS_URL: nobody answers there as Redis: ")


def test_a_database_that_is_away_is_told_by_each_that_asks_it(alice: Account) -> None:
    with no_database():
        found = health.all_checks(now=NOON, most_receipts=10)

    bad = [check for check in found if check.state is State.BAD]
    assert [check.name for check in bad] == [
        "Database", "Migrations", "Receipts", "Clock", "Default reports", "Operators", "Background work",
    ]  # fmt: skip
    assert {check.said for check in bad} == {"the server closed the connection unexpectedly"}


def test_a_migration_that_is_missing(alice: Account) -> None:
    last = MigrationRecorder.Migration.objects.filter(app="expenses").latest("name")
    last.delete()

    found = health.migrations()

    assert (found.state, found.said) == (State.BAD, f"Not applied: expenses.{last.name}.")


def test_a_folder_that_can_not_be_written(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "receipts").touch()  # a file where a folder is wanted stops root, too
    kept = settings.STORAGES["default"]
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**kept, "OPTIONS": {"location": tmp_path / "receipts"}},
    }

    found = health._checked("Storage", health.storage)

    assert found.state is State.BAD
    assert str(tmp_path) in found.said


@pytest.mark.once
@pytest.mark.usefixtures("_receipts_folder")
def test_a_disk_that_is_full_is_not_filled_with_trials() -> None:
    with files_of_at_most(2):
        found = health._checked("Storage", health.storage)

    assert found.state is State.BAD
    assert default_storage.listdir("") == ([], [])


@pytest.mark.usefixtures("_receipts_folder")
def test_a_receipt_without_its_file(alice: Account) -> None:
    images = [with_receipt(alice) for _ in range(7)]
    for image in images:
        default_storage.delete(image)

    found = health.receipts(now=NOON, most=None)

    newest = ", ".join(images[:1:-1])
    assert (found.state, found.said) == (State.BAD, f"Of 7 receipts 7 have no file: {newest} and 2 more.")
    assert health.receipts(now=NOON, most=1).said == f"Of 1 receipts 1 have no file: {images[-1]}."


@pytest.mark.usefixtures("_receipts_folder")
def test_a_file_without_its_receipt(alice: Account) -> None:
    image = with_receipt(alice)
    Receipt.objects.all().delete()

    assert health.receipts(now=NOON, most=None).state is State.OK  # it may be about to get one
    found = health.receipts(now=LATER, most=None)

    assert (found.state, found.said) == (State.WARNING, f"1 of 1 files belong to no receipt: {image}.")


@pytest.mark.usefixtures("_receipts_folder")
def test_a_file_that_goes_while_it_is_looked_at(alice: Account) -> None:
    image = with_receipt(alice)
    Path(default_storage.path(image)).with_name("listed").symlink_to("gone")

    assert health.receipts(now=LATER, most=None).said == "1 receipts have their files, and 1 files their receipts."
    assert receipts_counted(most=9) == (1, default_storage.size(image), True)


@pytest.mark.usefixtures("_receipts_folder")
def test_a_server_without_receipts(alice: Account) -> None:
    shutil.rmtree(default_storage.path(""), ignore_errors=True)

    assert health.receipts(now=NOON, most=None).said == "0 receipts have their files, and 0 files their receipts."


@pytest.mark.parametrize(
    ("free", "state"),
    [(SCARCE_BYTES, State.OK), (SCARCE_BYTES - 1, State.WARNING), (LEAST_BYTES - 1, State.BAD)],
)
def test_the_disk(free: int, state: State) -> None:
    assert health.disk(free=free).state is state


def test_the_clock(alice: Account) -> None:
    Clock.objects.update(last=NOON)
    newest = newest_change()

    assert newest == NOON
    assert health.clock(newest=None, now=NOON).state is State.OK
    assert health.clock(newest=newest, now=NOON - health.SLACK).state is State.OK
    found = health.clock(newest=newest, now=NOON - timedelta(hours=2))
    assert (found.state, found.said) == (
        State.BAD,
        "It is 2026-11-20 10:00 UTC, and the newest change is from 2026-11-20 12:00 UTC.",
    )


def test_somebody_without_a_default_report(alice: Account, bob: Account) -> None:
    Report.objects.filter(user_id=bob.id).update(is_default=False)

    found = health.default_reports()

    assert (found.state, found.said) == (State.BAD, f"People without a default report: {bob.id}.")


def test_a_server_without_an_operator(db: None) -> None:
    assert health.operators().state is State.OK  # the link for the first account makes one

    person = open_account("bob@example.com")
    assert health.operators().state is State.WARNING
    operator_set(user_id=person.id, is_operator=True)
    assert health.operators().state is State.OK

    get_user_model().objects.update(is_active=False)
    assert health.operators().state is State.WARNING


@pytest.mark.parametrize(
    ("chosen", "state", "said"),
    [
        ({}, State.WARNING, "Mail is not sent: it stands in the server's log."),
        (
            {
                "MAILER": "django.core.mail.backends.filebased.EmailBackend",
                "EMAIL_FILE_PATH": "/var/lib/xpenser/mail",
            },
            State.WARNING,
            "Mail is not sent: it is kept in /var/lib/xpenser/mail.",
        ),
        (
            {"EMAIL_HOST": "mail.example.com", "EMAIL_PORT": 25},
            State.OK,
            "Mail goes to mail.example.com, port 25, not encrypted, without a name.",
        ),
        (
            {
                "EMAIL_HOST": "mail.example.com",
                "EMAIL_PORT": 587,
                "EMAIL_USE_TLS": True,
                "EMAIL_HOST_USER": "me",
                "EMAIL_HOST_PASSWORD": "told to nobody",
            },
            State.OK,
            "Mail goes to mail.example.com, port 587, with STARTTLS, as me.",
        ),
        (
            {"EMAIL_HOST": "mail.example.com", "EMAIL_PORT": 465, "EMAIL_USE_SSL": True},
            State.OK,
            "Mail goes to mail.example.com, port 465, over TLS, without a name.",
        ),
    ],
)
def test_mail(settings: Settings, chosen: dict[str, Any], state: State, said: str) -> None:
    for name, value in chosen.items():
        setattr(settings, name, value)

    found = health.mail()

    assert (found.state, found.said) == (state, said)


@pytest.mark.parametrize(
    ("seen", "state", "said"),
    [
        (Waiting(3, NOON - LATE, 2, 1, NOON), State.WARNING, "2 mails were not taken yet, and are tried again."),
        (Waiting(0, None, 0, 1, NOON), State.WARNING, "1 tasks failed, the last at 2026-11-20 12:00 UTC."),
        (Waiting(1, NOON, 0, 0, None), State.OK, "Nothing waits for long, and nothing has failed."),
        (
            Waiting(3, NOON - LATE - timedelta(seconds=1), 2, 1, NOON),
            State.BAD,
            "3 tasks wait, the first since 2026-11-20 11:54 UTC.",
        ),
    ],
)
def test_background_work(seen: Waiting, state: State, said: str) -> None:
    found = health.tasks(seen=seen, now=NOON)

    assert (found.state, found.said) == (state, said)
    assert (found.advice == "") == (state is State.OK)


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://expenses.example.com", State.OK),
        ("http://localhost:8000", State.OK),
        ("http://pi.local", State.WARNING),
    ],
)
def test_the_address(settings: Settings, url: str, state: State) -> None:
    settings.PUBLIC_URL = url

    assert health.address().state is state


@pytest.mark.parametrize(("mode", "state", "advice"), [(0o700, State.OK, ""), (0o750, State.WARNING, "chmod 700 it.")])
def test_who_looks_into_the_data_folder(
    settings: Settings, tmp_path: Path, mode: int, state: State, advice: str
) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path)
    tmp_path.chmod(mode)

    found = health.private_data()

    assert (found.state, found.advice) == (state, advice)


def test_what_others_can_read_or_we_can_not_write(settings: Settings, tmp_path: Path) -> None:
    settings.ENV = dataclasses.replace(settings.ENV, data=tmp_path)
    (tmp_path / "secret_key").touch(mode=0o644)

    found = health.private_data()
    assert (found.state, found.advice) == (State.WARNING, "chmod 600 it.")

    (tmp_path / "receipts").touch()
    assert health.private_data().state is State.BAD


def test_what_django_says_of_the_settings(settings: Settings) -> None:
    assert health.django_settings().state is State.OK

    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True  # https, with HSTS_SECONDS=0
    found = health.django_settings()
    assert (found.state, found.said.count("security.W004")) == (State.WARNING, 1)

    settings.MAX_RECEIPT_BYTES = settings.MAX_UPLOAD_BYTES
    assert "(xpenser.W002)" in health.django_settings().said


def test_what_django_refuses(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = []
    settings.CSRF_TRUSTED_ORIGINS = ["expenses.example.com"]  # without its scheme

    assert health.django_settings().state is State.BAD
