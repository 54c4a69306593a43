import json
from datetime import timedelta

import pytest
import time_machine

from accounts.selectors import Account
from expenses.selectors import tag_rows
from tests.api.v1 import V1, add_tag, rows_of
from tests.cast import FORM, OldClient, spend


def names_of(owner: Account) -> list[str]:
    return [row.name for row in tag_rows(user_id=owner.id)]


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_works(alice: Account, alice_client: OldClient, slash: str) -> None:
    tag = add_tag(alice, "MyTag")

    response = alice_client.get(f"{V1}/tag/{tag}{slash}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == f'{{\n    "name": "MyTag", \n    "id": {tag}\n}}'


def test_it_works_in_xml(alice: Account, alice_client: OldClient) -> None:
    tag = add_tag(alice, "MyTag")

    response = alice_client.get(f"{V1}/tag/{tag}?format=xml")

    assert response.content.decode() == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<response><name>MyTag</name><id>{tag}</id></response>'
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_is_made(alice: Account, alice_client: OldClient, slash: str) -> None:
    response = alice_client.send(f"{V1}/tag{slash}", "name=mytag")

    (row,) = tag_rows(user_id=alice.id)
    assert response.status_code == 200
    assert response.content.decode() == f'{{\n    "name": "mytag", \n    "id": {row.id}\n}}'


def test_it_is_made_of_json(alice: Account, alice_client: OldClient) -> None:
    body = json.dumps({"name": "café au lait"})

    wire = alice_client.post(f"{V1}/tag/", body, content_type="application/json").json()

    assert wire["name"] == "café au lait"
    assert names_of(alice) == ["café au lait"]


@pytest.mark.parametrize("name", ["MyTag", "mytag", "%23MYTAG", "+MyTag+"])
def test_one_that_is_there_is_not_made_again(alice: Account, alice_client: OldClient, name: str) -> None:
    tag = add_tag(alice, "MyTag")

    response = alice_client.send(f"{V1}/tag/", f"name={name}")

    assert response.status_code == 200
    assert response.json() == {"name": "MyTag", "id": tag}
    assert names_of(alice) == ["MyTag"]


@pytest.mark.parametrize(("body", "shown"), [("", ""), ("name=", ""), ("name=%23", ""), ("name=a%0Ab", "a\nb"),
                                             ("name=" + "x" * 101, "x" * 40)])  # fmt: skip
def test_a_name_that_is_none_is_refused(alice: Account, alice_client: OldClient, body: str, shown: str) -> None:
    response = alice_client.send(f"{V1}/tag/", body)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == (
        f"Bad Request: name {shown!r}: 1 to 100 characters on one line, like clientx, are wanted"
    )
    assert names_of(alice) == []


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_it_is_renamed(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller, method: str, slash: str
) -> None:
    row = spend(alice, "lunch 4 #mytag")
    tag = row.tags[0].id
    clock.shift(timedelta(hours=1))

    response = getattr(alice_client, method)(f"{V1}/tag/{tag}{slash}", "name=newname", content_type=FORM)

    (after,) = rows_of(alice)
    assert response.status_code == 200
    assert response.json() == {"name": "newname", "id": tag}
    assert [(each.id, each.name) for each in after.tags] == [(tag, "newname")]
    assert after.modified == "2026-11-20 13:00:00"


def test_a_name_that_is_taken_is_refused(alice: Account, alice_client: OldClient) -> None:
    tag = add_tag(alice, "mytag")
    add_tag(alice, "Other")

    response = alice_client.send(f"{V1}/tag/{tag}", "name=OTHER")

    assert response.status_code == 409
    assert response.content == b"Conflict/Duplicate: name 'OTHER': another tag of yours has this name"
    assert names_of(alice) == ["mytag", "Other"]


def test_it_is_not_renamed_to_nothing(alice: Account, alice_client: OldClient) -> None:
    tag = add_tag(alice, "mytag")

    response = alice_client.send(f"{V1}/tag/{tag}", "name=")

    assert response.status_code == 400
    assert names_of(alice) == ["mytag"]


@pytest.mark.parametrize("method", ["post", "put"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_an_empty_body_changes_nothing(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller, method: str, slash: str
) -> None:
    """The documentation's own delete sample lost its action in one capture."""
    row = spend(alice, "lunch 4 #mytag")
    clock.shift(timedelta(hours=1))

    response = getattr(alice_client, method)(f"{V1}/tag/{row.tags[0].id}{slash}", "", content_type=FORM)

    assert response.status_code == 200
    assert response.json() == {"name": "mytag", "id": row.tags[0].id}
    assert rows_of(alice) == [row]


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("post", "/?action=delete"),
        ("post", "?action=delete"),
        ("put", "?action=delete"),
        ("delete", ""),
        ("delete", "/"),
    ],
)
def test_it_is_deleted(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller, method: str, rest: str
) -> None:
    """Sample 17 of the documents."""
    tag = spend(alice, "lunch 4 #mytag").tags[0].id
    clock.shift(timedelta(hours=1))

    response = getattr(alice_client, method)(f"{V1}/tag/{tag}{rest}")

    (row,) = rows_of(alice)
    assert response.status_code == 204
    assert response.content == b""
    assert "Content-Type" not in response.headers
    assert (row.tags, row.modified) == ((), "2026-11-20 13:00:00")
    assert alice_client.get(f"{V1}/tag/{tag}").status_code == 404


def test_an_unknown_action_is_refused(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send(f"{V1}/tag/{add_tag(alice, 'mytag')}?action=merge", "name=x")

    assert response.status_code == 400
    assert names_of(alice) == ["mytag"]


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("get", "", ""),
        ("head", "", ""),
        ("post", "", "name=mine"),
        ("post", "", ""),
        ("put", "", "name=mine"),
        ("post", "/?action=delete", ""),
        ("delete", "", ""),
    ],
)
def test_it_hides_what_is_not_hers(bob: Account, alice_client: OldClient, method: str, rest: str, body: str) -> None:
    path = f"{V1}/tag/{add_tag(bob, 'cash')}{rest}"
    send = getattr(alice_client, method)

    response = send(path, body, content_type=FORM) if body else send(path)

    assert response.status_code == 404
    assert response.content == (b"" if method == "head" else b"Not Found")
    assert names_of(bob) == ["cash"]


