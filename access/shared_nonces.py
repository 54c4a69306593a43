"""Which signed requests have been here, where several machines serve one ledger: they ask one Redis.

A Redis that starts again may have lost what it heard last, so a start of it is what a boot of the machine is to a file
(``access.nonces``): what was signed before is refused.
"""

import hashlib
from typing import Final

from access.nonces import KEPT
from accounts.shared import Shared

_OLDEST: Final = """
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local known = redis.call('HMGET', KEYS[1], 'run', 'oldest')
local oldest = known[2]
if known[1] ~= run then
  oldest = ARGV[1]
  redis.call('HSET', KEYS[1], 'run', run, 'oldest', oldest)
end
"""
_PREPARE: Final = f"{_OLDEST} return tonumber(oldest)"
_TAKE: Final = f"""{_OLDEST}
if tonumber(ARGV[2]) < tonumber(oldest) then return 0 end
return redis.call('SET', KEYS[2], '', 'NX', 'EX', ARGV[3]) and 1 or 0
"""


class SharedNonces:
    """The nonces that all machines have seen. Raises StoreAway where Redis can't be asked."""

    def __init__(self, store: Shared) -> None:
        self._store = store

    def prepare(self, *, now: int) -> int:
        """Return the oldest timestamp that can be told from a replay."""
        return int(self._store.run(_PREPARE, ["nonces"], [now]))

    def take(self, *, signer: str, nonce: str, timestamp: int, now: int) -> bool:
        """Tell whether this signer's nonce is new; it is not the next time. Times are seconds since 1970."""
        digest = hashlib.sha256(f"{signer}\0{nonce}".encode()).hexdigest()[:32]
        return bool(self._store.run(_TAKE, ["nonces", f"nonce:{timestamp}:{digest}"], [now, timestamp, KEPT]))
