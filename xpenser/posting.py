"""Mail on its way: put into the queue in the transaction that causes it, and sent by the worker until it is taken.

A letter may hold a link that opens an account: it lies in the queue encrypted, and goes from there once it was sent or
given up. Who sends it is killed now and then, so it may come twice, and with the same Message-ID.
"""

import json
import logging
import smtplib
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime, make_msgid
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone
from django_tasks import TaskContext, task
from django_tasks_db import DatabaseBackend
from django_tasks_db.models import DBTaskResult

from access.ciphers import decrypted
from access.secrets import secret_kept, secret_keys

LIFE: Final = timedelta(days=1)
"""For as long a letter is tried: no link to a new password works for longer."""
SHORTEST: Final = timedelta(seconds=15)
LONGEST: Final = timedelta(minutes=15)
"""Of the pauses between two tries; each is as long as it has been tried for so far."""
AFTER_OTHERS: Final = -1
"""The priority of a letter that is tried again: many that wait in vain would keep the worker from all else."""

logger = logging.getLogger(__name__)


class LetterGivenUp(Exception):
    """A letter was refused for good, or for too long."""


class NotPlain(ValueError):
    """A letter is text, for whom it names as its receivers."""


class Queue(BaseEmailBackend):
    """What Django takes for the way by which mail goes: into the queue."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()
        for message in email_messages:
            post.enqueue(_sealed(message, now), now.isoformat())
        return len(email_messages)


@task(takes_context=True)
def post(context: TaskContext, letter: str, written: str) -> None:
    """Send a letter; where nobody takes it now, see that it is tried again. Raises LetterGivenUp."""
    if not letter:  # it was sent, and who did so was killed before that was noted
        return
    try:
        get_connection(settings.MAILER).send_messages([_opened(letter)])
    except OSError as problem:
        _put_off(letter, written, context, problem)
    else:
        _forget(context, written)


def _put_off(letter: str, written: str, context: TaskContext, problem: OSError) -> None:
    now, backend = timezone.now(), post.get_backend()
    age = now - datetime.fromisoformat(written)
    if _is_final(problem) or age > LIFE or not backend.supports_defer:
        _forget(context, written)
        raise LetterGivenUp from problem
    pause = min(max(age, SHORTEST), LONGEST)
    with transaction.atomic():
        priority = AFTER_OTHERS if backend.supports_priority else post.priority
        post.using(run_after=now + pause, priority=priority).enqueue(letter, written)
        _forget(context, written)
    logger.warning("A mail could not be sent, and is tried again in %.0f seconds: %s", pause.total_seconds(), problem)


def _is_final(problem: OSError) -> bool:
    """Tell whether a mail server refused a letter for good (RFC 5321 §4.2.1).

    A password or a sender that it refuses are the operator's mistakes, which he can mend.
    """
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in problem.recipients.values())
    return isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code >= 500


def _forget(context: TaskContext, written: str) -> None:
    """Leave nothing of a letter in its row. A queue that is not in our database keeps it, encrypted."""
    if isinstance(post.get_backend(), DatabaseBackend):
        row = DBTaskResult.objects.filter(pk=context.task_result.id)
        row.update(args_kwargs={"args": ["", written], "kwargs": {}})


def _sealed(message: EmailMessage, now: datetime) -> str:
    """Return a letter as the queue keeps it; its number and its time stay, however often it is tried."""
    if message.attachments or message.cc or message.bcc or getattr(message, "alternatives", []):
        raise NotPlain(message.subject)
    host = urlsplit(settings.PUBLIC_URL).hostname  # to ask for this machine's own name may take seconds
    kept = {
        "subject": str(message.subject), "body": str(message.body), "from_email": message.from_email, "to": message.to,
        "headers": {"Message-ID": make_msgid(domain=host), "Date": format_datetime(now), **message.extra_headers},
    }  # fmt: skip
    return secret_kept(json.dumps(kept))


def _opened(letter: str) -> EmailMessage:
    return EmailMessage(**json.loads(decrypted(letter, keys=secret_keys())))
