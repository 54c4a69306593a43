"""The three steps, as the pages and the doors of OAuth 1.0 take them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from access.callbacks import BadCallback, CallbackNotPinned
from access.models import AccessToken, RequestToken
from access.selectors.oauth1 import (
    REQUEST_TOKEN_LIFE,
    AccessRow,
    RequestTokenNotFound,
    RequestTokenRow,
    access_rows,
    known_request,
    request_token_row,
    signer,
)
from access.services import oauth1
from access.services.consumers import NewConsumer
from accounts.models import User
from accounts.selectors import Account
from tests.access.programs import CALLBACK, allowed, asked, let_in, program, signing
from tests.access.services.test_tokens import writer_at_work
from tests.cast import NOON, open_account

JUST_IN_TIME = NOON + REQUEST_TOKEN_LIFE - timedelta(microseconds=1)
TOO_LATE = NOON + REQUEST_TOKEN_LIFE


@pytest.fixture
def app(alice: Account) -> NewConsumer:
    return program(alice)


@pytest.fixture
def legacy(alice: Account) -> NewConsumer:
    return program(alice, name="Old App", callback="", is_legacy=True)


class TestRow:
    def test_it_works(self, app: NewConsumer) -> None:
        token = asked(app)

        row = request_token_row(key=token.key, now=JUST_IN_TIME)

        assert row == RequestTokenRow("App", "alice@example.com", is_legacy=False, callback_host="app.example")

    def test_out_of_band(self, app: NewConsumer) -> None:
        assert request_token_row(key=asked(app, callback="oob").key, now=NOON).callback_host == ""

    def test_a_callback_that_comes_late_counts_for_legacy_programs_only(
        self, app: NewConsumer, legacy: NewConsumer
    ) -> None:
        late = "http://old.example:8080/back"

        new, old = asked(app, callback="oob"), asked(legacy, callback="")

        assert request_token_row(key=new.key, now=NOON, callback=late).callback_host == ""
        assert request_token_row(key=old.key, now=NOON, callback=late) == RequestTokenRow(
            "Old App", "alice@example.com", is_legacy=True, callback_host="old.example:8080"
        )

    @pytest.mark.parametrize("key", ["", "x", "unknown0unknown0un", "a\0b", "ä" * 18])
    def test_an_unknown_one(self, db: None, key: str) -> None:
        with pytest.raises(RequestTokenNotFound, match="no longer open"):
            request_token_row(key=key, now=NOON)

    def test_one_that_is_too_old(self, app: NewConsumer) -> None:
        with pytest.raises(RequestTokenNotFound):
            request_token_row(key=asked(app).key, now=TOO_LATE)


class TestAllow:
    def test_it_works(self, app: NewConsumer, bob: Account) -> None:
        token = asked(app)

        address, verifier = oauth1.request_token_allow(key=token.key, user_id=bob.id, now=JUST_IN_TIME)

        assert address == f"{CALLBACK}?oauth_token={token.key}&oauth_verifier={verifier}"
        known = known_request(consumer_key=app.key, key=token.key, now=JUST_IN_TIME)
        assert known is not None
        assert (known.user_id, known.secret, known.verifier, known.needs_verifier) == (
            bob.id, token.secret, verifier, True,
        )  # fmt: skip

    def test_out_of_band(self, app: NewConsumer, bob: Account) -> None:
        token = asked(app, callback="oob")

        address, verifier = oauth1.request_token_allow(key=token.key, user_id=bob.id, now=NOON, callback=CALLBACK)

        assert address == ""
        assert len(verifier) == 10

    @pytest.mark.parametrize("named_first", ["", "oob"])
    def test_a_legacy_program_names_its_callback_late(
        self, legacy: NewConsumer, bob: Account, named_first: str
    ) -> None:
        token = asked(legacy, callback=named_first)

        address, verifier = oauth1.request_token_allow(
            key=token.key, user_id=bob.id, now=NOON, callback="http://old.example/?a=b"
        )

        assert address == f"http://old.example/?a=b&oauth_token={token.key}&oauth_verifier={verifier}"
        known = known_request(consumer_key=legacy.key, key=token.key, now=NOON)
        assert known is not None
        assert not known.needs_verifier

    def test_one_that_it_signed_holds(self, legacy: NewConsumer, bob: Account) -> None:
        token = asked(legacy, callback="http://old.example/signed")

        address, _ = oauth1.request_token_allow(
            key=token.key, user_id=bob.id, now=NOON, callback="http://evil.example/"
        )

        assert address.startswith("http://old.example/signed?")
        known = known_request(consumer_key=legacy.key, key=token.key, now=NOON)
        assert known is not None
        assert known.needs_verifier

    def test_what_a_legacy_program_registered_pins(self, alice: Account, bob: Account) -> None:
        consumer = program(alice, callback="https://a.example", is_legacy=True)
        token = asked(consumer, callback="")

        with pytest.raises(CallbackNotPinned, match="did not register"):
            oauth1.request_token_allow(
                key=token.key, user_id=bob.id, now=NOON, callback="https://a.example.evil/callback"
            )

        assert known_request(consumer_key=consumer.key, key=token.key, now=NOON) is None

    @pytest.mark.parametrize("callback", ["javascript:alert(1)", "//evil.example", "x"])
    def test_an_address_that_is_none(self, legacy: NewConsumer, bob: Account, callback: str) -> None:
        token = asked(legacy, callback="")

        with pytest.raises(BadCallback):
            oauth1.request_token_allow(key=token.key, user_id=bob.id, now=NOON, callback=callback)

    def test_it_is_answered_once(self, app: NewConsumer, alice: Account, bob: Account) -> None:
        token = asked(app)
        oauth1.request_token_allow(key=token.key, user_id=bob.id, now=NOON)

        with pytest.raises(RequestTokenNotFound):
            oauth1.request_token_allow(key=token.key, user_id=alice.id, now=NOON)
        with pytest.raises(RequestTokenNotFound):
            oauth1.request_token_refuse(key=token.key, now=NOON)

        assert RequestToken.objects.get().user_id == bob.id

    def test_too_late(self, app: NewConsumer, bob: Account) -> None:
        with pytest.raises(RequestTokenNotFound):
            oauth1.request_token_allow(key=asked(app).key, user_id=bob.id, now=TOO_LATE)

    @pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time, and here no file")
    @pytest.mark.django_db(transaction=True)
    def test_of_two_answers_at_once_one_holds(self, app: NewConsumer, alice: Account, bob: Account) -> None:
        token, together = asked(app), Barrier(2)

        def answer(person: Account) -> str:
            together.wait()
            try:
                return oauth1.request_token_allow(key=token.key, user_id=person.id, now=NOON).verifier
            except RequestTokenNotFound:
                return ""
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as both:
            heard = list(both.map(answer, [alice, bob]))

        assert sorted(map(bool, heard)) == [False, True]
        assert RequestToken.objects.get().verifier == max(heard)


class TestRefuse:
    def test_it_works(self, app: NewConsumer) -> None:
        token = asked(app)

        address = oauth1.request_token_refuse(key=token.key, now=NOON)

        assert address == f"{CALLBACK}?error=Access%20not%20granted%20by%20user."
        with pytest.raises(RequestTokenNotFound):
            request_token_row(key=token.key, now=NOON)

    def test_out_of_band(self, app: NewConsumer) -> None:
        assert oauth1.request_token_refuse(key=asked(app, callback="oob").key, now=NOON) == ""


class TestKnownRequest:
    def test_nobody_has_allowed_it(self, app: NewConsumer) -> None:
        assert known_request(consumer_key=app.key, key=asked(app).key, now=NOON) is None

    def test_another_programs(self, app: NewConsumer, legacy: NewConsumer, bob: Account) -> None:
        allowed(app, bob)

        assert known_request(consumer_key=legacy.key, key=RequestToken.objects.get().key, now=NOON) is None

    def test_too_late(self, app: NewConsumer, bob: Account) -> None:
        allowed(app, bob)

        assert known_request(consumer_key=app.key, key=RequestToken.objects.get().key, now=TOO_LATE) is None

    def test_of_a_closed_account(self, app: NewConsumer, bob: Account) -> None:
        allowed(app, bob)
        User.objects.filter(pk=bob.id).update(is_active=False)

        assert known_request(consumer_key=app.key, key=RequestToken.objects.get().key, now=NOON) is None


class TestExchange:
    def test_it_works(self, app: NewConsumer, bob: Account) -> None:
        token = let_in(app, bob)

        row = AccessToken.objects.get()
        assert signing(app, token) == (row.pk, app.secret, "", token.secret, None, bob)
        assert token.secret not in row.secret
        assert access_rows(user_id=bob.id) == [AccessRow(row.pk, "App", "alice@example.com", False, NOON, None, "")]
        assert not RequestToken.objects.exists()

    def test_a_request_works_once(self, app: NewConsumer, bob: Account) -> None:
        known = allowed(app, bob)
        oauth1.access_token_create(request=known, now=NOON)

        with pytest.raises(RequestTokenNotFound):
            oauth1.access_token_create(request=known, now=NOON)

        assert AccessToken.objects.count() == 1

    def test_who_signs_is_one_question(
        self, app: NewConsumer, bob: Account, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        token = let_in(app, bob)

        with django_assert_num_queries(1):
            known = signer(consumer_key=app.key, key=token.key)

        assert known is not None

    def test_of_a_closed_account(self, app: NewConsumer, bob: Account) -> None:
        token = let_in(app, bob)
        User.objects.filter(pk=bob.id).update(is_active=False)

        assert signer(consumer_key=app.key, key=token.key) is None

    def test_another_programs(self, app: NewConsumer, legacy: NewConsumer, bob: Account) -> None:
        assert signer(consumer_key=legacy.key, key=let_in(app, bob).key) is None


class TestRevoke:
    def test_it_works(self, app: NewConsumer, bob: Account) -> None:
        gone, kept = let_in(app, bob), let_in(app, bob)

        oauth1.access_token_revoke(user_id=bob.id, token_id=signing(app, gone).token_id)

        assert signer(consumer_key=app.key, key=gone.key) is None
        assert [row.id for row in access_rows(user_id=bob.id)] == [signing(app, kept).token_id]

    def test_another_persons(self, app: NewConsumer, alice: Account, bob: Account) -> None:
        token = let_in(app, bob)

        with pytest.raises(oauth1.AccessTokenNotFound, match="no such program"):
            oauth1.access_token_revoke(user_id=alice.id, token_id=signing(app, token).token_id)

        assert signing(app, token)


class TestUse:
    def test_it_is_noted_once_a_minute(self, app: NewConsumer, bob: Account) -> None:
        token = let_in(app, bob)
        moments = [NOON, NOON + timedelta(seconds=59), NOON + timedelta(seconds=60), NOON + timedelta(seconds=61)]

        seen = []
        for second, moment in enumerate(moments):
            oauth1.access_use_note(signer=signing(app, token), now=moment, address=f"192.0.2.{second}")
            seen += [(row.used, row.used_from) for row in access_rows(user_id=bob.id)]

        assert seen == [(NOON, "192.0.2.0"), (NOON, "192.0.2.0")] + [(moments[2], "192.0.2.2")] * 2

    @pytest.mark.django_db(transaction=True)
    def test_nobody_waits_for_who_writes_meanwhile(self, caplog: pytest.LogCaptureFixture) -> None:
        """The next request notes it."""
        bob = open_account("bob@example.com")
        app = program(bob)
        known = signing(app, let_in(app, bob))

        with writer_at_work(AccessToken):
            oauth1.access_use_note(signer=known, now=NOON, address="192.0.2.1")

        assert access_rows(user_id=bob.id)[0].used is None
        oauth1.access_use_note(signer=known, now=NOON, address="192.0.2.1")
        assert access_rows(user_id=bob.id)[0].used == NOON
        # PostgreSQL passes over the row and has nothing to complain of.
        assert len(caplog.records) == (connection.vendor == "sqlite")


def test_old_requests_are_forgotten_in_passing(app: NewConsumer) -> None:
    old = asked(app)

    young = asked(app, now=TOO_LATE)

    assert list(RequestToken.objects.values_list("key", flat=True)) == [young.key]
    assert old.key != young.key


def test_what_is_anothers_is_not_listed(app: NewConsumer, bob: Account) -> None:
    let_in(app, bob)

    assert access_rows(user_id=open_account("carla@example.com").id) == []
