import pytest
from django.test import Client

from accounts.selectors import Account
from tests.api.classic.ledger import entries
from tests.cast import OldClient

PATHS = [
    "/api",
    "/api/",
    "/api/expens",
    "/api/expenses/1",
    "/api/expenses/.json",
    "/api/tags/",
    "/api/v2.0/expenses/",
    "/api/oauth/",
    "/api/oauth/tags/",
    "/api/oauth/oauth/expenses/",
    "/api//expenses/",
    "/api/%00",
    "/api/%FF",
    "/api/expense/<b>",
]


@pytest.mark.parametrize("path", PATHS)
def test_it_works(alice_client: OldClient, path: str) -> None:
    response = alice_client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
    assert response.content == b'{"status": 404, "error": "Not Found"}'


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"])
def test_every_method(alice: Account, alice_client: OldClient, method: str) -> None:
    response = alice_client.generic(method, "/api/nothing?q=lunch+4")

    assert response.status_code == 404
    assert entries(alice) == []


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_cant_tell_paths_apart(db: None, path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 401
    assert response.content == b"Authorization Required"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'


@pytest.mark.parametrize("path", ["/api/expense", "/api/expenses", "/api/simple", "/api/nothing", "/api"])
def test_nothing_redirects(alice_client: OldClient, path: str) -> None:
    response = alice_client.post(path)

    assert response.status_code not in range(300, 400)
    assert "Location" not in response.headers


@pytest.mark.parametrize("path", ["/apiary", "/API/expenses/", "/ api/expenses/", "/x/api/expenses/"])
def test_what_is_not_below_api_is_not_this_dialects(alice_client: OldClient, path: str) -> None:
    response = alice_client.get(path)

    assert response.status_code == 404
    assert response.headers["Content-Type"] != "application/json"
