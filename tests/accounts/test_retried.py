"""A write that PostgreSQL took back, since another was in its way, is made again; nothing else is."""

import ast
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from access.models import Approval
from access.services.applications import grant_revoke
from accounts import operators
from accounts.models import User
from accounts.retried import TRIES, retried
from accounts.selectors import Account, account
from expenses import services
from expenses.models import Expense
from expenses.services.clock import clock_take
from reports.models import Report
from reports.selectors import report_default
from tests.access.oauth2 import give, held, register
from tests.callers import eventually
from tests.cast import NOON, open_account, spend
from tests.failing import AWAY, failure
from tests.live import PROJECT

LATER = NOON + timedelta(hours=1)
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


def bare(folder: str, *, writing: Sequence[str]) -> set[str]:
    """Return the public functions of a folder's modules in which one of these words stands, and that aren't retried."""
    return {
        function.name
        for module in (PROJECT / folder).glob("*.py")
        for function in ast.parse(module.read_text()).body
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_")
        if any(word in ast.unparse(function) for word in writing)
        if "retried" not in map(ast.unparse, function.decorator_list)
    }


WRITES = (".create(", ".update(", ".delete(", ".save(", "get_or_create(", "transaction.atomic")


@pytest.mark.once
def test_every_service_of_the_ledger_that_is_a_transaction_is_made_again() -> None:
    # The one has no other to be in the way of, since it passes locked rows over; the other is given what can be read
    # once.
    assert bare("expenses/services", writing=["transaction.atomic"]) == {"keys_forget", "reference_rates_load"}


@pytest.mark.once
def test_every_other_service_that_writes_is_made_again() -> None:
    in_the_ledgers = {"base_currency_put", "invitation_take", "user_create", "user_delete"}
    # Before anybody is served, by hand, or in an hour again.
    alone_or_later = {"expired_clear", "first_invitation_create", "invitations_forget", "secrets_reencrypt"}
    in_the_toolkits = {"approval_note", "code_take"}

    assert bare("accounts", writing=WRITES) | bare("access/services", writing=WRITES) == (
        in_the_ledgers | alone_or_later | in_the_toolkits
    )
    assert bare("reports", writing=WRITES) == {  # the ledger's alone call them
        "report_create", "report_make_default", "report_remove", "report_rename", "report_set_status",
    }  # fmt: skip


class Conflict(NamedTuple):
    """A service that changes a row, another change of that row, and what is to be seen when both were made."""

    service: Callable[[], object]
    other: Callable[[], object]
    seen: Callable[[], object]
    expected: object


def of_accounts(alice: Account) -> Conflict:
    def seen() -> tuple[bool, str]:
        return operators.person(user_id=alice.id).is_operator, account(email=alice.email).zone

    return Conflict(
        partial(operators.operator_set, user_id=alice.id, is_operator=True),
        partial(User.objects.filter(pk=alice.id).update, zone="Europe/Berlin"),
        seen,
        (True, "Europe/Berlin"),
    )


def of_access(alice: Account) -> Conflict:
    application = register(alice)
    with transaction.atomic():
        give(application, alice)
    return Conflict(
        partial(grant_revoke, user_id=alice.id, application_id=application.id),
        partial(Approval.objects.filter(user_id=alice.id).update, used=NOON),
        lambda: (held(alice), Approval.objects.filter(user_id=alice.id).count()),
        (0, 0),
    )


def of_reports(alice: Account) -> Conflict:
    default = report_default(user_id=alice.id)
    return Conflict(
        partial(services.report_update, user_id=alice.id, report_id=default.id, name="Trip", now=NOON),
        partial(Report.objects.filter(pk=default.id).update, modified=LATER),
        lambda: Report.objects.values_list("name", "modified").get(pk=default.id),
        ("Trip", LATER),
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="in SQLite one writes at a time")
@pytest.mark.django_db(transaction=True)
class TestOnPostgreSQL:
    def elsewhere(self, service: Callable[[], Any], isolation: str) -> Any:
        """Do it over a connection of its own."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET default_transaction_isolation = '{isolation}'")
            return service()
        finally:
            connection.close()

    def change(self, owner: Account, expense_id: int, isolation: str) -> Any:
        fields: services.ExpenseFields = {"notes": "changed"}
        change = partial(services.expense_update, owner=owner, expense_id=expense_id, fields=fields, now=NOON)
        return self.elsewhere(change, isolation)

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

    @pytest.mark.parametrize("conflict", [of_accounts, of_access, of_reports])
    def test_in_each_app(self, conflict: Callable[[Account], Conflict]) -> None:
        both = conflict(open_account("alice@example.com"))

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                both.other()
                change = pool.submit(self.elsewhere, both.service, "repeatable read")
                assert eventually(lambda: change.done() or self.somebody_waits())
            change.result()

        assert both.seen() == both.expected
