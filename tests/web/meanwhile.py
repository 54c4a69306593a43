"""What another tab does at the worst moment, each time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def meanwhile(act: Callable[[], object], *, seen: str) -> Iterator[None]:
    """Act once, between what a request read from the table ``seen`` and the transaction in which it writes."""
    awaited = [seen, "SAVEPOINT"]

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if awaited and awaited[0] in sql:
            awaited.pop(0)
            if not awaited:
                act()
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert not awaited, "the request did not come to the moment"
