"""Whose password it is. Every door that takes one asks here: a hash is work, and is rationed for all of them."""

import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import close_old_connections, connection
from django.dispatch import Signal

from accounts.attempts import WrongPassword, check_budgets, counted
from accounts.hashers import LONGEST_PASSWORD
from accounts.names import lookup_key
from accounts.selectors import Account, AccountNotFound, Credentials, credentials
from accounts.throttled import Throttled

REMEMBERED: Final = 300
"""Seconds for which a verified password need not be hashed again."""
_MOST: Final = 10_000


password_shown: Final = Signal()
"""Sent for each password that comes, with ``was_known``: whether it need not be hashed."""


class VerifiedCredentials:
    """Digests of credentials that were right a moment ago; never the password itself, and no failures.

    A digest covers the stored hash, so a changed password is refused from the next request on, in every process.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def has(self, digest: bytes) -> bool:
        return self._until.get(digest, 0.0) > time.monotonic()

    def add(self, digest: bytes) -> None:
        with self._lock:
            self._until[digest] = time.monotonic() + REMEMBERED
            self._until.move_to_end(digest)
            while len(self._until) > _MOST:
                self._until.popitem(last=False)


VERIFIED: Final = VerifiedCredentials()
# A hash takes 19 MiB and a core for 18 ms: one at a time, or a handful of strangers fill the machine.
_HASHING: Final = threading.Semaphore(1)
# Who waits holds a thread: wrong passwords by the hundred must leave some to those who are known.
_PATIENCE: Final = 2.0
_QUEUED: Final = 2  # seconds after which to come again


def account_with(*, email: str, password: str, address: str, now: datetime, alone: bool) -> Account:
    """Return the account that e-mail and password open. ``address`` is the IP address they come from.

    ``alone``: nothing else will be asked for, so who has a second factor is refused, as by a wrong password: with the
    same work, and counted like it, or strangers would learn that they guessed right (design §4).
    Raises WrongPassword, and Throttled where there were too many wrong ones, or too many wait to be hashed.
    """
    if len(password) > LONGEST_PASSWORD:  # nobody's, and work by its length
        raise WrongPassword
    try:
        known = credentials(email=email)
    except AccountNotFound:
        known = None
    # For a name that nobody has the same is done, to no use: the answer's time does not tell.
    digest = _digest(email, password, known.password_hash if known else _nobodys_hash())
    was_known = known is not None and _is_verified(known, digest, alone)
    password_shown.send(sender=None, was_known=was_known)
    if known is None or not was_known:
        check_budgets(email=email, address=address, now=now)
        with _turn():
            # Not before: who comes on many connections at once makes one attempt, the others find it made.
            if known is None or not _is_verified(known, digest, alone):
                user_id = known.account.id if known else None
                with counted(email=email, address=address, now=now, user_id=user_id):
                    known = _verified(known, password, digest, alone)
    return known.account


def _verified(known: Credentials | None, password: str, digest: bytes, alone: bool) -> Credentials:
    # A name that nobody has and a closed account take the same work: the answer's time tells neither.
    is_right = check_password(password, known.password_hash if known else _nobodys_hash())
    if known is None or not is_right or not _may_come_in(known, alone):
        raise WrongPassword
    VERIFIED.add(digest)
    return known


def _is_verified(known: Credentials, digest: bytes, alone: bool) -> bool:
    return _may_come_in(known, alone) and VERIFIED.has(digest)


def _may_come_in(known: Credentials, alone: bool) -> bool:
    return known.is_active and (known.password_is_enough or not alone)


@contextmanager
def _turn() -> Iterator[None]:
    if not connection.in_atomic_block:  # it would be lost
        close_old_connections()  # who waits needs none, and there are fewer of them than threads
    if not _HASHING.acquire(timeout=_PATIENCE):
        raise Throttled(_QUEUED)
    try:
        yield
    finally:
        _HASHING.release()


def _digest(email: str, password: str, password_hash: str) -> bytes:
    message = "\0".join((lookup_key(email) or "", password, password_hash))
    return hmac.digest(settings.SECRET_KEY.encode(), message.encode(), "sha256")


@cache
def _nobodys_hash() -> str:
    return make_password("nobody's")
