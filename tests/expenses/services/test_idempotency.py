"""A write that arrives twice counts once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from accounts.selectors import Account
from expenses import services
from expenses.models import Expense, IdempotencyKey
from expenses.services import Answer, BadKey, KeyReused, idempotency
from expenses.services.idempotency import _claimed as claimed
from tests.cast import NOON, spend

SAID = Answer(200, "application/json; charset=utf-8", b'{"id": 1, "caf\xc3\xa9": "\x00"}')


def never() -> Answer:
    raise AssertionError


def lunch(owner: Account) -> Callable[[], Answer]:
    def write() -> Answer:
        spend(owner, "lunch 45")
        return SAID

    return write


def ask(
    owner: Account, write: Callable[[], Answer], key: str = "key-1", digest: str = "d1", after: timedelta = timedelta(0)
) -> Answer:
    return services.answer_once(user_id=owner.id, key=key, digest=digest, now=NOON + after, write=write)


def test_it_works(alice: Account) -> None:
    first = ask(alice, lunch(alice))
    second = ask(alice, never)

    assert first == second == SAID
    assert Expense.objects.filter(type="lunch").count() == 1


def test_the_row(alice: Account) -> None:
    ask(alice, lunch(alice))

    kept = IdempotencyKey.objects.get()
    assert (kept.user_id, kept.key, kept.digest, kept.status, kept.content_type, bytes(kept.body), kept.created) == (
        alice.id, "key-1", "d1", 200, SAID.content_type, SAID.body, NOON,
    )  # fmt: skip


def test_an_empty_answer(alice: Account) -> None:
    gone = Answer(204, "", b"")

    assert ask(alice, lambda: gone) == ask(alice, never) == gone


def test_another_key(alice: Account) -> None:
    ask(alice, lunch(alice))
    ask(alice, lunch(alice), key="key-2")

    assert Expense.objects.filter(type="lunch").count() == 2


def test_another_owner(alice: Account, bob: Account) -> None:
    ask(alice, lunch(alice))
    ask(bob, lunch(bob))

    assert Expense.objects.filter(type="lunch").count() == 2


def test_the_same_key_with_something_else(alice: Account) -> None:
    ask(alice, lunch(alice))

    with pytest.raises(KeyReused) as caught:
        ask(alice, never, digest="d2")

    assert str(caught.value) == "Idempotency-Key 'key-1': it came before with another request; a new key is wanted"


def test_a_write_that_fails_leaves_no_key(alice: Account) -> None:
    def write() -> Answer:
        spend(alice, "lunch 45")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        ask(alice, write)

    assert not IdempotencyKey.objects.exists()
    assert not Expense.objects.filter(type="lunch").exists()
    assert ask(alice, lunch(alice)) == SAID


@pytest.mark.parametrize(("after", "writes"), [(timedelta(days=7), 1), (timedelta(days=7, microseconds=1), 2)])
def test_keys_are_kept_for_a_week(alice: Account, after: timedelta, writes: int) -> None:
    ask(alice, lunch(alice))

    ask(alice, lunch(alice), after=after)

    assert Expense.objects.filter(type="lunch").count() == writes
    assert IdempotencyKey.objects.count() == 1


def test_old_keys_of_others_go_too(alice: Account, bob: Account) -> None:
    ask(alice, lunch(alice))

    ask(bob, lunch(bob), after=timedelta(days=8))

    assert IdempotencyKey.objects.get().user_id == bob.id


def test_many_old_keys_go_a_hundred_at_a_time_the_oldest_first(alice: Account, bob: Account) -> None:
    IdempotencyKey.objects.bulk_create(
        [
            IdempotencyKey(user_id=alice.id, key=str(n), digest="d", created=NOON - timedelta(microseconds=n))
            for n in reversed(range(150))
        ]
    )
    if connection.vendor == "postgresql":  # the plan under which a choice inside the DELETE is made again for each row
        with connection.cursor() as cursor:
            for way in ("hashjoin", "mergejoin", "material", "indexscan", "bitmapscan", "hashagg", "sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")

    ask(bob, lunch(bob), after=timedelta(days=8))
    assert sorted(int(key.key) for key in IdempotencyKey.objects.filter(user_id=alice.id)) == list(range(50))

    ask(bob, lunch(bob), key="key-2", after=timedelta(days=8))
    assert set(IdempotencyKey.objects.values_list("user_id", flat=True)) == {bob.id}


def test_a_key_that_is_removed_while_it_is_looked_at(alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = iter([False])  # it was in the way of the first, and is gone before it is read
    monkeypatch.setattr(idempotency, "_claimed", lambda *claim: next(claims, None) is None and claimed(*claim))

    assert ask(alice, lunch(alice)) == SAID
    assert ask(alice, never) == SAID


@pytest.mark.parametrize("key", ["k", "k" * 255, "<mail@example.com> ~"])
def test_keys(alice: Account, key: str) -> None:
    assert ask(alice, lunch(alice), key=key) == ask(alice, never, key=key)


@pytest.mark.parametrize("key", ["", "k" * 256, "café", "a\nb", "a\0b", "\x7f"])
def test_bad_keys(alice: Account, key: str) -> None:
    with pytest.raises(BadKey) as caught:
        ask(alice, never, key=key)

    assert str(caught.value) == f"Idempotency-Key {key[:40]!r}: 1 to 255 printable ASCII characters are wanted"
