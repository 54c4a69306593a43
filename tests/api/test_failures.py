"""Every door says in its own form that the database is away, or the disk full, and keeps nothing by halves."""

import json
from typing import Any

import psycopg
import pytest
from django.test import Client

from accounts.selectors import Account
from expenses.models import Expense
from tests.cast import FORM, OldClient
from tests.failing import AWAY, FULL, failing

LONG = "the server's disk is full, so nothing of this was stored; it can be sent again later"
NO_ROOM = f"Insufficient Storage: {LONG}"
WAIT = "Throttled, wait 2 seconds."
PROGRAM = "client_id=a&client_secret=b&token=c&grant_type=refresh_token&refresh_token=d"


def as_json(status: int, error: str) -> str:
    return json.dumps({"status": status, "error": error})


def heard(response: Any) -> tuple[int, str, str, str | None]:
    kind = response.headers["Content-Type"].partition(";")[0]
    return response.status_code, kind, response.content.decode(), response.headers.get("Retry-After")


READS = [
    ("/api/v1.0/expenses/", "text/plain", WAIT),
    ("/api/v1.0/expenses/?format=xml", "text/plain", WAIT),
    ("/api/expenses/", "text/plain", WAIT),
    ("/api/expenses/?format=json", "application/json", as_json(503, WAIT)),
]
WRITES = [
    ("/api/v1.0/expense/", "text/plain", WAIT, NO_ROOM),
    ("/api/v1.0/expense/?format=xml", "text/plain", WAIT, NO_ROOM),
    ("/api/expense/", "application/json", as_json(503, WAIT), as_json(507, NO_ROOM)),
    ("/api/simple/?format=json", "application/json", as_json(503, WAIT), as_json(507, NO_ROOM)),
]


@pytest.mark.parametrize(("path", "kind", "body"), READS)
def test_a_read_while_the_database_is_away(alice_client: OldClient, path: str, kind: str, body: str) -> None:
    with failing(AWAY):
        response = alice_client.get(path)

    assert heard(response) == (503, kind, body, "2")


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}], ids=["once", "keyed"])
@pytest.mark.parametrize("door", WRITES, ids=lambda door: door[0])
def test_a_write(
    alice: Account, alice_client: OldClient, door: tuple[str, str, str, str], headers: dict[str, str]
) -> None:
    path, kind, away, full = door
    with failing(AWAY, writes_only=True):
        refused = alice_client.send(path, "q=lunch+45", headers=headers)
    with failing(FULL, writes_only=True):
        no_room = alice_client.send(path, "q=lunch+45", headers=headers)
    again = alice_client.send(path, "q=lunch+45", headers=headers)

    assert heard(refused) == (503, kind, away, "2")
    assert heard(no_room) == (507, kind, full, None)
    assert again.status_code == 200
    assert Expense.objects.filter(user_id=alice.id, type="lunch").count() == 1


@pytest.mark.parametrize(("problem", "status", "words"), [(AWAY, 503, WAIT), (FULL, 507, LONG)])
def test_the_simple_form_keeps_what_was_typed(
    alice_client: OldClient, problem: Exception, status: int, words: str
) -> None:
    with failing(problem, writes_only=True):
        response = alice_client.send("/api/simple/", "q=lunch+45+with+jack")

    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("text/html")
    page = response.content.decode().replace("&#x27;", "'")
    assert words in page
    assert "lunch 45 with jack" in page


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
@pytest.mark.parametrize(
    ("problem", "status", "words", "wait"), [(AWAY, 503, WAIT, "2"), (FULL, 507, LONG, None)], ids=["away", "full"]
)
def test_programs_of_oauth_2(path: str, problem: Exception, status: int, words: str, wait: str | None) -> None:
    with failing(problem):
        response = Client().post(path, PROGRAM, content_type=FORM)

    said = json.dumps({"error": "temporarily_unavailable", "error_description": words})
    assert heard(response) == (status, "application/json", said, wait)


@pytest.mark.django_db
def test_a_mistake_stays_one_to_programs_of_oauth_2() -> None:
    with failing(psycopg.errors.UndefinedTable("no such table")):
        response = Client(raise_request_exception=False).post("/oauth/token", PROGRAM, content_type=FORM)

    assert response.status_code == 500
