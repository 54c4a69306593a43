"""A write that PostgreSQL took back, since another was in its way, is made again; nothing else is."""

import ast
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.retried import TRIES, retried
from accounts.selectors import Account
from expenses import services
from expenses.models import Expense
from expenses.services.clock import clock_take
from tests.callers import eventually
from tests.cast import NOON, open_account, spend
from tests.failing import AWAY, failure

DEADLOCK, UNSERIALIZABLE = psycopg.errors.DeadlockDetected(), psycopg.errors.SerializationFailure()


class Service:
    """Fails as it is told, then answers; ``asked`` is how often it was."""

    def __init__(self, *problems: Exception) -> None:
        self.problems = list(problems)
        self.asked = 0

    def __call__(self, *, text: str) -> str:
        self.asked += 1
        if self.problems:
            raise self.problems.pop(0)
        return f"done: {text}"


def ask(service: Service) -> str:
    return retried(partial(service))(text="lunch")


@pytest.mark.parametrize("problem", [DEADLOCK, UNSERIALIZABLE])
def test_it_works(problem: Exception) -> None:
    service = Service(*[failure(problem)] * (TRIES - 1))

    assert ask(service) == "done: lunch"
    assert service.asked == TRIES


@pytest.mark.parametrize(
    ("problems", "asked"), [([failure(DEADLOCK)] * TRIES, TRIES), ([failure(AWAY)], 1), ([OperationalError("odd")], 1)]
)
def test_it_ends(problems: list[Exception], asked: int) -> None:
    service = Service(*problems)

    with pytest.raises(OperationalError):
        ask(service)

    assert service.asked == asked


@pytest.mark.django_db
def test_inside_a_transaction_it_is_not_for_the_service_to_say() -> None:
    service = Service(failure(DEADLOCK))

    with pytest.raises(OperationalError), transaction.atomic():
        ask(service)

    assert service.asked == 1


# The one has no other to be in the way of, since it passes locked rows over; the other is given what can be read once.
NOT_RETRIED = {"keys_forget", "reference_rates_load"}


@pytest.mark.once
def test_every_service_of_the_ledger_that_is_a_transaction_is_made_again() -> None:
    bare = {
        function.name
        for module in Path(services.__file__).parent.glob("*.py")
        for function in ast.parse(module.read_text()).body
        if isinstance(function, ast.FunctionDef) and "transaction.atomic" in ast.unparse(function)
        if "retried" not in map(ast.unparse, function.decorator_list)
    }

    assert bare == NOT_RETRIED


@pytest.mark.skipif(connection.vendor != "postgresql", reason="in SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
class TestOnPostgreSQL:
    def change(self, owner: Account, expense_id: int, isolation: str) -> Any:
        """Change an expense, over a connection of its own."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET default_transaction_isolation = '{isolation}'")
            return services.expense_update(owner=owner, expense_id=expense_id, fields={"notes": "changed"}, now=NOON)
        finally:
            connection.close()

    def somebody_waits(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            return bool(cursor.fetchone()[0])

    def test_who_saw_what_another_changed_meanwhile_looks_again(self) -> None:
        alice = open_account("alice@example.com")
        row = spend(alice, "lunch 45")

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                clock_take(user_id=alice.id, now=NOON)
                change = pool.submit(self.change, alice, row.id, "repeatable read")
                assert eventually(lambda: change.done() or self.somebody_waits())
            changed = change.result()

        assert (changed.id, changed.notes) == (row.id, "changed")

    def test_who_is_caught_in_a_deadlock_begins_anew(self) -> None:
        alice = open_account("alice@example.com")
        row = spend(alice, "lunch 45")

        with ThreadPoolExecutor(1) as pool:
            # PostgreSQL chooses who looks first, which is the service; if ever it is the other, that one gives way.
            with suppress(OperationalError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL deadlock_timeout = '60s'")
                Expense.objects.filter(pk=row.id).update(notes="locked")
                change = pool.submit(self.change, alice, row.id, "read committed")
                assert eventually(lambda: change.done() or self.somebody_waits())
                clock_take(user_id=alice.id, now=NOON)
            changed = change.result()

        assert (changed.id, changed.notes) == (row.id, "changed")
