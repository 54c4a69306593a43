"""Django's cache, in the Redis in which several machines count together: what allauth counts is in it.

Loaded where REDIS_URL is set.
"""

import json
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis

from accounts.shared import asked, patiently


class SharedCache(RedisCache):
    """A cache that raises StoreAway where Redis can't be asked: who can't be counted is not let in."""

    def __init__(self, servers: list[str], params: dict[str, Any]) -> None:
        super().__init__(servers, params)
        self._class = _Client


class _Client(RedisCacheClient):
    def __init__(self, servers: list[str]) -> None:
        super().__init__(servers, serializer=_Json, **patiently())
        self._client = _Asked


class _Asked(Redis):
    def execute_command(self, *args: Any, **options: Any) -> Any:
        with asked():
            return super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # it has no types


class _Json:
    """Values as JSON. Of Django's own, which are pickles, whoever can write to Redis could make programs that run."""

    def dumps(self, obj: object) -> bytes:
        return json.dumps(obj).encode()

    def loads(self, data: Any) -> Any:
        return json.loads(data)
