"""Whose password it is. Every door that takes one asks here: a hash is work, and is rationed for all of them."""

import hmac
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import close_old_connections, connection

from accounts.selectors import Account, AccountNotFound, Credentials, credentials

REMEMBERED: Final = 300
"""Seconds for which a verified password need not be hashed again."""
_MOST: Final = 10_000


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


class WrongPassword(Exception):
    """No account is opened by this name and this password; which of the two is wrong is not told."""


class Throttled(Exception):
    """Too many passwords wait to be looked at; ``retry_after`` is in seconds. The words are piston's."""

    retry_after = 2

    def __init__(self) -> None:
        super().__init__(f"Throttled, wait {self.retry_after} seconds.")


def account_with(*, email: str, password: str) -> Account:
    """Return the account that e-mail and password open.

    Raises WrongPassword, and Throttled where too many wait for their password to be hashed.
    """
    try:
        known = credentials(email=email)
    except AccountNotFound:
        # The same work as for a wrong password: the answer's time does not tell who has an account.
        with _turn():
            check_password(password, _nobodys_hash())
        raise WrongPassword from None
    digest = _digest(known.account.email, password, known.password_hash)
    if not (known.is_active and VERIFIED.has(digest)):
        _verify(known, password, digest)
    return known.account


def _verify(known: Credentials, password: str, digest: bytes) -> None:
    with _turn():
        if known.is_active and VERIFIED.has(digest):  # by another request of the same client, while this one waited
            return
        # The work comes first: the answer's time does not tell a closed account's right password from a wrong one.
        if not check_password(password, known.password_hash) or not known.is_active:
            raise WrongPassword
        VERIFIED.add(digest)


@contextmanager
def _turn() -> Iterator[None]:
    if not connection.in_atomic_block:  # it would be lost
        close_old_connections()  # who waits needs none, and there are fewer of them than threads
    if not _HASHING.acquire(timeout=_PATIENCE):
        raise Throttled
    try:
        yield
    finally:
        _HASHING.release()


def _digest(email: str, password: str, password_hash: str) -> bytes:
    message = "\0".join((email, password, password_hash))
    return hmac.digest(settings.SECRET_KEY.encode(), message.encode(), "sha256")


@cache
def _nobodys_hash() -> str:
    return make_password("nobody's")
