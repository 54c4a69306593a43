import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client, RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.hashers import Argon2idHasher
from accounts.models import User
from accounts.selectors import Account, credentials
from accounts.services import password_set
from api import auth
from api.auth import REMEMBERED, BasicAuthentication, VerifiedCredentials, account_with
from tests.cast import PASSWORD, OldClient, basic, open_account

Hashes = list[str]


@pytest.fixture
def hashes(monkeypatch: pytest.MonkeyPatch) -> Hashes:
    """The stored hashes that passwords are checked against, in order: a hash is work, and is counted, not timed."""
    done: Hashes = []
    verify: Callable[[Argon2idHasher, str, str], bool] = Argon2idHasher.verify

    def counted(self: Argon2idHasher, password: str, encoded: str) -> bool:
        done.append(encoded)
        return verify(self, password, encoded)

    monkeypatch.setattr(Argon2idHasher, "verify", counted)
    return done


def asked(authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return BasicAuthentication().authenticate(Request(RequestFactory().get("/", headers=headers)))


def encoded(octets: bytes) -> str:
    return "Basic " + base64.b64encode(octets).decode("ascii")


class TestBasic:
    def test_it_works(self, alice: Account) -> None:
        assert asked(basic(alice.email)) == (alice, "basic")

    @pytest.mark.parametrize(
        "spelling",
        [
            "basic {}",
            "BASIC {}",
            "Basic  {}",
            "Basic {} ",
        ],
    )
    def test_every_spelling_of_the_scheme(self, alice: Account, spelling: str) -> None:
        assert asked(spelling.format(basic(alice.email).removeprefix("Basic "))) == (alice, "basic")

    @pytest.mark.parametrize("email", ["ALICE@example.com", "Alice@Example.COM", "alice@example.com"])
    def test_the_address_in_any_case(self, alice: Account, email: str) -> None:
        assert asked(basic(email)) == (alice, "basic")

    @pytest.mark.parametrize(
        "authorization", [None, "", "Bearer abc", "OAuth realm=x", "Digest username=x", "Basically x"]
    )
    def test_other_schemes_are_not_its_business(self, authorization: str | None) -> None:
        assert asked(authorization) is None

    @pytest.mark.parametrize("password", ["a:colon:in:it", ":starts with one", "ends with one:", "::::::::"])
    def test_the_name_ends_at_the_first_colon(self, db: None, password: str) -> None:
        user = _user("carla@example.com", password)

        account, _ = asked(basic("carla@example.com", password))

        assert account.id == user.pk

    @pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
    def test_old_clients_send_latin_1(self, db: None, encoding: str) -> None:
        _user("carla@example.com", "pässwört für carla")

        account, _ = asked(encoded("carla@example.com:pässwört für carla".encode(encoding)))

        assert account.email == "carla@example.com"

    @pytest.mark.parametrize(
        "authorization",
        [
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Basic YWxpY2U",  # the padding is missing
            "Basic YWxp Y2U6eA==",
            "Basic YWxpY2U6eA==\u00e9",
            encoded(b""),
            encoded(b"alice@example.com"),  # no colon
            encoded(b":"),
            encoded(b":password"),
            encoded(b"alice@example.com:a fine\0old password"),
            encoded(b"\xff\xfe:\xff"),
        ],
    )
    def test_what_cant_be_read_as_credentials(self, alice: Account, authorization: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(authorization)

    @pytest.mark.parametrize("garbage", ["!", " ", "\t", "\u00e9"])
    def test_garbage_between_right_ones_is_not_skipped(self, alice: Account, garbage: str) -> None:
        right = basic(alice.email)

        with pytest.raises(AuthenticationFailed):
            asked(right[:20] + garbage + right[20:])

    def test_a_nul_is_refused_where_a_database_would_choke_on_it(self, db: None) -> None:
        _user("carla@example.com", "a nul \0 in it")

        with pytest.raises(AuthenticationFailed):
            asked(basic("carla@example.com", "a nul \0 in it"))

    @pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "x" * 5000])
    def test_a_wrong_password(self, alice: Account, password: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, password))

    def test_another_persons_password(self, alice: Account) -> None:
        _user("carla@example.com", "the password of carla")

        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, "the password of carla"))

    @pytest.mark.parametrize("email", ["nobody@example.com", "", "x" * 10_000, "' OR 1=1 --"])
    def test_an_unknown_account(self, alice: Account, email: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(basic(email))

    def test_an_account_without_a_usable_password(self, alice: Account) -> None:
        User.objects.filter(pk=alice.id).update(password=make_password(None))

        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, ""))

    @pytest.mark.parametrize("stored", ["", "plain text"])
    def test_a_stored_hash_that_is_none(self, alice: Account, stored: str) -> None:
        User.objects.filter(pk=alice.id).update(password=stored)

        response = Client().get("/api/expenses/", headers={"Authorization": basic(alice.email, "plain text")})

        assert response.status_code == 401


