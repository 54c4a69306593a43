"""Writes that PostgreSQL gave up because they were in each other's way, and that are simply made again."""

from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection

TRIES: Final = 5
_IN_THE_WAY: Final = ("40001", "40P01")  # serialization_failure, deadlock_detected

P = ParamSpec("P")
R = TypeVar("R")


def retried(service: Callable[P, R]) -> Callable[P, R]:
    """Let a service that is one transaction be run anew, from its beginning, where PostgreSQL took all of it back.

    It must take the time, and who is meant, as arguments, so that it does the same each time. Inside a transaction of
    somebody else's it is that which must be run anew. Who is in the way TRIES times raises what Django raised.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return service(*args, **kwargs)
            except OperationalError as problem:
                if connection.in_atomic_block or not _was_in_the_way(problem):
                    raise
        return service(*args, **kwargs)

    return run


def _was_in_the_way(problem: OperationalError) -> bool:
    return getattr(problem.__cause__, "sqlstate", None) in _IN_THE_WAY
