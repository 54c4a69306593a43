"""How often a password may be guessed. Failures are counted for all processes together (design §4).

An attempt takes one from the budgets of its account and its network before the work begins, and gives it back if it
succeeds; where nothing is left it is refused without work. A network from which the account was opened within 30 days
has a budget of its own, so that strangers can't lock the owner's programs out. An account that does not exist is
counted like one that does. What is kept of names and addresses are HMACs, but for what the owner is to see.
"""

import hmac
import ipaddress
import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, NamedTuple

from django.conf import settings

from accounts.names import lookup_key
from accounts.side_store import SideStore

KNOWN_SECONDS: Final = 30 * 86_400
MOST_SHOWN: Final = 100
_KEPT_SECONDS: Final = 90 * 86_400
_NOBODY: Final = 0


class Budget(NamedTuple):
    """``most`` failures at once, and another one every ``seconds``."""

    most: int
    seconds: float


OF_ACCOUNT: Final = Budget(10, 60.0)
OF_NETWORK: Final = Budget(50, 10.0)
OF_KNOWN: Final = Budget(20, 30.0)


class WrongPassword(Exception):
    """No account is opened by this name and this password; which of the two is wrong is not told."""


class Throttled(Exception):
    """There were too many attempts; ``retry_after`` is in seconds. The words are piston's."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Throttled, wait {retry_after} seconds.")
        self.retry_after = retry_after


class AttemptRow(NamedTuple):
    """Failures on an account from one network on one day (UTC). ``address``: an address, or a network of IPv6."""

    address: str
    times: int
    last: datetime


_STORE: Final = SideStore("""
CREATE TABLE IF NOT EXISTS spent (key BLOB PRIMARY KEY, level REAL NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (key BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed (
    user_id INTEGER NOT NULL, day INTEGER NOT NULL, address TEXT NOT NULL, count INTEGER NOT NULL, last REAL NOT NULL,
    PRIMARY KEY (user_id, day, address)
) WITHOUT ROWID;
""")
# A level leaks away by one in ``seconds``; a clock that was put back lets nothing leak, and adds nothing.
_TAKE: Final = """
INSERT INTO spent (key, level, at) VALUES (:key, 1, :now)
ON CONFLICT (key) DO UPDATE SET
    level = max(0, level - max(0, :now - at) / :seconds) + 1, at = max(at, :now)
WHERE max(0, level - max(0, :now - at) / :seconds) + 1 <= :most
RETURNING level
"""
_KNOWN: Final = "SELECT 1 FROM known WHERE key = :key AND until > :now"
_LEVEL: Final = "SELECT max(0, level - max(0, :now - at) / :seconds) FROM spent WHERE key = :key"


@contextmanager
def counted(*, email: str, address: str, now: datetime, user_id: int | None) -> Iterator[None]:
    """Let the block look at a password. WrongPassword raised in it counts, anything else does not.

    ``user_id`` is whose account it is, or None where there is none. Raises Throttled, and then the block is not
    entered.
    """
    at = now.timestamp()
    pair, budgets = _budgets(email, address, at)
    _take(budgets, at)
    try:
        yield
    except WrongPassword:
        _note(user_id or _NOBODY, network_of(address), at)  # the same work, whether there is such an account or not
        raise
    except BaseException:
        _give_back(budgets)
        raise
    _give_back(budgets, known=(pair, at + KNOWN_SECONDS))


def limits_prepare() -> None:
    """Make the store ready, before processes ask for it."""
    _STORE.make(settings.LIMITS_FILE)


def check_budgets(*, email: str, address: str, now: datetime) -> None:
    """Raise Throttled where an attempt would be refused, so that nobody has to wait for his turn to hear it."""
    _, budgets = _budgets(email, address, now.timestamp())
    for key, budget in budgets.items():
        asked = {"key": key, "now": now.timestamp(), "seconds": budget.seconds}
        for (level,) in _STORE.rows(settings.LIMITS_FILE, _LEVEL, asked):
            _check(budget, level)


def failed_attempts(*, user_id: int) -> list[AttemptRow]:
    """Return the failures on an account within the last 90 days, newest first, MOST_SHOWN at most."""
    statement = (
        "SELECT address, count, last FROM failed WHERE user_id = :user_id ORDER BY last DESC, address LIMIT :most"
    )
    rows = _STORE.rows(settings.LIMITS_FILE, statement, {"user_id": user_id, "most": MOST_SHOWN})
    return [AttemptRow(address, times, datetime.fromtimestamp(last, UTC)) for address, times, last in rows]


def network_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, or the 64 bits of IPv6 that one household has."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _key(*parts: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), "\0".join(parts).encode(), "sha256")


def _budgets(email: str, address: str, at: float) -> tuple[bytes, dict[bytes, Budget]]:
    """Return what stands for this account and network together, and the budgets that an attempt takes from."""
    network, name = network_of(address), lookup_key(email) or ""
    pair = _key("pair", network, name)
    if _STORE.rows(settings.LIMITS_FILE, _KNOWN, {"key": pair, "now": at}):
        return pair, {pair: OF_KNOWN}
    return pair, {_key("account", name): OF_ACCOUNT, _key("network", network): OF_NETWORK}


def _check(budget: Budget, level: float) -> None:
    wait = (level + 1 - budget.most) * budget.seconds
    if wait > 0:
        raise Throttled(math.ceil(round(wait, 3)))


def _take(budgets: dict[bytes, Budget], at: float) -> None:
    with _STORE.writing(settings.LIMITS_FILE) as store:
        for key, budget in budgets.items():
            asked = {"key": key, "now": at, "seconds": budget.seconds, "most": budget.most}
            if not store.execute(_TAKE, asked).fetchall():
                (level,) = store.execute(_LEVEL, asked).fetchone()
                _check(budget, level)
        if random.random() < 1 / 256:  # noqa: S311 - it need not be unguessable when the floor is swept
            _sweep(store, at)


def _give_back(budgets: dict[bytes, Budget], *, known: tuple[bytes, float] | None = None) -> None:
    with _STORE.writing(settings.LIMITS_FILE) as store:
        store.executemany("UPDATE spent SET level = max(0, level - 1) WHERE key = ?", [(key,) for key in budgets])
        if known is not None:
            store.execute("INSERT OR REPLACE INTO known (key, until) VALUES (?, ?)", known)


def _note(user_id: int, address: str, at: float) -> None:
    with _STORE.writing(settings.LIMITS_FILE) as store:
        store.execute(
            "INSERT INTO failed (user_id, day, address, count, last) VALUES (?, ?, ?, 1, ?)"
            " ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
            (user_id, int(at // 86_400), address, at),
        )


def _sweep(store: sqlite3.Connection, at: float) -> None:
    """Throw away what counts no more."""
    longest = max(budget.most * budget.seconds for budget in (OF_ACCOUNT, OF_NETWORK, OF_KNOWN))
    store.execute("DELETE FROM spent WHERE at < ?", (at - longest,))
    store.execute("DELETE FROM known WHERE until < ?", (at,))
    store.execute("DELETE FROM failed WHERE last < ?", (at - _KEPT_SECONDS,))
