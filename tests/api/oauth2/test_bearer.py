"""An access token opens the doors of the ledger, as far as it was granted."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from access.selectors.applications import grant_rows
from accounts.models import User
from accounts.selectors import Account
from tests.api.oauth2.dance import Program
from tests.cast import basic

DOORS = ["/api/v1.0/expenses/", "/api/expenses/?format=json"]


def ask(path: str, token: str) -> Any:
    return Client(headers={"Authorization": f"Bearer {token}"}).get(path)


@pytest.mark.parametrize("path", DOORS)
def test_it_works(app: Program, alice: Account, path: str) -> None:
    given = app.tokens(alice)

    assert ask(path, given.access).status_code == 200
    (row,) = grant_rows(user_id=alice.id, now=datetime.now(UTC))
    assert row.used is not None
    assert row.used_from == "127.0.0.1"


def test_what_was_not_granted(app: Program, alice: Account) -> None:
    answer = ask("/api/v1.0/reports/", app.tokens(alice).access)

    assert answer.status_code == 403
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="reports:read"'


@pytest.mark.parametrize("path", DOORS)
def test_a_wrong_one(app: Program, alice: Account, path: str) -> None:
    given = app.tokens(alice)

    for token in (given.refresh, "another", "é", ""):
        answer = ask(path, token)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="API", error="invalid_token"'


def test_it_is_nobodys_password(app: Program, alice: Account) -> None:
    given = app.tokens(alice)

    answer = Client(headers={"Authorization": basic(alice.email, given.access)}).get(DOORS[0])

    assert answer.status_code == 401


@pytest.mark.parametrize("name", ["access_token", "token"])
def test_it_is_not_read_from_the_address(app: Program, alice: Account, name: str) -> None:
    given = app.tokens(alice)

    assert Client().get(DOORS[0], {name: given.access}).status_code == 401


def test_a_closed_account(app: Program, alice: Account) -> None:
    given = app.tokens(alice)
    User.objects.filter(pk=alice.id).update(is_active=False)

    assert ask(DOORS[0], given.access).status_code == 401
