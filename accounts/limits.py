"""Where failures are counted: in a file that the processes of one machine share, or in a Redis for several machines.

Both do the same. A level is how many failures count; it leaks away by one in a budget's ``seconds``. A clock that was
put back lets nothing leak, and adds nothing: a level from later than SLACK ahead counts as of now, and leaks on from
there. Instants are seconds since 1970; keys are HMACs.
"""

import random
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from accounts.shared import Shared
from accounts.side_store import SideStore

KNOWN_SECONDS: Final = 30 * 86_400
KEPT_SECONDS: Final = 90 * 86_400
SLACK: Final = 60.0
"""By so much the clocks of several machines may differ: nobody is to gain by asking first one, then the other."""
_DAY: Final = 86_400
_EVERYBODY: Final = "everybody"


class Budget(NamedTuple):
    """``most`` failures at once, and another one every ``seconds``."""

    most: int
    seconds: float


class NothingLeft(Exception):
    """A budget has nothing left, so nothing is taken from the others."""

    def __init__(self, budget: Budget, level: float) -> None:
        super().__init__(f"{level} of {budget.most}")
        self.budget, self.level = budget, level


class AttemptRow(NamedTuple):
    """Failures on an account from one network on one day (UTC). ``address``: an address, or a network of IPv6."""

    address: str
    times: int
    last: datetime


class FailureRow(NamedTuple):
    """The same, whosoever account it was; ``user_id`` is 0 for a name that nobody has."""

    user_id: int
    address: str
    times: int
    last: datetime


class Limits(Protocol):
    """What is counted, and what was seen."""

    def make(self) -> None:
        """Make the store ready, before processes ask for it."""

    def is_known(self, pair: bytes, *, at: float) -> bool:
        """Tell whether an account was opened from a network within KNOWN_SECONDS."""

    def level(self, key: bytes, budget: Budget, *, at: float) -> float:
        """Return how many failures count against a budget."""

    def take(self, budgets: Mapping[bytes, Budget], *, at: float) -> None:
        """Take one from each budget, or from none. Raises NothingLeft."""

    def give_back(self, budgets: Mapping[bytes, Budget], *, known: bytes | None = None, at: float) -> None:
        """Give one back to each budget. ``known``: the account was opened from this network."""

    def note(self, user_id: int, address: str, *, at: float) -> None:
        """Note a failure for the owner to see, for 90 days."""

    def failed(self, user_id: int, *, most: int) -> list[AttemptRow]:
        """Return the failures on an account that are kept, newest first."""

    def latest(self, *, most: int) -> list[FailureRow]:
        """Return the failures on all accounts that are kept, newest first."""

    def forget(self, keys: Sequence[bytes]) -> None:
        """Let nothing count against these."""


