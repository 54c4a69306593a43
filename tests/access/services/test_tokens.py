import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from access.models import AccessToken, PersonalToken
from access.personal import is_token, token_digest, token_make
from access.scopes import EVERYTHING, Grant, UnknownScope
from access.selectors.tokens import TokenRow, WrongToken, token_rows
from access.services.tokens import (
    BadToken,
    BadTokenName,
    CantAdd,
    ExpiresAtOnce,
    NewToken,
    NoScope,
    ReportIsToAdd,
    TokenNotFound,
    token_account,
    token_create,
    token_revoke,
)
from accounts.models import User
from accounts.selectors import Account
from expenses import services
from expenses.models import Clock
from reports.selectors import ReportNotFound
from tests.cast import NOON, open_account

MINUTE = timedelta(minutes=1)
READ = frozenset({"expenses:read"})
WRITE = frozenset({"expenses:write"})


def made(owner: Account, **asked: Any) -> NewToken:
    return token_create(**{"user_id": owner.id, "name": "phone", "scopes": READ, "now": NOON, **asked})


def used(token: str, now: Any = NOON, used_from: str = "192.0.2.1") -> tuple[Account, Grant]:
    return token_account(token=token, now=now, used_from=used_from)


class TestCreate:
    def test_it_works(self, alice: Account) -> None:
        new = made(alice, name="  phone ", scopes=EVERYTHING, expires=NOON + MINUTE)

        assert is_token(new.token)
        assert token_rows(user_id=alice.id) == [
            TokenRow(
                new.id, "phone", new.token[:9], EVERYTHING, False, None, "", NOON + MINUTE, NOON, None, "",
            )
        ]  # fmt: skip

    def test_the_token_itself_is_not_kept(self, alice: Account) -> None:
        new = made(alice)

        (row,) = PersonalToken.objects.values_list()
        assert new.token not in map(str, row)
        assert token_digest(new.token) in row

    def test_one_that_may_only_add_to_a_report(self, alice: Account) -> None:
        trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)

        new = made(alice, scopes=WRITE, add_only=True, report_id=trip.id)

        (row,) = token_rows(user_id=alice.id)
        assert (row.add_only, row.report_id, row.report) == (True, trip.id, "Trip")
        assert used(new.token) == (alice, Grant("token", WRITE, add_only=True, report_id=trip.id))

    @pytest.mark.parametrize(
        ("asked", "refusal", "message"),
        [
            ({"name": " "}, BadTokenName, "name '': 1 to 100 characters on one line are wanted"),
            ({"name": "x" * 101}, BadTokenName, f"name '{'x' * 40}': 1 to 100 characters on one line are wanted"),
            ({"name": "a\nb"}, BadTokenName, r"name 'a\nb': 1 to 100 characters on one line are wanted"),
            ({"scopes": frozenset()}, NoScope, "a token that may do nothing is of no use: choose what it may do"),
            ({"add_only": True}, CantAdd, "a token that may only add needs expenses:write"),
            ({"report_id": 1}, ReportIsToAdd, "only a token that may only add can be kept to one report"),
            ({"expires": NOON}, ExpiresAtOnce, "expires 2026-11-20 12:00 UTC: a moment in the future is wanted"),
        ],
    )
    def test_what_cant_be_made(
        self, alice: Account, asked: dict[str, Any], refusal: type[BadToken], message: str
    ) -> None:
        with pytest.raises(refusal) as refused:
            made(alice, **asked)

        assert str(refused.value) == message
        assert token_rows(user_id=alice.id) == []

    def test_a_scope_that_is_none(self, alice: Account) -> None:
        with pytest.raises(UnknownScope, match="scope 'everything'"):
            made(alice, scopes=frozenset({"everything"}))

    def test_somebody_elses_report(self, alice: Account, bob: Account) -> None:
        hers = services.report_create(user_id=alice.id, name="Trip", now=NOON)

        with pytest.raises(ReportNotFound):
            made(bob, scopes=WRITE, add_only=True, report_id=hers.id)


class TestRows:
    def test_the_newest_first_and_nobody_elses(self, alice: Account, bob: Account) -> None:
        first, second, _ = made(alice), made(alice), made(bob)

        assert [row.id for row in token_rows(user_id=alice.id)] == [second.id, first.id]


class TestRevoke:
    def test_it_works(self, alice: Account) -> None:
        new = made(alice)

        token_revoke(user_id=alice.id, token_id=new.id)

        assert token_rows(user_id=alice.id) == []
        with pytest.raises(WrongToken):
            used(new.token)
        with pytest.raises(TokenNotFound, match=f"token {new.id}: no token of yours has this id"):
            token_revoke(user_id=alice.id, token_id=new.id)

    def test_somebody_elses_is_not_there(self, alice: Account, bob: Account) -> None:
        new = made(alice)

        with pytest.raises(TokenNotFound):
            token_revoke(user_id=bob.id, token_id=new.id)

        assert used(new.token)[0] == alice

    def test_a_report_takes_the_tokens_along_that_were_kept_to_it(self, alice: Account) -> None:
        trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
        bound, other = made(alice, scopes=WRITE, add_only=True, report_id=trip.id), made(alice)

        services.report_delete(user_id=alice.id, report_id=trip.id, now=NOON)

        assert [row.id for row in token_rows(user_id=alice.id)] == [other.id]
        with pytest.raises(WrongToken):
            used(bound.token)


