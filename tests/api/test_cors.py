"""Scripts of other sites' pages: a browser shows them an answer only where they sent a bearer token."""

from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from tests.api.routes import Route, routes
from tests.cast import NewClient, OldClient, token_of

ORIGIN = {"Origin": "https://app.example"}
ASKED = {
    **ORIGIN,
    "Access-Control-Request-Method": "PUT",
    "Access-Control-Request-Headers": "authorization,idempotency-key",
}
DOORS = [route for route in routes() if route.is_dialects]


def cors(response: Any) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name.startswith("Access-Control-")}


@pytest.mark.parametrize("route", DOORS, ids=lambda route: f"/{route.path}")
def test_a_preflight(db: None, route: Route) -> None:
    """It is the same at every path: nobody can tell by it which there are."""
    response = Client().options(route.at(1), headers=ASKED)

    assert (response.status_code, response.content) == (204, b"")
    assert cors(response) == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE",
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
        "Access-Control-Max-Age": "600",
    }
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "left_out", ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers", "authorization"]
)
def test_what_is_no_preflight_of_a_token(db: None, left_out: str) -> None:
    headers = {name: value.replace("authorization", "x-authorization") if left_out == "authorization" else value
               for name, value in ASKED.items() if name != left_out}  # fmt: skip

    response = Client().options("/api/v1.0/expenses/", headers=headers)

    assert response.status_code == 401
    assert cors(response) == {}


def test_another_method_is_none(db: None) -> None:
    response = Client().get("/api/v1.0/expenses/", headers=ASKED)

    assert (response.status_code, cors(response)) == (401, {})


@pytest.mark.parametrize("path", ["/api/v1.0/expenses/", "/api/expenses/", "/api/nothing", "/api/v1.0/nothing"])
@pytest.mark.parametrize("is_right", [True, False])
def test_an_answer_to_a_token(alice: Account, path: str, *, is_right: bool) -> None:
    response = NewClient(token_of(alice) if is_right else "xp_wrong", **ORIGIN).get(path)

    assert cors(response) == {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Retry-After, WWW-Authenticate",
    }


def test_an_answer_to_anything_else(alice: Account, alice_client: OldClient) -> None:
    signed_in = Client()
    signed_in.post("/accounts/login/", {"login": alice.email, "password": "a fine old password"})

    for client in (alice_client, signed_in, Client()):
        for path in ("/api/v1.0/expenses/", "/api/expenses/", "/api/simple/", "/static/xpenser/media/Receipts/x"):
            assert cors(client.get(path, headers=ORIGIN)) == {}


def test_credentials_are_never_allowed(alice: Account) -> None:
    client = NewClient(token_of(alice), **ORIGIN)

    for route in DOORS:
        for response in (client.get(route.at(1)), client.options(route.at(1), headers=ASKED)):
            assert "Access-Control-Allow-Credentials" not in response.headers
