"""A nonce works once on all machines that ask one Redis, and after that has died."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from access.nonces import KEPT
from access.shared_nonces import SharedNonces
from accounts.shared import Shared, StoreAway
from tests.redis import RedisServer

pytestmark = pytest.mark.once

NOW = 1_800_000_000


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path).start() as redis:
        yield redis


@pytest.fixture
def store(redis: RedisServer) -> SharedNonces:
    return SharedNonces(Shared(redis.url))


def take(store: SharedNonces, nonce: str = "nonce", *, signer: str = "key token", timestamp: int = NOW) -> bool:
    return store.take(signer=signer, nonce=nonce, timestamp=timestamp, now=NOW)


def test_it_works_once(store: SharedNonces, redis: RedisServer) -> None:
    assert take(store)
    assert not take(store)
    assert not take(SharedNonces(Shared(redis.url)))


def test_another_signer_time_or_nonce_is_another(store: SharedNonces) -> None:
    assert [take(store), take(store, "other"), take(store, signer="key other"), take(store, timestamp=NOW + 1)] == [
        True, True, True, True,
    ]  # fmt: skip


def test_of_many_threads_one_takes_it(store: SharedNonces) -> None:
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda _: take(store), range(64)))

    assert sorted(taken) == [False] * 63 + [True]


def test_it_is_kept_for_longer_than_an_hour(store: SharedNonces, redis: RedisServer) -> None:
    take(store)

    keys = redis.ask("KEYS", "xpenser:nonce:*")
    assert isinstance(keys, list)
    assert [redis.ask("TTL", key) for key in keys] == [KEPT]


def test_what_was_signed_before_the_first_start_is_refused(store: SharedNonces) -> None:
    """What another Redis heard before this one can't be known."""
    assert store.prepare(now=NOW) == NOW
    assert store.prepare(now=NOW + 9) == NOW
    assert not take(store, timestamp=NOW - 1)
    assert take(store)


@pytest.mark.parametrize("kept", [("--save", ""), ("--appendonly", "yes")])
def test_what_was_signed_before_redis_died_is_refused(store: SharedNonces, redis: RedisServer, kept: list[str]) -> None:
    """Whether it has kept something or not: what came last it may have lost."""
    redis.kill()
    redis.start(*kept)
    take(store)
    redis.kill()
    redis.start(*kept)

    heard = [store.take(signer="s", nonce=nonce, timestamp=at, now=NOW + 9) for nonce, at in SENT]

    assert heard == [False, False, True, False]


SENT = [("nonce", NOW), ("unheard of", NOW + 8), ("new", NOW + 9), ("new", NOW + 9)]


def test_nobody_is_let_in_while_it_is_away(store: SharedNonces, redis: RedisServer) -> None:
    take(store)
    redis.kill()

    with pytest.raises(StoreAway):
        take(store, "other")

    redis.start()
    assert store.take(signer="s", nonce="other", timestamp=NOW + 9, now=NOW + 9)
