from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.rows import one_row
from accounts.selectors import Account

STATEMENT = "SELECT id, email FROM accounts_user WHERE email_key = %s"


def test_it_works(alice: Account) -> None:
    assert one_row(STATEMENT, "alice@example.com") == (alice.id, alice.email)
    assert one_row(STATEMENT, "nobody@example.com") is None
    both = f"{STATEMENT} AND currency = %s"
    assert one_row(both, "alice@example.com", alice.currency) == (alice.id, alice.email)
    assert one_row(both, "alice@example.com", "XXX") is None


def test_who_counts_statements_sees_it(alice: Account) -> None:
    with CaptureQueriesContext(connection) as seen:
        assert one_row(STATEMENT, "alice@example.com") == (alice.id, alice.email)

    assert len(seen) == 1


def test_who_watches_statements_sees_it(alice: Account) -> None:
    seen: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        one_row(STATEMENT, "alice@example.com")

    assert seen == [STATEMENT]


def test_what_fails_fails_as_djangos(db: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        one_row("SELECT nothing FROM nowhere WHERE x = %s", "x")


def test_values_arrive_as_djangos_cursor_gives_them(alice: Account) -> None:
    """On SQLite they travel as one text of JSON."""
    values = "NULL, currency, 9007199254740993, '\"\\ é\u2028'"
    statement = f"SELECT {values} FROM accounts_user WHERE email_key = %s"

    row = one_row(statement, "alice@example.com")

    assert row == (None, "USD", 9007199254740993, '"\\ é\u2028')
    with connection.cursor() as cursor:
        cursor.execute(statement, ["alice@example.com"])
        assert cursor.fetchone() == row