class TestWork:
    """The answer's time does not tell who has an account: a hash is computed in every case."""

    def test_an_unknown_account_takes_a_hash(self, alice: Account, hashes: Hashes) -> None:
        with pytest.raises(AuthenticationFailed):
            account_with(email="nobody@example.com", password=PASSWORD)

        assert len(hashes) == 1
        # The same kind of hash as a real one, hence the same work.
        assert hashes[0].split("$")[:4] == credentials(email=alice.email).password_hash.split("$")[:4]

    def test_a_wrong_password_takes_a_hash_each_time(self, alice: Account, hashes: Hashes) -> None:
        for _ in range(3):
            with pytest.raises(AuthenticationFailed):
                account_with(email=alice.email, password="wrong")

        assert hashes == [credentials(email=alice.email).password_hash] * 3

    def test_an_inactive_account_takes_a_hash_each_time(self, alice: Account, hashes: Hashes) -> None:
        User.objects.filter(pk=alice.id).update(is_active=False)

        for password in (PASSWORD, PASSWORD, "wrong"):
            with pytest.raises(AuthenticationFailed):
                account_with(email=alice.email, password=password)

        assert len(hashes) == 3


class TestVerified:
    def test_a_second_request_does_not_hash(self, alice: Account, hashes: Hashes) -> None:
        assert account_with(email=alice.email, password=PASSWORD) == alice
        assert account_with(email=alice.email.upper(), password=PASSWORD) == alice

        assert len(hashes) == 1

    def test_a_right_one_does_not_open_the_door_for_a_wrong_one(self, alice: Account) -> None:
        account_with(email=alice.email, password=PASSWORD)

        with pytest.raises(AuthenticationFailed):
            account_with(email=alice.email, password=PASSWORD + "!")

    def test_a_failure_is_not_remembered(self, alice: Account, hashes: Hashes) -> None:
        with pytest.raises(AuthenticationFailed):
            account_with(email=alice.email, password="the next password")
        password_set(user_id=alice.id, password="the next password")

        assert account_with(email=alice.email, password="the next password") == alice
        assert len(hashes) == 2

    def test_a_changed_password_is_refused_at_once(self, alice: Account) -> None:
        account_with(email=alice.email, password=PASSWORD)
        password_set(user_id=alice.id, password="the next password")

        with pytest.raises(AuthenticationFailed):
            account_with(email=alice.email, password=PASSWORD)

    def test_the_same_password_set_anew_is_hashed_anew(self, alice: Account, hashes: Hashes) -> None:
        account_with(email=alice.email, password=PASSWORD)
        password_set(user_id=alice.id, password=PASSWORD)
        account_with(email=alice.email, password=PASSWORD)

        assert len(hashes) == 2

    def test_a_closed_account_is_refused_at_once(self, alice: Account) -> None:
        account_with(email=alice.email, password=PASSWORD)
        User.objects.filter(pk=alice.id).update(is_active=False)

        with pytest.raises(AuthenticationFailed):
            account_with(email=alice.email, password=PASSWORD)

    def test_one_persons_password_is_not_anothers(self, alice: Account, bob: Account, hashes: Hashes) -> None:
        account_with(email=alice.email, password=PASSWORD)
        account_with(email=bob.email, password=PASSWORD)

        assert len(hashes) == 2

    def test_what_changed_of_the_person_is_seen_at_once(self, alice: Account) -> None:
        account_with(email=alice.email, password=PASSWORD)
        User.objects.filter(pk=alice.id).update(zone="Europe/Berlin")

        assert account_with(email=alice.email, password=PASSWORD).zone == "Europe/Berlin"

    def test_it_is_remembered_for_minutes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        moment = 1_000_000.0
        monkeypatch.setattr(time, "monotonic", lambda: moment)
        verified = VerifiedCredentials()
        verified.add(b"digest")

        moment += REMEMBERED - 1
        assert verified.has(b"digest")
        moment += 1
        assert not verified.has(b"digest")

    def test_the_password_itself_is_not_kept(self, alice: Account) -> None:
        account_with(email=alice.email, password=PASSWORD)

        kept = list(auth.VERIFIED._until)

        assert kept
        assert {len(digest) for digest in kept} == {32}

    def test_it_is_bounded_and_forgets_the_oldest(self) -> None:
        verified = VerifiedCredentials()
        for number in range(10_000):
            verified.add(b"%d" % number)
        verified.add(b"0")  # seen again: the youngest now

        verified.add(b"10000")
        verified.add(b"10001")

        assert len(verified._until) == 10_000
        assert [verified.has(b"%d" % number) for number in (0, 1, 2, 3, 10_000, 10_001)] == [
            True, False, False, True, True, True,
        ]  # fmt: skip


