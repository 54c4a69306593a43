"""Django's cache in Redis: what one machine has put there all have, and nobody is let in uncounted without it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from pytest_django import Settings

from accounts.shared import StoreAway
from accounts.shared_cache import SharedCache
from tests.redis import RedisServer

pytestmark = pytest.mark.once


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path).start() as redis:
        yield redis


@pytest.fixture
def here(redis: RedisServer, settings: Settings) -> Any:
    """Return the cache as the settings of a server make it."""
    settings.CACHES = {"default": chosen(redis)}
    return caches["default"]


@pytest.fixture
def there(redis: RedisServer) -> SharedCache:
    """Return that of another machine."""
    choices = chosen(redis)
    return SharedCache(choices["LOCATION"], choices)


def chosen(redis: RedisServer) -> dict[str, Any]:
    return {"BACKEND": "accounts.shared_cache.SharedCache", "LOCATION": [redis.url], "KEY_PREFIX": "xpenser:cache"}


def test_what_one_has_put_there_all_have(here: Any, there: SharedCache) -> None:
    here.set("history", [1800000000.25, 1.5], 60)
    assert there.get("history") == [1800000000.25, 1.5]
    assert here.add("code", "y", timeout=60)
    assert not there.add("code", "y", timeout=60)
    assert there.delete("code")
    assert here.get("code", "gone") == "gone"


def test_it_is_plain_json_under_a_name_of_ours_for_as_long_as_was_said(here: Any, redis: RedisServer) -> None:
    here.set("history", [1.5], 60)

    key = "xpenser:cache:1:history"
    assert redis.ask("KEYS", "*") == [key.encode()]
    assert redis.ask("GET", key) == b"[1.5]"
    assert redis.ask("TTL", key) in list(range(61))


ASKS: list[Callable[[Any], Any]] = [lambda cache: cache.get("x"), lambda cache: cache.add("x", 1)]


@pytest.mark.parametrize("ask", ASKS)
def test_while_it_is_away_nobody_is_counted(here: Any, redis: RedisServer, ask: Callable[[Any], Any]) -> None:
    ask(here)
    redis.kill()

    with pytest.raises(StoreAway):
        ask(here)

    redis.start()
    ask(here)
