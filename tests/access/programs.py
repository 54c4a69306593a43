"""Programs that speak OAuth 1.0, and how a person lets one in."""

from datetime import datetime
from typing import Any

from access.selectors.oauth1 import KnownRequest, Signer, known_request, signer
from access.services import oauth1
from access.services.consumers import NewConsumer, consumer_register
from accounts.selectors import Account
from tests.cast import NOON

CALLBACK = "https://app.example/callback"


def program(owner: Account, **choices: Any) -> NewConsumer:
    """Register a program with a callback, unless a test says otherwise."""
    return consumer_register(user_id=owner.id, **{"name": "App", "callback": CALLBACK, "now": NOON, **choices})


def asked(consumer: NewConsumer, *, callback: str = CALLBACK, now: datetime = NOON) -> oauth1.NewToken:
    """Return a program's request for access, as its first step gives it."""
    return oauth1.request_token_create(consumer_id=consumer.id, callback=callback, now=now)


def allowed(consumer: NewConsumer, person: Account, **choices: Any) -> KnownRequest:
    """Return a request that the person has allowed."""
    token = asked(consumer, **choices)
    oauth1.request_token_allow(key=token.key, user_id=person.id, now=NOON)
    known = known_request(consumer_key=consumer.key, key=token.key, now=NOON)
    assert known is not None
    return known


def let_in(consumer: NewConsumer, person: Account) -> oauth1.NewToken:
    """Return what the program signs with for the person."""
    return oauth1.access_token_create(request=allowed(consumer, person), now=NOON)


def signing(consumer: NewConsumer, token: oauth1.NewToken) -> Signer:
    known = signer(consumer_key=consumer.key, key=token.key)
    assert known is not None
    return known
