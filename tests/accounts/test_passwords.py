import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts import passwords
from accounts.attempts import OF_ACCOUNT, WrongPassword, failed_attempts
from accounts.hashers import LONGEST_PASSWORD, Argon2idHasher
from accounts.models import User
from accounts.passwords import REMEMBERED, VerifiedCredentials, account_with
from accounts.selectors import Account, credentials
from accounts.services import password_set, second_factor_note
from accounts.throttled import Throttled
from tests.callers import eventually
from tests.cast import NOON, PASSWORD, open_account

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


def opened(*, email: str, password: str, alone: bool = True) -> Account:
    return account_with(email=email, password=password, address="192.0.2.1", now=NOON, alone=alone)


class TestWork:
    """The answer's time does not tell who has an account: a hash is computed in every case."""

    def test_an_unknown_account_takes_a_hash(self, alice: Account, hashes: Hashes) -> None:
        with pytest.raises(WrongPassword):
            opened(email="nobody@example.com", password=PASSWORD)

        assert len(hashes) == 1
        # The same kind of hash as a real one, hence the same work.
        assert hashes[0].split("$")[:4] == credentials(email=alice.email).password_hash.split("$")[:4]

    def test_a_wrong_password_takes_a_hash_each_time(self, alice: Account, hashes: Hashes) -> None:
        for _ in range(3):
            with pytest.raises(WrongPassword):
                opened(email=alice.email, password="wrong")

        assert hashes == [credentials(email=alice.email).password_hash] * 3

    def test_an_inactive_account_takes_a_hash_each_time(self, alice: Account, hashes: Hashes) -> None:
        User.objects.filter(pk=alice.id).update(is_active=False)

        for password in (PASSWORD, PASSWORD, "wrong"):
            with pytest.raises(WrongPassword):
                opened(email=alice.email, password=password)

        assert len(hashes) == 3


class TestVerified:
    def test_a_second_request_does_not_hash(self, alice: Account, hashes: Hashes) -> None:
        assert opened(email=alice.email, password=PASSWORD) == alice
        assert opened(email=alice.email.upper(), password=PASSWORD) == alice

        assert len(hashes) == 1

    def test_a_right_one_does_not_open_the_door_for_a_wrong_one(self, alice: Account) -> None:
        opened(email=alice.email, password=PASSWORD)

        with pytest.raises(WrongPassword):
            opened(email=alice.email, password=PASSWORD + "!")

    def test_a_failure_is_not_remembered(self, alice: Account, hashes: Hashes) -> None:
        with pytest.raises(WrongPassword):
            opened(email=alice.email, password="the next password")
        password_set(user_id=alice.id, password="the next password")

        assert opened(email=alice.email, password="the next password") == alice
        assert len(hashes) == 2

    def test_a_changed_password_is_refused_at_once(self, alice: Account) -> None:
        opened(email=alice.email, password=PASSWORD)
        password_set(user_id=alice.id, password="the next password")

        with pytest.raises(WrongPassword):
            opened(email=alice.email, password=PASSWORD)

    def test_the_same_password_set_anew_is_hashed_anew(self, alice: Account, hashes: Hashes) -> None:
        opened(email=alice.email, password=PASSWORD)
        password_set(user_id=alice.id, password=PASSWORD)
        opened(email=alice.email, password=PASSWORD)

        assert len(hashes) == 2

    def test_a_closed_account_is_refused_at_once(self, alice: Account) -> None:
        opened(email=alice.email, password=PASSWORD)
        User.objects.filter(pk=alice.id).update(is_active=False)

        with pytest.raises(WrongPassword):
            opened(email=alice.email, password=PASSWORD)

    def test_one_persons_password_is_not_anothers(self, alice: Account, bob: Account, hashes: Hashes) -> None:
        opened(email=alice.email, password=PASSWORD)
        opened(email=bob.email, password=PASSWORD)

        assert len(hashes) == 2

    def test_what_changed_of_the_person_is_seen_at_once(self, alice: Account) -> None:
        opened(email=alice.email, password=PASSWORD)
        User.objects.filter(pk=alice.id).update(zone="Europe/Berlin")

        assert opened(email=alice.email, password=PASSWORD).zone == "Europe/Berlin"

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
        opened(email=alice.email, password=PASSWORD)

        kept = list(passwords.VERIFIED._until)

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


