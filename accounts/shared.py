"""Redis, for what several machines must count together (REDIS_URL).

Its library is imported where it is asked: it takes a twentieth of a start, and most ledgers have no Redis.
"""
# ruff: noqa: PLC0415

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

from accounts.throttled import Throttled

logger = logging.getLogger(__name__)

PATIENCE: Final = 1.0
"""Seconds for which one waits for an answer: who waits holds a thread."""
_COME_AGAIN: Final = 5


class StoreAway(Throttled):
    """Redis can't be asked, so nobody can tell what has been counted, and what depends on it is refused."""

    def __init__(self) -> None:
        super().__init__(_COME_AGAIN)


class BadStore(Exception):
    """This Redis may forget what it must keep. The message may be shown to the operator."""

    def __init__(self, policy: str) -> None:
        super().__init__(
            f"this Redis throws keys away when its memory is full (maxmemory-policy {policy}), and a forgotten nonce"
            " lets a request in twice: noeviction is wanted"
        )


class Shared:
    """One database of a Redis, asked by scripts, each of which runs whole and alone."""

    def __init__(self, url: str) -> None:
        from redis import Redis

        self._redis = Redis.from_url(url, **patiently())

    def run(self, script: str, keys: Sequence[str], values: Sequence[str | float]) -> Any:
        """Return what a script in Lua answers. Raises StoreAway."""
        with asked():
            return self._redis.register_script(script)(keys=[f"xpenser:{key}" for key in keys], args=values)

    def check(self) -> None:
        """Raise BadStore where keys may be thrown away, StoreAway where nobody answers."""
        from redis.exceptions import RedisError

        try:
            memory = self._redis.info("memory")
        except RedisError as problem:
            raise StoreAway from problem
        if memory["maxmemory"] and memory["maxmemory_policy"] != "noeviction":
            raise BadStore(memory["maxmemory_policy"])


def patiently() -> dict[str, Any]:
    """Return what a connection is made with.

    One that Redis closed meanwhile is opened anew, once. Who was not answered in time does not ask again: it may have
    been counted.
    """
    from redis.backoff import NoBackoff
    from redis.exceptions import ConnectionError as Disconnected
    from redis.retry import Retry

    retry = Retry(NoBackoff(), 1, supported_errors=(Disconnected,))
    return {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": retry}


@contextmanager
def asked() -> Iterator[None]:
    """Raise StoreAway where a question in the block is not answered."""
    from redis.exceptions import RedisError

    try:
        yield
    except RedisError as problem:
        logger.error("Redis can't be asked: %s", problem)  # noqa: TRY400 - no trace for each who comes meanwhile
        raise StoreAway from problem


@cache
def shared(url: str) -> Shared:
    """Return what asks the Redis at ``url``; threads share it."""
    return Shared(url)