def test_nobody_is_logged_in_by_a_failure_at_the_door(alice: Account) -> None:
    response = Client().get("/api/v1.0/expenses/", headers={"Authorization": basic(alice.email, "wrong")})

    assert response.status_code == 401
    assert response.content == b"Authorization Required"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'


def _user(email: str, password: str) -> User:
    """A person with just any password, also one that a sign-up would refuse."""
    account = open_account(email)
    User.objects.filter(pk=account.id).update(password=make_password(password))
    return User.objects.get(pk=account.id)


def test_who_would_wait_for_long_is_told_to_come_again(
    alice_client: OldClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alice_client.get("/api/v1.0/user/")
    monkeypatch.setattr(auth, "_PATIENCE", 0.01)

    with auth._HASHING:
        refused = Client(headers={"Authorization": basic("alice@example.com", "not it")}).get("/api/v1.0/user/")
        in_classic = OldClient("nobody@example.com").get("/api/expenses/?format=json")
        known = alice_client.get("/api/v1.0/user/")

    assert (refused.status_code, refused.content) == (503, b"Throttled, wait 2 seconds.")
    assert refused.headers["Retry-After"] == "2"
    assert (in_classic.status_code, in_classic.json()) == (503, {"status": 503, "error": "Throttled, wait 2 seconds."})
    assert known.status_code == 200
    assert caplog.records == []  # strangers can't fill the log


@pytest.mark.django_db(transaction=True)
def test_who_waits_outside_of_a_transaction_needs_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = open_account("alice@example.com")
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # given back as soon as may be
    connection.close()
    credentials(email=alice.email)

    with auth._turn():
        held = connection.connection

    assert held is None or connection.vendor == "sqlite"  # that of the tests is in memory, and stays


def test_who_has_waited_for_the_same_password_need_not_hash_it_again(alice: Account, hashes: Hashes) -> None:
    known = credentials(email=alice.email)
    digest = auth._digest(known.account.email, PASSWORD, known.password_hash)

    auth._verify(known, PASSWORD, digest)
    auth._verify(known, PASSWORD, digest)

    assert len(hashes) == 1
