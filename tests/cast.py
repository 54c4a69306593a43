"""Who plays in the tests: Alice keeps a ledger, Bob is a stranger to it, and each speaks HTTP Basic."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client

from access.scopes import EVERYTHING
from access.services.tokens import token_create
from accounts import selectors as accounts
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow

NOON = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
PASSWORD = "a fine old password"
FORM = "application/x-www-form-urlencoded"


def basic(email: str, password: str = PASSWORD) -> str:
    """Return the Authorization header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{email}:{password}".encode()).decode("ascii")


def token_of(owner: Account, *scopes: str, now: datetime = NOON, **asked: Any) -> str:
    """Return a new personal token that may do what is named, or everything."""
    granted = frozenset(scopes) or EVERYTHING
    return token_create(user_id=owner.id, name="a program", scopes=granted, now=now, **asked).token


def headers_of(response: Any) -> dict[str, str]:
    """Return the headers of an answer, but for its number, which no other answer has."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-ID"}


class NewClient(Client):
    """A client of today, that sends a token."""

    def __init__(self, token: str, **headers: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {token}", **headers})

    def send(self, path: str, body: str = "", **extra: Any) -> Any:
        """POST a form, spelled out."""
        return self.post(path, body, content_type=FORM, **extra)


class OldClient(Client):
    """A client of 2010 that sends its credentials at once, and forms as they are typed into curl -d."""

    def __init__(self, email: str, **headers: str) -> None:
        super().__init__(headers={"Authorization": basic(email), **headers})

    def send(self, path: str, body: str = "", **extra: Any) -> Any:
        """POST a form, spelled out."""
        return self.post(path, body, content_type=FORM, **extra)


def open_account(email: str, **preferences: Any) -> Account:
    """Open an account as a sign-up would, at NOON, and return it."""
    services.account_open(email=email, password=PASSWORD, now=NOON, **preferences)
    return accounts.account(email=email)


@contextmanager
def connection_kept() -> Iterator[None]:
    """Let requests begin and end without the test's own connection going with them, as Django's client does."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    try:
        yield
    finally:
        for moment in (request_started, request_finished):
            moment.connect(close_old_connections)


def spend(owner: Account, text: str, now: datetime = NOON, **arguments: Any) -> ExpenseRow:
    """Record an expense from free text."""
    return services.expense_create_from_text(owner=owner, text=text, now=now, **arguments)


@pytest.fixture
def alice(db: None) -> Account:
    return open_account("alice@example.com")


@pytest.fixture
def bob(db: None) -> Account:
    return open_account("bob@example.com")


@pytest.fixture
def alice_client(alice: Account) -> OldClient:
    return OldClient(alice.email)


@pytest.fixture
def bob_client(bob: Account) -> OldClient:
    return OldClient(bob.email)