class TestAccount:
    def test_it_works(self, alice: Account, bob: Account) -> None:
        hers, his = made(alice, scopes=READ | WRITE), made(bob)

        assert used(hers.token) == (alice, Grant("token", READ | WRITE))
        assert used(his.token) == (bob, Grant("token", READ))

    def test_what_was_never_made(self, alice: Account) -> None:
        made(alice)

        for text in ("", "xp_", token_make(), token_make()[:-1] + "!"):
            with pytest.raises(WrongToken):
                used(text)

    def test_what_has_no_tokens_form_asks_nothing_of_the_database(self, alice: Account) -> None:
        with CaptureQueriesContext(connection) as asked, pytest.raises(WrongToken):
            used("xp_nonsense")

        assert len(asked) == 0

    def test_it_expires_to_the_microsecond(self, alice: Account) -> None:
        new = made(alice, expires=NOON + MINUTE)

        assert used(new.token, NOON + MINUTE - timedelta(microseconds=1))[0] == alice
        with pytest.raises(WrongToken):
            used(new.token, NOON + MINUTE)

    def test_a_closed_account(self, alice: Account) -> None:
        new = made(alice)
        used(new.token)
        User.objects.filter(pk=alice.id).update(is_active=False)

        with pytest.raises(WrongToken):
            used(new.token)

    def test_it_is_one_question_by_an_index(self, alice: Account) -> None:
        new = made(alice)
        used(new.token)

        with CaptureQueriesContext(connection) as asked:
            used(new.token)

        (question,) = [query["sql"] for query in asked]
        assert question.startswith("SELECT")
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {question}")
                plan = [row[3] for row in cursor.fetchall()]
            assert [step.split(" USING ")[0] for step in plan] == ["SEARCH t", "SEARCH u"]


class TestLastUse:
    def test_it_works(self, alice: Account) -> None:
        new = made(alice)

        used(new.token, NOON, "2001:db8::1")

        (row,) = token_rows(user_id=alice.id)
        assert (row.used, row.used_from) == (NOON, "2001:db8::1")

    def test_it_is_noted_once_a_minute(self, alice: Account) -> None:
        new = made(alice)

        noted = []
        for seconds in (0, 1, 59, 60, 61, 119, 121):
            used(new.token, NOON + timedelta(seconds=seconds), str(seconds))
            noted.append(token_rows(user_id=alice.id)[0].used_from)

        assert noted == ["0", "0", "0", "60", "60", "60", "121"]

    def test_it_is_noted_where_the_clock_was_put_back(self, alice: Account) -> None:
        new = made(alice)

        noted = []
        for seconds in (0, -59, -60, -59, 1):
            used(new.token, NOON + timedelta(seconds=seconds), str(seconds))
            noted.append(token_rows(user_id=alice.id)[0].used_from)

        assert noted == ["0", "0", "-60", "-60", "1"]

    def test_a_refused_one_is_not_noted(self, alice: Account) -> None:
        new = made(alice, expires=NOON + MINUTE)

        with pytest.raises(WrongToken):
            used(new.token, NOON + MINUTE)

        assert token_rows(user_id=alice.id)[0].used is None

    def test_it_is_no_change_of_the_ledger(self, alice: Account) -> None:
        before = Clock.objects.get(user_id=alice.id).last

        used(made(alice).token)

        assert Clock.objects.get(user_id=alice.id).last == before

    def test_an_address_of_any_length(self, alice: Account) -> None:
        used(made(alice).token, NOON, "x" * 100)

        assert token_rows(user_id=alice.id)[0].used_from == "x" * 45


@pytest.mark.django_db(transaction=True)
class TestBusy:
    """Somebody else writes meanwhile: nobody waits for him, and the next request notes the use."""

    def test_it_works(self, caplog: pytest.LogCaptureFixture) -> None:
        alice = open_account("alice@example.com")
        new = made(alice)

        with writer_at_work(PersonalToken):
            assert used(new.token)[0] == alice

        assert token_rows(user_id=alice.id)[0].used is None
        used(new.token)
        assert token_rows(user_id=alice.id)[0].used == NOON
        if connection.vendor == "sqlite":  # PostgreSQL passes over the row and has nothing to complain of
            (record,) = caplog.records
            assert record.getMessage().startswith(f"the last use of PersonalToken {new.id} was not noted: database ")
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA busy_timeout")
                assert cursor.fetchone() == (30_000,)


@contextmanager
def writer_at_work(table: "type[PersonalToken | AccessToken]") -> Iterator[None]:
    """Let another connection hold what a note in this table would have to wait for."""
    begun, done = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            if connection.vendor == "sqlite":  # any writer keeps every other one out
                Clock.objects.update(last=F("last"))
            else:
                table.objects.update(created=F("created"))
            begun.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()
