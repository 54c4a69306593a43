import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from django.conf import settings
from pytest_django import Settings

from accounts.attempts import (
    MOST_SHOWN,
    OF_ACCOUNT,
    OF_KNOWN,
    OF_NETWORK,
    WrongPassword,
    check_budgets,
    counted,
    failed_attempts,
    latest_failures,
    limits_prepare,
    name_let_in,
    network_let_in,
    network_of,
    seconds_to_wait,
)
from accounts.limits import AttemptRow, FailureRow
from accounts.shared import BadStore, StoreAway
from accounts.throttled import Throttled
from tests.cast import NOON
from tests.redis import RedisServer

pytestmark = pytest.mark.once

in_a_file = pytest.mark.parametrize("store", ["a file"], indirect=True)
in_redis = pytest.mark.parametrize("store", ["Redis"], indirect=True)
KINDS = (b"xpenser:spent:", b"xpenser:known:", b"xpenser:failed:")
DAY = 86_400
ALICE, HOME, AWAY = "alice@example.com", "192.0.2.1", "198.51.100.7"


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")).start() as redis:
        yield redis


@pytest.fixture(autouse=True, params=["a file", "Redis"])
def store(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Where is counted: each test holds for both, but for those that look into one."""
    if request.param == "Redis":
        redis: RedisServer = request.getfixturevalue("redis")
        redis.ask("FLUSHALL")
        settings.REDIS_URL = redis.url
    return str(request.param)


def guess(right: bool, *, email: str = ALICE, address: str = HOME, now: datetime = NOON) -> str:
    """Make an attempt and return what came of it: "right", "wrong" or how long to wait."""
    try:
        with counted(email=email, address=address, now=now, user_id=1 if email == ALICE else None):
            check(right)
    except WrongPassword:
        return "wrong"
    except Throttled as refusal:
        return str(refusal.retry_after)
    return "right"


def check(right: bool) -> None:
    if not right:
        raise WrongPassword


def addresses(count: int) -> list[str]:
    return [f"203.0.113.{number}" for number in range(count)]


def test_it_works() -> None:
    assert [guess(right) for right in (False, True, False, True)] == ["wrong", "right", "wrong", "right"]


@pytest.mark.parametrize("email", [ALICE, "nobody@example.com"])
def test_an_account_bears_so_many_failures_from_everywhere_whether_it_exists_or_not(email: str) -> None:
    heard = [guess(False, email=email, address=address) for address in addresses(OF_ACCOUNT.most + 2)]

    assert heard == ["wrong"] * OF_ACCOUNT.most + ["60", "60"]
    assert guess(True, email=email) == "60"
    assert guess(True, email=email.upper()) == "60"
    assert guess(True, email="bob@example.com") == "right"


def test_a_network_bears_so_many_failures_on_all_accounts() -> None:
    heard = [guess(False, email=f"{number}@example.com") for number in range(OF_NETWORK.most + 1)]

    assert heard == ["wrong"] * OF_NETWORK.most + ["10"]
    assert guess(True) == "10"
    assert guess(True, address=AWAY) == "right"


def test_strangers_lock_nobody_out_where_he_was_before() -> None:
    guess(True)
    for address in addresses(OF_ACCOUNT.most):
        guess(False, address=address)

    assert guess(True, address=AWAY) == "60"
    assert guess(True) == "right"


def test_a_stranger_in_the_same_network_locks_nobody_out_either() -> None:
    guess(True)
    for number in range(OF_NETWORK.most):
        guess(False, email=f"{number}@example.com")

    assert guess(True) == "right"


def test_a_known_network_has_a_budget_too() -> None:
    guess(True)

    assert [guess(False) for _ in range(OF_KNOWN.most + 1)] == ["wrong"] * OF_KNOWN.most + ["30"]
    assert guess(True, address=AWAY) == "right"  # the account's own budget was not touched


@pytest.mark.parametrize(("days", "heard"), [(29, "right"), (31, "60")])
def test_a_network_is_known_for_thirty_days(days: int, heard: str) -> None:
    guess(True)
    later = NOON + timedelta(days=days)
    for address in addresses(OF_ACCOUNT.most):
        guess(False, address=address, now=later)

    assert guess(True, now=later) == heard


def test_who_would_be_refused_hears_it_before_he_waits() -> None:
    for number in range(OF_ACCOUNT.most):
        check_budgets(email=ALICE, address=HOME, now=NOON)
        guess(False, address=f"203.0.113.{number}")

    with pytest.raises(Throttled) as refused:
        check_budgets(email=ALICE, address=HOME, now=NOON + timedelta(seconds=20))
    assert refused.value.retry_after == 40


def test_what_was_spent_comes_back_with_time() -> None:
    for _ in range(OF_ACCOUNT.most):
        guess(False)

    assert guess(False, now=NOON + timedelta(seconds=59)) == "1"
    assert guess(False, now=NOON + timedelta(seconds=60)) == "wrong"
    assert guess(False, now=NOON + timedelta(seconds=61)) == "59"
    assert [guess(False, now=NOON + timedelta(days=1)) for _ in range(11)] == ["wrong"] * 10 + ["60"]


def test_a_clock_that_is_put_back_gives_nothing_back() -> None:
    for _ in range(OF_ACCOUNT.most):
        guess(False)

    assert guess(False, now=NOON - timedelta(days=1)) == "60"


@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=365)])
def test_a_clock_that_is_put_back_locks_nobody_out_for_longer(jump: timedelta) -> None:
    for _ in range(OF_ACCOUNT.most):
        guess(False)
    back = NOON - jump

    waits = [seconds_to_wait(email=ALICE, address=HOME, now=back + timedelta(seconds=s)) for s in (0, 59, 60)]

    assert waits == [60, 1, 0]
    assert [guess(False, now=back + timedelta(seconds=s)) for s in (60, 61, 120)] == ["wrong", "59", "wrong"]


def test_who_asks_machines_whose_clocks_differ_gains_nothing() -> None:
    for _ in range(OF_ACCOUNT.most):
        guess(False)

    behind = [guess(False, now=NOON - timedelta(seconds=seconds)) for seconds in (1, 30, 60)]

    assert behind == ["60", "60", "60"]
    assert guess(False, now=NOON + timedelta(seconds=59)) == "1"


@pytest.mark.parametrize("failure", [Throttled(2), KeyboardInterrupt()])
def test_what_never_came_to_the_password_is_no_failure(failure: BaseException) -> None:
    for _ in range(OF_ACCOUNT.most + 1):
        with pytest.raises(type(failure)), counted(email=ALICE, address=HOME, now=NOON, user_id=1):
            raise failure

    assert guess(True) == "right"


def test_the_owner_sees_the_failures() -> None:
    for address, day, times in [(HOME, 0, 1), (AWAY, 0, 3), (AWAY, 1, 1)]:
        for second in range(times):
            guess(False, address=address, now=NOON + timedelta(days=day, seconds=second))

    assert failed_attempts(user_id=1) == [
        AttemptRow(AWAY, 1, NOON + timedelta(days=1)),
        AttemptRow(AWAY, 3, NOON + timedelta(seconds=2)),
        AttemptRow(HOME, 1, NOON),
    ]
    assert failed_attempts(user_id=2) == []


def test_the_owner_sees_no_more_than_fits_on_a_page() -> None:
    for number in range(MOST_SHOWN + 1):
        guess(False, address=f"2001:db8:{number:x}::1", now=NOON + timedelta(minutes=number))

    seen = failed_attempts(user_id=1)

    assert len(seen) == MOST_SHOWN
    assert seen[0].address == f"2001:db8:{MOST_SHOWN:x}::/64"


@in_a_file
def test_the_same_is_written_for_an_account_that_there_is_not() -> None:
    guess(False)
    hers = rows("spent"), rows("failed")

    guess(False, email="nobody@example.com", address=AWAY)

    assert (rows("spent"), rows("failed")) == (hers[0] * 2, hers[1] * 2)


@in_a_file
def test_no_name_and_no_address_is_kept_of_those_who_succeed() -> None:
    guess(True)

    with closing(sqlite3.connect(settings.LIMITS_FILE)) as store:
        kept = "".join(store.iterdump())
    assert "INSERT" in kept
    assert not {"alice", HOME} & {word for word in ("alice", HOME) if word in kept}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_what_counts_as_one_caller(address: str, network: str) -> None:
    assert network_of(address) == network


@in_a_file
def test_the_floor_is_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    guess(True)
    guess(False)
    kept = rows("spent"), rows("known"), rows("failed")
    monkeypatch.setattr(random, "random", lambda: 0.0)

    guess(False, email="bob@example.com", address=AWAY, now=NOON + timedelta(days=91))

    assert kept == (3, 1, 1)
    assert (rows("spent"), rows("known"), rows("failed")) == (2, 0, 1)


def rows(table: str) -> int:
    with closing(sqlite3.connect(settings.LIMITS_FILE)) as store:
        return int(store.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


@in_redis
def test_redis_forgets_by_itself_what_counts_no_more(redis: RedisServer) -> None:
    guess(True)
    guess(False)
    guess(False, email="bob@example.com")
    longest = max(OF_ACCOUNT.most * OF_ACCOUNT.seconds, OF_NETWORK.most * OF_NETWORK.seconds)
    keys = cast("list[bytes]", redis.ask("KEYS", "*"))

    lasting = {kind: {redis.ask("TTL", key) for key in keys if key.startswith(kind)} for kind in KINDS}

    assert sorted(len([key for key in keys if key.startswith(kind)]) for kind in KINDS) == [1, 4, 6]
    assert all(0 < cast("int", ttl) <= longest for ttl in lasting[b"xpenser:spent:"])
    assert all(30 * DAY - 60 < cast("int", ttl) <= 30 * DAY for ttl in lasting[b"xpenser:known:"])
    assert all(90 * DAY - 60 < cast("int", ttl) <= 90 * DAY for ttl in lasting[b"xpenser:failed:"])


@in_redis
def test_what_is_older_than_ninety_days_is_shown_no_more() -> None:
    for days in (0, 1, 91):
        guess(False, now=NOON + timedelta(days=days))

    assert [row.last for row in failed_attempts(user_id=1)] == [NOON + timedelta(days=days) for days in (91, 1)]


class TestAway:
    """Nobody can tell how often was guessed: then nobody may guess."""

    @pytest.fixture(autouse=True)
    def away(self, settings: Settings, tmp_path: Path) -> None:
        settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"

    @in_a_file
    def test_no_password_is_looked_at(self) -> None:
        assert guess(True) == "5"
        with pytest.raises(Throttled):
            check_budgets(email=ALICE, address=HOME, now=NOON)

    @in_a_file
    def test_a_start_says_so(self) -> None:
        with pytest.raises(StoreAway):
            limits_prepare()


@in_redis
@pytest.mark.parametrize(("memory", "policy"), [("0", "allkeys-lru"), ("64mb", "noeviction")])
def test_a_redis_that_keeps_everything_will_do(redis: RedisServer, memory: str, policy: str) -> None:
    redis.ask("CONFIG", "SET", "maxmemory", memory, "maxmemory-policy", policy)

    limits_prepare()


@in_redis
def test_a_redis_that_throws_away_is_refused(redis: RedisServer) -> None:
    redis.ask("CONFIG", "SET", "maxmemory", "64mb", "maxmemory-policy", "volatile-ttl")

    with pytest.raises(BadStore, match="volatile-ttl"):
        limits_prepare()
    redis.ask("CONFIG", "SET", "maxmemory", 0, "maxmemory-policy", "noeviction")


def test_the_latest_failures_of_everybody() -> None:
    guess(False, email="nobody@example.com", address=AWAY, now=NOON - timedelta(seconds=2 * DAY))
    for second in range(3):
        guess(False, now=NOON + timedelta(seconds=second))
    guess(False, address="2001:db8::7", now=NOON - timedelta(seconds=1))

    assert latest_failures() == [
        FailureRow(1, HOME, 3, NOON + timedelta(seconds=2)),
        FailureRow(1, "2001:db8::/64", 1, NOON - timedelta(seconds=1)),
        FailureRow(0, AWAY, 1, NOON - timedelta(seconds=2 * DAY)),
    ]


def test_a_name_is_let_in_again() -> None:
    for address in addresses(OF_ACCOUNT.most):
        guess(False, address=address)
    assert seconds_to_wait(email=ALICE, address=AWAY, now=NOON) == 60

    name_let_in(email="ALICE@example.com", addresses=[])

    assert seconds_to_wait(email=ALICE, address=AWAY, now=NOON) == 0
    assert guess(True, address=AWAY) == "right"


def test_a_name_is_let_in_again_where_it_was_before() -> None:
    guess(True)
    for _ in range(OF_KNOWN.most):
        guess(False)
    assert seconds_to_wait(email=ALICE, address=HOME, now=NOON) == 30

    name_let_in(email=ALICE, addresses=[HOME, HOME])

    assert guess(True) == "right"


def test_a_network_is_let_in_again() -> None:
    for number in range(OF_NETWORK.most):
        guess(False, email=f"{number}@example.com")
    assert seconds_to_wait(email=ALICE, address=HOME, now=NOON) == 10

    network_let_in(address=HOME)

    assert guess(True) == "right"