class TestSecondFactor:
    """Where there is one, the password by itself is as good as a wrong one (design §4)."""

    @pytest.fixture(autouse=True)
    def noted(self, alice: Account) -> None:
        second_factor_note(user_id=alice.id, has_one=lambda: True)

    def test_the_password_is_as_good_as_a_wrong_one(self, alice: Account, hashes: Hashes) -> None:
        for password in (PASSWORD, PASSWORD, "wrong"):
            with pytest.raises(WrongPassword):
                opened(email=alice.email, password=password)

        assert hashes == [credentials(email=alice.email).password_hash] * 3
        (attempt,) = failed_attempts(user_id=alice.id)
        assert attempt.times == 3

    def test_where_the_factor_is_asked_for_it_is_right(self, alice: Account) -> None:
        assert opened(email=alice.email, password=PASSWORD, alone=False) == alice

    def test_that_it_was_right_there_opens_nothing_elsewhere(self, alice: Account) -> None:
        opened(email=alice.email, password=PASSWORD, alone=False)

        with pytest.raises(WrongPassword):
            opened(email=alice.email, password=PASSWORD)

    def test_without_it_the_password_is_enough_again(self, alice: Account) -> None:
        second_factor_note(user_id=alice.id, has_one=lambda: False)

        assert opened(email=alice.email, password=PASSWORD) == alice


def test_a_second_factor_counts_at_once(alice: Account) -> None:
    opened(email=alice.email, password=PASSWORD)
    second_factor_note(user_id=alice.id, has_one=lambda: True)

    with pytest.raises(WrongPassword):
        opened(email=alice.email, password=PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_who_waits_outside_of_a_transaction_needs_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = open_account("alice@example.com")
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)  # given back as soon as may be
    connection.close()
    credentials(email=alice.email)

    with passwords._turn():
        held = connection.connection

    assert held is None or connection.vendor == "sqlite"  # that of the tests is in memory, and stays


@pytest.mark.django_db(transaction=True)
def test_who_has_waited_for_the_same_password_need_not_hash_it_again(alice: Account, hashes: Hashes) -> None:
    count = 2 * OF_ACCOUNT.most  # more than there may be failures
    with ThreadPoolExecutor(count) as pool, passwords._HASHING:
        waiting = [pool.submit(verify_elsewhere, alice.email) for _ in range(count)]
        assert eventually(lambda: len(passwords._HASHING._cond._waiters) > 1)  # type: ignore[attr-defined]

    assert [done.result() for done in waiting] == [alice] * count
    assert len(hashes) == 1


@pytest.mark.parametrize("email", ["alice@example.com", "nobody@example.com"])
def test_a_password_too_long_to_be_anybodys_is_no_work(alice: Account, hashes: Hashes, email: str) -> None:
    with pytest.raises(WrongPassword):
        opened(email=email, password="x" * (LONGEST_PASSWORD + 1))

    assert hashes == []


def test_who_has_failed_too_often_is_not_hashed_nor_kept_waiting(alice: Account, hashes: Hashes) -> None:
    for _ in range(OF_ACCOUNT.most):
        with pytest.raises(WrongPassword):
            opened(email=alice.email, password="wrong")

    with passwords._HASHING, pytest.raises(Throttled) as refusal:
        opened(email=alice.email, password=PASSWORD)

    assert refusal.value.retry_after == 60
    assert len(hashes) == OF_ACCOUNT.most


def verify_elsewhere(email: str) -> Account:
    try:
        return opened(email=email, password=PASSWORD)
    finally:
        connection.close()
