"""Personal tokens at every door of a ledger."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.personal import token_make
from access.selectors.tokens import token_rows
from access.services.tokens import token_revoke
from accounts.hashers import Argon2idHasher
from accounts.models import User
from accounts.selectors import Account
from tests.api.v1 import rows_of
from tests.cast import NOON, PASSWORD, NewClient, OldClient, basic, spend, token_of

USER, CLASSIC = "/api/v1.0/user/", "/api/expenses/?format=json"
INVALID = 'Bearer realm="API", error="invalid_token"'


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


class TestBearer:
    def test_it_works(self, alice: Account) -> None:
        client = NewClient(token_of(alice))

        assert client.get(USER).json() == {"id": alice.id, "email": "alice@example.com"}
        assert client.get(CLASSIC).status_code == 200
        assert client.send("/api/v1.0/expense/", "q=lunch+4").status_code == 200
        assert len(rows_of(alice)) == 1

    @pytest.mark.parametrize("spelling", ["bearer {}", "BEARER {}", "Bearer  {} "])
    def test_every_spelling_of_the_scheme(self, alice: Account, spelling: str) -> None:
        headers = {"Authorization": spelling.format(token_of(alice))}

        assert Client().get(USER, headers=headers).status_code == 200

    @pytest.mark.parametrize("said", ["", "x", "{} x", "{}x", "x{}", basic("alice@example.com")[6:], PASSWORD])
    @pytest.mark.parametrize(("path", "method"), [(USER, "GET"), (CLASSIC, "GET"), ("/api/nothing", "PUT")])
    def test_what_is_no_token_of_anybodys(self, alice: Account, path: str, method: str, said: str) -> None:
        headers = {"Authorization": f"Bearer {said.format(token_of(alice))}"}

        response = Client().generic(method, path, headers=headers)

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == INVALID
        assert response.content == b"Authorization Required"

    def test_one_that_was_never_made(self, alice: Account) -> None:
        assert NewClient(token_make()).get(USER).headers["WWW-Authenticate"] == INVALID

    @pytest.mark.parametrize("name", ["access_token", "token", "bearer_token"])
    def test_none_is_read_from_the_query_or_the_body(self, alice: Account, name: str) -> None:
        token = token_of(alice)

        responses = [
            Client().get(f"{USER}?{name}={token}"),
            Client().post("/api/v1.0/expense/", {name: token, "q": "lunch 4"}),
        ]

        assert [response.status_code for response in responses] == [401, 401]
        assert rows_of(alice) == []


class TestAsAPassword:
    """An old client need not hold the real password."""

    def test_it_works(self, alice: Account) -> None:
        client = Client(headers={"Authorization": basic("ALICE@example.com", token_of(alice))})

        assert client.get(USER).json() == {"id": alice.id, "email": "alice@example.com"}

    @pytest.mark.parametrize("email", ["bob@example.com", "nobody@example.com", ""])
    def test_with_another_name(self, alice: Account, bob: Account, email: str) -> None:
        response = Client(headers={"Authorization": basic(email, token_of(alice))}).get(USER)

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'

    def test_no_hash_is_computed_whoever_is_named(self, alice: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        """So the work tells nothing of who has an account."""
        right = token_of(alice)
        hashed: list[str] = []
        monkeypatch.setattr(Argon2idHasher, "verify", lambda *_: hashed.append("once"))
        asked = []

        for email in (alice.email, "nobody@example.com"):
            for token in (right, token_make()):
                with CaptureQueriesContext(connection) as queries:
                    status = Client(headers={"Authorization": basic(email, token)}).get("/api/nothing").status_code
                asked.append((status, len([1 for query in queries if query["sql"].startswith("SELECT")])))

        assert hashed == []
        assert asked == [(404, 1), (401, 1), (401, 1), (401, 1)]

    def test_what_only_begins_like_one_is_a_password(self, alice: Account) -> None:
        user = User.objects.get(pk=alice.id)
        user.set_password("xp_is how mine begins")
        user.save()

        assert OldClient(alice.email).get(USER).status_code == 401
        assert (
            Client(headers={"Authorization": basic(alice.email, "xp_is how mine begins")}).get(USER).status_code == 200
        )

    def test_browsers_remember_it_like_any_other(self, alice: Account) -> None:
        client = Client(headers={"Authorization": basic(alice.email, token_of(alice))})

        response = client.post("/api/v1.0/expense/", {"q": "lunch 4"}, headers={"Origin": "https://evil.example"})

        assert response.status_code == 403
        assert rows_of(alice) == []

    def test_it_is_kept_to_its_scopes(self, alice: Account) -> None:
        client = Client(headers={"Authorization": basic(alice.email, token_of(alice, "account:read"))})

        response = client.get("/api/v1.0/expenses/")

        assert client.get(USER).status_code == 200
        assert response.status_code == 403
        assert response.content == b"Forbidden: this token was not granted expenses:read"
        assert "WWW-Authenticate" not in response.headers


class TestEnd:
    """What was ended is refused from the next request on: nothing is remembered of the one before."""

    @pytest.fixture
    def clients(self, alice: Account) -> list[Client]:
        token = token_of(alice, expires=NOON + timedelta(hours=1))
        clients = [NewClient(token), Client(headers={"Authorization": basic(alice.email, token)})]
        assert self.statuses(clients) == [200, 200]
        return clients

    def statuses(self, clients: list[Client]) -> list[int]:
        return [client.get(USER).status_code for client in clients]

    def test_a_revoked_one(self, alice: Account, clients: list[Client]) -> None:
        token_revoke(user_id=alice.id, token_id=token_rows(user_id=alice.id)[0].id)

        assert self.statuses(clients) == [401, 401]

    def test_a_closed_account(self, alice: Account, clients: list[Client]) -> None:
        User.objects.filter(pk=alice.id).update(is_active=False)

        assert self.statuses(clients) == [401, 401]

    def test_an_expired_one(self, alice: Account, clients: list[Client], clock: time_machine.Traveller) -> None:
        clock.move_to(NOON + timedelta(minutes=59, seconds=59))
        assert self.statuses(clients) == [200, 200]

        clock.shift(1)
        assert self.statuses(clients) == [401, 401]

    def test_a_changed_password_ends_no_token(self, alice: Account, clients: list[Client]) -> None:
        User.objects.filter(pk=alice.id).update(password="!")

        assert self.statuses(clients) == [200, 200]


def test_the_last_use_is_noted_with_the_address(alice: Account, clock: time_machine.Traveller) -> None:
    client = NewClient(token_of(alice))

    client.get(USER, REMOTE_ADDR="192.0.2.7")
    clock.shift(59)
    client.get(USER, REMOTE_ADDR="192.0.2.8")
    (first,) = token_rows(user_id=alice.id)
    clock.shift(1)
    Client(headers={"Authorization": client.defaults["HTTP_AUTHORIZATION"]}).get(USER, REMOTE_ADDR="192.0.2.9")
    (second,) = token_rows(user_id=alice.id)

    assert (first.used, first.used_from) == (NOON, "192.0.2.7")
    assert (second.used, second.used_from) == (NOON + timedelta(minutes=1), "192.0.2.9")


class TestForeignPages:
    """A page that has a token may use it; browsers add none behind their reader's back."""

    @pytest.mark.parametrize("origin", ["null", "https://app.example"])
    def test_it_works(self, alice: Account, origin: str) -> None:
        client = NewClient(token_of(alice), Origin=origin, **{"User-Agent": "Mozilla/5.0"})

        assert client.send("/api/v1.0/expense/", "q=lunch+4").status_code == 200
        assert client.get("/api/v1.0/expense/?q=lunch+5").status_code == 200
        assert client.send("/api/simple/", "q=lunch+6&format=json").status_code == 200
        assert "<h1>Added</h1>" in client.get("/api/simple/?q=lunch+7").content.decode()
        assert len(rows_of(alice)) == 4


