import pytest

from accounts.selectors import Account
from expenses import services
from tests.api.v1 import V1, queries_of
from tests.cast import NOON, OldClient


def add_category(owner: Account, name: str) -> int:
    return services.category_create(user_id=owner.id, name=name, now=NOON).id


@pytest.mark.parametrize("path", ["categories/", "categories", "categories/?format=json"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    travel, meals = add_category(alice, "Travel"), add_category(alice, "Meals")

    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        '        "name": "Travel", \n'
        f'        "id": {travel}\n'
        "    }, \n"
        "    {\n"
        '        "name": "Meals", \n'
        f'        "id": {meals}\n'
        "    }\n"
        "]"
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_one(alice: Account, alice_client: OldClient, slash: str) -> None:
    category = add_category(alice, "Travel")

    response = alice_client.get(f"{V1}/category/{category}{slash}")

    assert response.status_code == 200
    assert response.content.decode() == f'{{\n    "name": "Travel", \n    "id": {category}\n}}'


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("categories/", "<resource><name>Travel</name><id>{0}</id></resource>"),
        ("category/{0}", "<name>Travel</name><id>{0}</id>"),
    ],
)
def test_it_works_in_xml(alice: Account, alice_client: OldClient, path: str, body: str) -> None:
    category = add_category(alice, "Travel")

    response = alice_client.get(f"{V1}/{path.format(category)}?format=xml")

    assert response.content.decode() == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<response>{body.format(category)}</response>'
    )


def test_it_hides_what_is_not_hers(bob: Account, alice_client: OldClient) -> None:
    theirs = add_category(bob, "Travel")

    response = alice_client.get(f"{V1}/category/{theirs}")

    assert response.status_code == 404
    assert response.content == b"Not Found"
    assert alice_client.get(f"{V1}/categories/").json() == []


@pytest.mark.every_case
@pytest.mark.parametrize("name", ["0", "999999999999999999", "9999999999999999999", "-1", "Travel"])
def test_an_id_of_nothing(alice_client: OldClient, name: str) -> None:
    response = alice_client.get(f"{V1}/category/{name}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


def test_its_queries_do_not_grow_with_the_list(alice: Account, alice_client: OldClient) -> None:
    few = queries_of(alice_client, f"{V1}/categories/")
    for number in range(20):
        add_category(alice, f"Category {number}")

    assert few == queries_of(alice_client, f"{V1}/categories/") == 2


@pytest.mark.parametrize("path", ["categories/", "category/1"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(alice_client: OldClient, path: str, method: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
