"""Rows that come as they are taken, and what may happen to their connection meanwhile."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.rows import one_row
from expenses.selectors import ExpenseFilter, expense_rows
from tests.callers import eventually
from tests.cast import open_account, spend
from tests.live import on_postgresql

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no rows but those that are taken"),
    pytest.mark.django_db(transaction=True),
]

COUNT = 200_000
"""Rows of a hundred letters: more than the sockets hold, so the server is at it until they are taken."""


def asked(column: str) -> CursorWrapper:
    database: Any = connection
    cursor: CursorWrapper = database.streaming_cursor()
    cursor.execute(f"SELECT {column} FROM generate_series(1, %s) n", [COUNT])
    return cursor


def server_process() -> int:
    row = one_row("SELECT pg_backend_pid()")
    assert row is not None
    return int(row[0])


def does(process: int) -> list[str]:
    return [state for (state,) in on_postgresql(f"SELECT state FROM pg_stat_activity WHERE pid = {process}")]


def test_it_works() -> None:
    process = server_process()

    with asked("n, repeat('x', 100)") as cursor:
        first = cursor.fetchmany(3)
        assert does(process) == ["active"]
        rest = [number for rows in iter(lambda: cursor.fetchmany(5000), []) for number, _ in rows]

    assert [number for number, _ in first] + rest == list(range(1, COUNT + 1))
    assert eventually(lambda: does(process) == ["idle"])


@pytest.mark.parametrize("taken", [0, 3, 5000])
def test_who_stops_early_leaves_a_connection_that_can_be_asked(taken: int) -> None:
    process = server_process()

    with asked("repeat('x', 100)") as cursor:
        assert len(cursor.fetchmany(taken)) == taken

    assert server_process() == process


def test_who_stops_before_asking_asked_nothing() -> None:
    database: Any = connection
    with database.streaming_cursor() as cursor:
        assert cursor.fetchmany(1) == []

    assert server_process()


def test_who_stops_early_keeps_what_his_transaction_wrote() -> None:
    owner = open_account("carol@example.com")
    with transaction.atomic():
        made = spend(owner, "lunch 45")
        with asked("repeat('x', 100)") as cursor:
            assert len(cursor.fetchmany(3)) == 3
        spend(owner, "dinner 46")

    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter())
    assert [row.type for row in rows if row.id >= made.id] == ["lunch", "dinner"]


def test_what_fails_in_the_middle() -> None:
    process = server_process()

    with asked("1 / (5001 - n)") as cursor:
        assert len(cursor.fetchmany(2000)) == 2000
        with pytest.raises(DataError, match="division by zero"):
            cursor.fetchmany(COUNT)

    assert server_process() == process


def test_a_connection_that_breaks_in_the_middle() -> None:
    process = server_process()

    with asked("repeat('x', 100)") as cursor:
        assert len(cursor.fetchmany(2000)) == 2000
        on_postgresql(f"SELECT pg_terminate_backend({process})")
        with pytest.raises(OperationalError):
            cursor.fetchmany(COUNT)
    connection.close_if_unusable_or_obsolete()

    assert server_process() != process


def test_a_connection_that_broke_before_is_made_anew() -> None:
    database: Any = connection
    process = server_process()
    on_postgresql(f"SELECT pg_terminate_backend({process})")
    database.health_check_enabled, database.health_check_done = True, False  # as at the beginning of each request

    with asked("n") as cursor:
        assert cursor.fetchmany(1) == [(1,)]


def test_what_fails_at_once_fails_where_statements_are_counted() -> None:
    failed = []

    def counted(execute: Callable[..., object], *statement: object) -> object:
        try:
            return execute(*statement)
        except DataError as problem:
            failed.append(problem)
            raise

    with connection.execute_wrapper(counted), pytest.raises(DataError, match="division by zero"):
        asked("1 / (n - 1)")

    assert len(failed) == 1
    assert server_process()


def test_what_fails_while_the_rest_is_read_undoes_the_transaction() -> None:
    owner = open_account("dora@example.com")

    @transaction.atomic
    def spend_and_look() -> None:
        spend(owner, "lunch 45")
        with asked("1 / (150001 - n)") as cursor:
            assert len(cursor.fetchmany(3)) == 3

    with pytest.raises(DataError, match="division by zero"):
        spend_and_look()
    assert [row.type for row in expense_rows(user_id=owner.id, matching=ExpenseFilter())] == ["Sample Expense"]


def test_a_question_by_a_key_is_planned_five_times() -> None:
    database: Any = connection
    for number in range(10):
        with database.keyed_cursor() as cursor:
            cursor.execute("SELECT n FROM generate_series(0, 9) n WHERE n = %s", [number])
            assert cursor.fetchone() == (number,)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), max(generic_plans) FROM pg_prepared_statements WHERE statement LIKE '%%n = $1'"
        )
        ((statements, plans),) = cursor.fetchall()
    assert (statements, plans) == (1, 5)


def test_nothing_else_is_prepared_or_kept_in_mind() -> None:
    database: Any = connection
    with database.keyed_cursor() as cursor:
        cursor.execute("SELECT n FROM generate_series(0, 9) n WHERE n = %s", [1])
    for _ in range(10):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s", ["a file of a megabyte"])
            assert cursor.fetchone() == ("a file of a megabyte",)

    assert not database.connection._prepared._counts
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert cursor.fetchall() == [("SELECT n FROM generate_series(0, 9) n WHERE n = $1",)]


def again() -> None:
    asked("n").fetchmany(1)


@pytest.mark.parametrize("ask", [server_process, again, lambda: connection.set_autocommit(False)])
def test_who_asks_something_else_meanwhile_is_told(ask: Callable[[], object]) -> None:
    with asked("n") as cursor:
        taken = cursor.fetchmany(1)
        with pytest.raises(ProgrammingError, match="the rows of another question are still being taken"):
            ask()
        taken += cursor.fetchmany(COUNT)

    assert taken == [(number,) for number in range(1, COUNT + 1)]


def test_who_closes_the_connection_meanwhile_gets_no_shorter_list() -> None:
    with asked("n") as cursor:
        cursor.fetchmany(1)
        connection.close()
        with pytest.raises(OperationalError):
            cursor.fetchmany(COUNT)
