"""Writes that may arrive twice and count once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection, transaction

from accounts.fields import microseconds
from accounts.retried import retried
from expenses.models import IdempotencyKey
from expenses.receipts import receipts_taken_back

KEPT: Final = timedelta(days=7)
KEY_LENGTH: Final = 255
_FORGOTTEN_AT_ONCE: Final = 100


class Answer(NamedTuple):
    """What was said to a write."""

    status: int
    content_type: str
    body: bytes


class KeyReused(ValueError):
    """The key came before, with something else. The message may be shown."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Idempotency-Key {key[:40]!r}: it came before with another request; a new key is wanted")


class BadKey(ValueError):
    """The key can't be kept. The message may be shown."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Idempotency-Key {key[:40]!r}: 1 to {KEY_LENGTH} printable ASCII characters are wanted")


@retried
@receipts_taken_back()
@transaction.atomic
def answer_once(*, user_id: int, key: str, digest: str, now: datetime, write: Callable[[], Answer]) -> Answer:
    """Return the answer of ``write``, or the one that it gave when the key came first.

    The key is stored in the transaction of the write, so both are kept or neither; a twin that arrives meanwhile
    waits for it. A write that raises leaves no key. Keys are kept for a week at least. Raises KeyReused, BadKey.
    """
    if not 0 < len(key) <= KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise BadKey(key)
    _forget(before=now - KEPT)
    while not _claimed(user_id, key, digest, now):
        # One that has just become too old may be gone since it was in the way: then this request is the first.
        if first := IdempotencyKey.objects.filter(user_id=user_id, key=key).first():
            return _first_answer(first, digest)
    answer = write()
    IdempotencyKey.objects.filter(user_id=user_id, key=key).update(
        status=answer.status, content_type=answer.content_type, body=answer.body
    )
    return answer


def keys_forget(*, now: datetime) -> None:
    """Remove all keys that have been kept for long enough, some at a time: nobody who writes waits for long."""
    forgotten = 1
    while forgotten:
        with transaction.atomic():
            forgotten = _forget(before=now - KEPT)


def _forget(*, before: datetime) -> int:
    """Remove some of the keys older than this, whoever's, and return how many: more than a request adds, so that all
    of them go in time.

    Those that another request is about to remove are left to it: nobody waits for a stranger's write.
    """
    old = IdempotencyKey.objects.filter(created__lt=before).order_by("created").select_for_update(skip_locked=True)
    # Chosen in a question of its own: inside the DELETE, PostgreSQL may ask it again for each row, and skip further.
    chosen = list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE])
    return IdempotencyKey.objects.filter(pk__in=chosen).delete()[0]


def _claimed(user_id: int, key: str, digest: str, now: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO expenses_idempotencykey (user_id, key, digest, status, content_type, body, created)"
            " VALUES (%s, %s, %s, 0, '', %s, %s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id",
            [user_id, key, digest, b"", microseconds(now)],
        )
        return cursor.fetchone() is not None


def _first_answer(first: IdempotencyKey, digest: str) -> Answer:
    if first.digest != digest:
        raise KeyReused(first.key)
    return Answer(first.status, first.content_type, bytes(first.body))
