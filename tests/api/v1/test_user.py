import pytest

from accounts.selectors import Account
from tests.api.v1 import V1
from tests.cast import OldClient


@pytest.mark.parametrize("path", ["user/", "user", "user?format=json"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == f'{{\n    "id": {alice.id}, \n    "email": "alice@example.com"\n}}'


@pytest.mark.parametrize("path", ["users/", "users"])
@pytest.mark.usefixtures("bob")
def test_the_list_is_of_one(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.json() == [{"id": alice.id, "email": "alice@example.com"}]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("user", "<id>{0}</id><email>alice@example.com</email>"),
        ("users", "<resource><id>{0}</id><email>alice@example.com</email></resource>"),
    ],
)
def test_it_works_in_xml(alice: Account, alice_client: OldClient, path: str, body: str) -> None:
    response = alice_client.get(f"{V1}/{path}?format=xml")

    assert response.content.decode() == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<response>{body.format(alice.id)}</response>'
    )


def test_there_is_no_other(bob: Account, alice_client: OldClient) -> None:
    assert alice_client.get(f"{V1}/user/{bob.id}").status_code == 404


@pytest.mark.parametrize("path", ["user/", "users/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(alice_client: OldClient, path: str, method: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
