"""Mail: nobody waits for it, nothing of it is lost, and nothing of it is left to be read."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings
from time_machine import travel

from accounts.selectors import Account
from tests.cast import NOON
from tests.mailbox import MailServer, mail_server
from xpenser.posting import LIFE, LONGEST, SHORTEST, NotPlain, post
from xpenser.worker import work

SECRET = "https://expenses.example.com/accounts/join/opens-an-account/"


@pytest.fixture(autouse=True)
def queue(settings: Settings, transactional_db: None) -> None:  # a worker that ends closes its connections
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.EMAIL_BACKEND = "xpenser.posting.Queue"
    settings.MAILER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there


@pytest.fixture
def taker(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        yield server


def write(to: str = "carol@example.com") -> None:
    EmailMessage("You are invited", f"Here: {SECRET}\n.\nÜ", "x@example.com", [to], headers={"X-Kind": "a"}).send()


def worked(at: datetime) -> None:
    """Let the worker do all that is due then."""
    with travel(at, tick=False):
        work(worker_id="w", batch=True)


def rows() -> list[tuple[str, dict[str, Any], datetime]]:
    """Return each letter in the queue: how it is, its arguments, and when it may be begun."""
    of_letters = DBTaskResult.objects.filter(task_path=post.module_path).order_by("-status", "enqueued_at")
    return list(of_letters.values_list("status", "args_kwargs", "run_after"))


def states() -> list[str]:
    return [status for status, _, _ in rows()]


def test_it_works(taker: MailServer) -> None:
    with travel(NOON, tick=False):
        write()
    assert taker.letters == []

    worked(NOON)

    (letter,) = taker.letters
    assert (letter["To"], letter["From"], letter["X-Kind"]) == ("carol@example.com", "x@example.com", "a")
    assert letter["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert letter["Message-ID"].endswith("@localhost>")
    payload = letter.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == f"Here: {SECRET}\r\n..\r\nÜ\r\n"
    assert states() == ["SUCCESSFUL"]


def test_a_page_does_not_wait_for_the_mail_server(alice: Account, taker: MailServer) -> None:
    taker.data = "451 later"
    answer = Client().post("/accounts/password/reset/", {"email": alice.email})

    assert answer.status_code == 302
    assert states() == ["READY"]


def test_it_is_written_with_what_causes_it_or_not_at_all(taker: MailServer) -> None:
    with transaction.atomic():
        write()
        assert states() == ["READY"]
        transaction.set_rollback(True)

    assert rows() == []


def test_nobody_reads_it_in_the_queue_and_nothing_of_it_stays(taker: MailServer) -> None:
    write()
    ((_, before, _),) = rows()
    worked(NOON + timedelta(days=999))

    ((_, after, _),) = rows()
    for told in (SECRET, "opens-an-account", "carol", "invited"):
        assert told not in json.dumps(before)
    assert len(before["args"][0]) > 100
    assert (after["args"][0], after["kwargs"]) == ("", {})


def test_a_mail_server_that_is_away_for_an_hour(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with travel(NOON, tick=False):
        write()
    at, pauses = NOON, []
    while at < NOON + timedelta(hours=1):
        worked(at)
        *past, (status, _, following) = rows()
        assert (status, {(each, told["args"][0]) for each, told, _ in past}) == ("READY", {("SUCCESSFUL", "")})
        pauses.append(following - at)
        at = following

    with mail_server() as server:
        settings.EMAIL_PORT = server.port
        worked(at)
        worked(at + LIFE)

    assert pauses[:4] == [SHORTEST, SHORTEST, 2 * SHORTEST, 4 * SHORTEST]
    assert pauses[-1] == LONGEST
    assert sum(pauses, timedelta()) < 2 * timedelta(hours=1)
    (letter,) = server.letters
    assert letter["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert set(states()) == {"SUCCESSFUL"}
    assert (
        "A mail could not be sent, and is tried again in 15 seconds: [Errno 111] Connection refused" in caplog.messages
    )


def test_what_is_tried_again_lets_others_go_first(taker: MailServer) -> None:
    taker.data = "451 later"
    with travel(NOON, tick=False):
        write("carol@example.com")
    worked(NOON)
    taker.data = "250 OK"
    with travel(NOON + SHORTEST, tick=False):
        write("dave@example.com")

    worked(NOON + SHORTEST)

    assert [letter["To"] for letter in taker.letters] == ["dave@example.com", "carol@example.com"]


@pytest.mark.parametrize(
    ("receiver", "data", "status"),
    [
        ("550 no such mailbox", "250 OK", "FAILED"),
        ("450 mailbox busy", "250 OK", "READY"),
        ("250 OK", "554 not wanted here", "FAILED"),
        ("250 OK", "451 later", "READY"),
    ],
)
def test_what_a_mail_server_refuses(taker: MailServer, receiver: str, data: str, status: str) -> None:
    """For good, or for now."""
    taker.receiver, taker.data = receiver, data
    with travel(NOON, tick=False):
        write()

    worked(NOON)

    assert states()[-1] == status
    assert taker.letters == []
    assert [told["args"][0] for status, told, _ in rows() if status != "READY"] == [""]


def test_it_is_given_up_after_a_day() -> None:
    with travel(NOON, tick=False):
        write()

    worked(NOON + LIFE + timedelta(seconds=1))

    ((status, told, _),) = rows()
    assert (status, told["args"][0]) == ("FAILED", "")
    failed = DBTaskResult.objects.get(task_path=post.module_path)
    assert failed.exception_class_path == "xpenser.posting.LetterGivenUp"
    assert "Connection refused" in failed.traceback
    assert "carol" not in failed.traceback


def test_who_is_killed_after_it_was_sent_sends_it_once(taker: MailServer) -> None:
    write()
    worked(NOON + timedelta(days=999))
    DBTaskResult.objects.filter(task_path=post.module_path).update(status="READY")

    worked(NOON + timedelta(days=999))

    assert len(taker.letters) == 1
    assert states() == ["SUCCESSFUL"]


def test_who_is_killed_in_the_middle_of_it_is_followed_by_another(taker: MailServer) -> None:
    write()
    of_it = DBTaskResult.objects.filter(task_path=post.module_path)
    of_it.update(status="RUNNING", started_at=NOON, worker_ids=["w"])

    worked(NOON)

    assert len(taker.letters) == 1


def test_another_backend_sends_at_once_and_knows_no_later(
    settings: Settings, taker: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    write()
    taker.data = "451 later"
    write("dave@example.com")

    assert [letter["To"] for letter in taker.letters] == ["carol@example.com"]
    assert rows() == []
    assert "path=xpenser.posting.post state=FAILED" in caplog.text


@pytest.mark.parametrize(
    "choices", [{"cc": ["a@example.com"]}, {"bcc": ["a@example.com"]}, {"attachments": [("a.txt", "x", "text/plain")]}]
)
def test_a_letter_is_text_for_one(choices: Any) -> None:
    with pytest.raises(NotPlain):
        EmailMessage("Hello", "", "x@example.com", ["carol@example.com"], **choices).send()


def test_a_letter_has_one_form() -> None:
    letter = EmailMultiAlternatives("Hello", "", "x@example.com", ["carol@example.com"])
    letter.attach_alternative("<p>", "text/html")

    with pytest.raises(NotPlain):
        letter.send()