@pytest.mark.every_case
@pytest.mark.parametrize("name", ["0", "999999999999999999", "9999999999999999999", "-1", "cash"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_id_of_nothing(alice_client: OldClient, method: str, name: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/tag/{name}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


@pytest.mark.parametrize("rest", ["/{0}", "/{0}/?action=delete", "/"])
def test_a_page_of_another_site_writes_nothing(alice: Account, alice_client: OldClient, rest: str) -> None:
    tag = add_tag(alice, "mytag")

    response = alice_client.send(f"{V1}/tag{rest.format(tag)}", "name=evil", headers={"Origin": "null"})

    assert response.status_code == 403
    assert names_of(alice) == ["mytag"]


def test_a_repeat_with_the_same_key(alice: Account, alice_client: OldClient) -> None:
    tag = add_tag(alice, "mytag")
    path = f"{V1}/tag/{tag}"

    first = alice_client.delete(path, headers={"Idempotency-Key": "k"})
    second = alice_client.delete(path, headers={"Idempotency-Key": "k"})

    assert first.status_code == second.status_code == 204
    assert alice_client.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "allow"), [("tag/", "POST, OPTIONS"), ("tag/1", "GET, POST, PUT, DELETE, HEAD, OPTIONS")]
)
def test_other_methods(alice_client: OldClient, path: str, allow: str) -> None:
    response = alice_client.patch(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == allow
    assert response.content == b""