_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS spent (key BLOB PRIMARY KEY, level REAL NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS known (key BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS failed (
    user_id INTEGER NOT NULL, day INTEGER NOT NULL, address TEXT NOT NULL, count INTEGER NOT NULL, last REAL NOT NULL,
    PRIMARY KEY (user_id, day, address)
) WITHOUT ROWID;
"""
_TAKE: Final = """
INSERT INTO spent (key, level, at) VALUES (:key, 1, :now)
ON CONFLICT (key) DO UPDATE SET
    level = max(0, level - max(0, :now - at) / :seconds) + 1, at = max(at, :now)
WHERE max(0, level - max(0, :now - at) / :seconds) + 1 <= :most
RETURNING level
"""
_LEVEL: Final = "SELECT max(0, level - max(0, :now - at) / :seconds) FROM spent WHERE key = :key"
_IS_AHEAD: Final = "SELECT 1 FROM spent WHERE key = :key AND at > :now + :slack"


class FileLimits:
    """Counts in a file beside the ledger. ``longest`` is how many seconds the largest budget takes to fill."""

    def __init__(self, path: Path, *, longest: float) -> None:
        self._path = path
        self._longest = longest
        self._store = _FILES

    def make(self) -> None:
        self._store.make(self._path)

    def is_known(self, pair: bytes, *, at: float) -> bool:
        statement = "SELECT 1 FROM known WHERE key = :key AND until > :now"
        return bool(self._store.rows(self._path, statement, {"key": pair, "now": at}))

    def level(self, key: bytes, budget: Budget, *, at: float) -> float:
        self._put_back(key, at)
        rows = self._store.rows(self._path, _LEVEL, {"key": key, "now": at, "seconds": budget.seconds})
        return float(rows[0][0]) if rows else 0.0

    def take(self, budgets: Mapping[bytes, Budget], *, at: float) -> None:
        for key in budgets:
            self._put_back(key, at)
        with self._store.writing(self._path) as store:
            for key, budget in budgets.items():
                asked = {"key": key, "now": at, "seconds": budget.seconds, "most": budget.most}
                if not store.execute(_TAKE, asked).fetchall():
                    raise NothingLeft(budget, *store.execute(_LEVEL, asked).fetchone())
            if random.random() < 1 / 256:  # noqa: S311 - it need not be unguessable when the floor is swept
                self._sweep(store, at)

    def give_back(self, budgets: Mapping[bytes, Budget], *, known: bytes | None = None, at: float) -> None:
        with self._store.writing(self._path) as store:
            store.executemany("UPDATE spent SET level = max(0, level - 1) WHERE key = ?", [(key,) for key in budgets])
            if known is not None:
                store.execute("INSERT OR REPLACE INTO known (key, until) VALUES (?, ?)", (known, at + KNOWN_SECONDS))

    def note(self, user_id: int, address: str, *, at: float) -> None:
        self._store.write(
            self._path,
            "INSERT INTO failed (user_id, day, address, count, last) VALUES (?, ?, ?, 1, ?)"
            " ON CONFLICT DO UPDATE SET count = count + 1, last = excluded.last",
            (user_id, int(at // _DAY), address, at),
        )

    def failed(self, user_id: int, *, most: int) -> list[AttemptRow]:
        statement = (
            "SELECT address, count, last FROM failed WHERE user_id = :user_id ORDER BY last DESC, address LIMIT :most"
        )
        rows = self._store.rows(self._path, statement, {"user_id": user_id, "most": most})
        return [AttemptRow(address, times, datetime.fromtimestamp(last, UTC)) for address, times, last in rows]

    def latest(self, *, most: int) -> list[FailureRow]:
        statement = "SELECT user_id, address, count, last FROM failed ORDER BY last DESC, user_id, address LIMIT :most"
        rows = self._store.rows(self._path, statement, {"most": most})
        return [
            FailureRow(user_id, address, times, datetime.fromtimestamp(last, UTC))
            for user_id, address, times, last in rows
        ]

    def forget(self, keys: Sequence[bytes]) -> None:
        with self._store.writing(self._path) as store:
            store.executemany("DELETE FROM spent WHERE key = ?", [(key,) for key in keys])

    def _put_back(self, key: bytes, at: float) -> None:
        """Let a level count as of now that a clock gave which has been put back since."""
        if self._store.rows(self._path, _IS_AHEAD, {"key": key, "now": at, "slack": SLACK}):
            self._store.write(self._path, "UPDATE spent SET at = ? WHERE key = ?", (at, key))

    def _sweep(self, store: sqlite3.Connection, at: float) -> None:
        """Throw away what counts no more."""
        store.execute("DELETE FROM spent WHERE at < ?", (at - self._longest,))
        store.execute("DELETE FROM known WHERE until < ?", (at,))
        store.execute("DELETE FROM failed WHERE last < ?", (at - KEPT_SECONDS,))


_FILES: Final = SideStore(_SCHEMA)  # a connection for each thread, whichever FileLimits asks

_LUA_LEVEL: Final = f"""
local function exact(number) return string.format('%.17g', number) end
local function level_of(key, now, seconds)
  local spent = redis.call('HMGET', key, 'level', 'at')
  local level, at = tonumber(spent[1] or 0), tonumber(spent[2] or now)
  if at > now + {SLACK} then
    at = now
    redis.call('HSET', key, 'at', exact(at))
  end
  return math.max(0, level - math.max(0, now - at) / seconds), math.max(at, now)
end
"""
_LUA_ASK: Final = f"{_LUA_LEVEL} return exact((level_of(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]))))"
_LUA_TAKE: Final = f"""{_LUA_LEVEL}
local now, after = tonumber(ARGV[1]), {{}}
for place, key in ipairs(KEYS) do
  local most, seconds = tonumber(ARGV[2 * place]), tonumber(ARGV[2 * place + 1])
  local level, at = level_of(key, now, seconds)
  if level + 1 > most then return {{place, exact(level)}} end
  after[place] = {{level + 1, at, math.ceil(most * seconds)}}
end
for place, key in ipairs(KEYS) do
  redis.call('HSET', key, 'level', exact(after[place][1]), 'at', exact(after[place][2]))
  redis.call('EXPIRE', key, after[place][3])
end
"""
_LUA_GIVE_BACK: Final = """
for _, key in ipairs(KEYS) do
  local level = redis.call('HGET', key, 'level')
  if level then redis.call('HSET', key, 'level', string.format('%.17g', math.max(0, tonumber(level) - 1))) end
end
"""
_LUA_KNOW: Final = "redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])"
_LUA_KNOWN: Final = "return redis.call('GET', KEYS[1])"
# Under the account's own keys, and once more under those of everybody together.
_LUA_NOTE: Final = """
for place = 1, #KEYS, 2 do
  local times, last, row = KEYS[place], KEYS[place + 1], ARGV[4 + (place - 1) / 2]
  redis.call('HINCRBY', times, row, 1)
  redis.call('ZADD', last, ARGV[1], row)
  for _, old in ipairs(redis.call('ZRANGE', last, '-inf', '(' .. ARGV[2], 'BYSCORE', 'LIMIT', 0, 100)) do
    redis.call('HDEL', times, old)
    redis.call('ZREM', last, old)
  end
end
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[3]) end
"""
_LUA_FORGET: Final = "redis.call('DEL', unpack(KEYS))"
_LUA_FAILED: Final = """
local newest, rows = redis.call('ZRANGE', KEYS[2], 0, ARGV[1] - 1, 'REV', 'WITHSCORES'), {}
for place = 1, #newest, 2 do
  rows[#rows + 1] = {newest[place], redis.call('HGET', KEYS[1], newest[place]), newest[place + 1]}
end
return rows
"""


class SharedLimits:
    """Counts in a Redis that several machines share. Raises StoreAway where it can't be asked."""

    def __init__(self, store: Shared) -> None:
        self._store = store

    def make(self) -> None:
        self._store.check()

    def is_known(self, pair: bytes, *, at: float) -> bool:
        until = self._store.run(_LUA_KNOWN, [f"known:{pair.hex()}"], [])
        return until is not None and float(until) > at

    def level(self, key: bytes, budget: Budget, *, at: float) -> float:
        return float(self._store.run(_LUA_ASK, [_spent(key)], [repr(at), budget.seconds]))

    def take(self, budgets: Mapping[bytes, Budget], *, at: float) -> None:
        values = [repr(at), *(number for budget in budgets.values() for number in budget)]
        refused = self._store.run(_LUA_TAKE, [_spent(key) for key in budgets], values)
        if refused is not None:
            place, level = refused
            raise NothingLeft(list(budgets.values())[place - 1], float(level))

    def give_back(self, budgets: Mapping[bytes, Budget], *, known: bytes | None = None, at: float) -> None:
        self._store.run(_LUA_GIVE_BACK, [_spent(key) for key in budgets], [])
        if known is not None:
            self._store.run(_LUA_KNOW, [f"known:{known.hex()}"], [repr(at + KNOWN_SECONDS), KNOWN_SECONDS])

    def note(self, user_id: int, address: str, *, at: float) -> None:
        day = int(at // _DAY)
        values: list[str | float] = [
            repr(at), repr(at - KEPT_SECONDS), KEPT_SECONDS,
            f"{day} {address}", f"{day} {user_id} {address}",
        ]  # fmt: skip
        self._store.run(_LUA_NOTE, [*_failed(user_id), *_failed(_EVERYBODY)], values)

    def failed(self, user_id: int, *, most: int) -> list[AttemptRow]:
        rows = self._store.run(_LUA_FAILED, _failed(user_id), [most])
        return [
            AttemptRow(row.decode().partition(" ")[2], int(times), datetime.fromtimestamp(float(last), UTC))
            for row, times, last in rows
        ]

    def latest(self, *, most: int) -> list[FailureRow]:
        rows = self._store.run(_LUA_FAILED, _failed(_EVERYBODY), [most])
        split = ((row.decode().split(" ", 2), times, last) for row, times, last in rows)
        return [
            FailureRow(int(user_id), address, int(times), datetime.fromtimestamp(float(last), UTC))
            for (_, user_id, address), times, last in split
        ]

    def forget(self, keys: Sequence[bytes]) -> None:
        self._store.run(_LUA_FORGET, [_spent(key) for key in keys], [])


def _spent(key: bytes) -> str:
    return f"spent:{key.hex()}"


def _failed(user_id: int | str) -> list[str]:
    return [f"failed:{user_id}:times", f"failed:{user_id}:last"]