class TestProofsAreNoFields:
    """What proves who calls is not seen by views, nor by the key that tells one write from another (wire §1.4)."""

    def test_a_signature_made_anew_is_the_same_request(self, alice: Account, alice_client: OldClient) -> None:
        answers = [
            alice_client.send(
                f"/api/v1.0/expense/?oauth_nonce={number}&oauth_timestamp={number}",
                f"q=lunch+4&oauth_signature={number}",
                headers={"Idempotency-Key": "k"},
            )
            for number in (1, 2)
        ]

        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
        assert len(rows_of(alice)) == 1

    def test_a_field_is_told_from_one(self, alice: Account, alice_client: OldClient) -> None:
        for notes in ("one", "two"):
            response = alice_client.send(
                "/api/v1.0/expense/", f"type=x&amount=4&notes={notes}", headers={"Idempotency-Key": "k"}
            )

        assert response.status_code == 422


def test_a_callback_calls_nothing(alice: Account) -> None:
    """JSONP would let any page read what cookies or remembered passwords open (wire §7 row 19)."""
    spend(alice, "lunch 4")
    client = NewClient(token_of(alice))

    for path in ("/api/v1.0/expenses/", "/api/v1.0/user/", "/api/expenses/"):
        plain, called = client.get(f"{path}?format=json"), client.get(f"{path}?format=json&callback=steal")
        assert called.content == plain.content
        assert called.headers["Content-Type"] == plain.headers["Content-Type"]
        assert called.headers["X-Content-Type-Options"] == "nosniff"
