"""How often a password may be guessed. Failures are counted for all processes together (design §4).

An attempt takes one from the budgets of its account and its network before the work begins, and gives it back if it
succeeds; where nothing is left it is refused without work. A network from which the account was opened within 30 days
has a budget of its own, so that strangers can't lock the owner's programs out. An account that does not exist is
counted like one that does. What is kept of names and addresses are HMACs, but for what the owner is to see.
"""

import hmac
import ipaddress
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.conf import settings
from django.dispatch import Signal

from accounts.limits import AttemptRow, Budget, FailureRow, FileLimits, Limits, NothingLeft, SharedLimits
from accounts.names import lookup_key
from accounts.shared import shared
from accounts.throttled import Throttled

MOST_SHOWN: Final = 100
_NOBODY: Final = 0

OF_ACCOUNT: Final = Budget(10, 60.0)
OF_NETWORK: Final = Budget(50, 10.0)
OF_KNOWN: Final = Budget(20, 30.0)
_BUDGETS: Final = (OF_ACCOUNT, OF_NETWORK, OF_KNOWN)


attempt_failed: Final = Signal()
"""Sent where a wrong password is counted; nothing of whom or what goes along."""


class WrongPassword(Exception):
    """No account is opened by this name and this password; which of the two is wrong is not told."""


@contextmanager
def counted(*, email: str, address: str, now: datetime, user_id: int | None) -> Iterator[None]:
    """Let the block look at a password. WrongPassword raised in it counts, anything else does not.

    ``user_id`` is whose account it is, or None where there is none. Raises Throttled, and then the block is not
    entered.
    """
    limits, at = _limits(), now.timestamp()
    pair, budgets = _budgets(limits, email, address, at)
    try:
        limits.take(budgets, at=at)
    except NothingLeft as refused:
        raise _throttled(refused.budget, refused.level) from None
    try:
        yield
    except WrongPassword:
        # The same work, whether there is such an account or not.
        limits.note(user_id or _NOBODY, network_of(address), at=at)
        attempt_failed.send(sender=None)
        raise
    except BaseException:
        limits.give_back(budgets, at=at)
        raise
    limits.give_back(budgets, known=pair, at=at)


def limits_prepare() -> None:
    """Make the store ready, before processes ask for it. Raises StoreAway, BadStore."""
    _limits().make()


def check_budgets(*, email: str, address: str, now: datetime) -> None:
    """Raise Throttled where an attempt would be refused, so that nobody has to wait for his turn to hear it."""
    limits, at = _limits(), now.timestamp()
    _, budgets = _budgets(limits, email, address, at)
    for key, budget in budgets.items():
        level = limits.level(key, budget, at=at)
        if level + 1 > budget.most:
            raise _throttled(budget, level)


def failed_attempts(*, user_id: int) -> list[AttemptRow]:
    """Return the failures on an account within the last 90 days, newest first, MOST_SHOWN at most."""
    return _limits().failed(user_id, most=MOST_SHOWN)


def latest_failures() -> list[FailureRow]:
    """Return the failures on all accounts within the last 90 days, newest first, MOST_SHOWN at most."""
    return _limits().latest(most=MOST_SHOWN)


def seconds_to_wait(*, email: str, address: str, now: datetime) -> int:
    """Return for how long an attempt would be refused, 0 where it would not."""
    try:
        check_budgets(email=email, address=address, now=now)
    except Throttled as refusal:
        return refusal.retry_after
    return 0


def name_let_in(*, email: str, addresses: Iterable[str]) -> None:
    """Let no failure count against a name any more, from wherever, or from networks that it was opened from before.

    ``addresses`` are those from which there were failures.
    """
    name = lookup_key(email) or ""
    pairs = {_key("pair", network_of(address), name) for address in addresses}
    _limits().forget([_key("account", name), *pairs])


def network_let_in(*, address: str) -> None:
    """Let no failure count against a network any more, on whichever account it was."""
    _limits().forget([_key("network", network_of(address))])


def network_of(address: str) -> str:
    """Return what counts as one caller: an IPv4 address, or the 64 bits of IPv6 that one household has.

    Of what this returned it returns the same.
    """
    try:
        ip = ipaddress.ip_interface(address).ip
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def _key(*parts: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), "\0".join(parts).encode(), "sha256")


def _limits() -> Limits:
    if settings.REDIS_URL:
        return SharedLimits(shared(settings.REDIS_URL))
    return FileLimits(settings.LIMITS_FILE, longest=max(budget.most * budget.seconds for budget in _BUDGETS))


def _budgets(limits: Limits, email: str, address: str, at: float) -> tuple[bytes, Mapping[bytes, Budget]]:
    """Return what stands for this account and network together, and the budgets that an attempt takes from."""
    network, name = network_of(address), lookup_key(email) or ""
    pair = _key("pair", network, name)
    if limits.is_known(pair, at=at):
        return pair, {pair: OF_KNOWN}
    return pair, {_key("account", name): OF_ACCOUNT, _key("network", network): OF_NETWORK}


def _throttled(budget: Budget, level: float) -> Throttled:
    return Throttled(math.ceil(round((level + 1 - budget.most) * budget.seconds, 3)))
