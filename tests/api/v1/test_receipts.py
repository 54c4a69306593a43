import pytest

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_read
from tests.api.v1 import V1, queries_of, rows_of
from tests.cast import NOON, OldClient, spend
from tests.expenses import pictures


def spend_with_receipt(owner: Account, text: str = "lunch 4") -> ExpenseRow:
    row = spend(owner, text)
    return services.expense_update(
        owner=owner, expense_id=row.id, fields={}, now=NOON, picture=receipt_read(pictures.jpeg())
    )


@pytest.mark.parametrize("path", ["receipts/", "receipts", "receipts/?format=json"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    first, second = spend_with_receipt(alice), spend_with_receipt(alice)

    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        f'        "image": "{first.receipt_image}", \n'
        f'        "id": {first.receipt_id}\n'
        "    }, \n"
        "    {\n"
        f'        "image": "{second.receipt_image}", \n'
        f'        "id": {second.receipt_id}\n'
        "    }\n"
        "]"
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_one(alice: Account, alice_client: OldClient, slash: str) -> None:
    row = spend_with_receipt(alice)

    response = alice_client.get(f"{V1}/receipt/{row.receipt_id}{slash}")

    assert response.status_code == 200
    assert response.content.decode() == (f'{{\n    "image": "{row.receipt_image}", \n    "id": {row.receipt_id}\n}}')


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("receipts/", "<resource><image>{0}</image><id>{1}</id></resource>"),
        ("receipt/{1}", "<image>{0}</image><id>{1}</id>"),
    ],
)
def test_it_works_in_xml(alice: Account, alice_client: OldClient, path: str, body: str) -> None:
    row = spend_with_receipt(alice)
    values = (row.receipt_image, row.receipt_id)

    response = alice_client.get(f"{V1}/{path.format(*values)}?format=xml")

    assert response.content.decode() == (
        f'<?xml version="1.0" encoding="utf-8"?>\n<response>{body.format(*values)}</response>'
    )


def test_those_of_deleted_expenses_are_gone(alice: Account, alice_client: OldClient) -> None:
    row = spend_with_receipt(alice)
    services.expense_delete(owner=alice, expense_id=row.id, now=NOON)

    assert alice_client.get(f"{V1}/receipts/").json() == []
    assert alice_client.get(f"{V1}/receipt/{row.receipt_id}").status_code == 404


def test_it_hides_what_is_not_hers(bob: Account, alice_client: OldClient) -> None:
    spend_with_receipt(bob)
    (theirs,) = rows_of(bob)

    response = alice_client.get(f"{V1}/receipt/{theirs.receipt_id}")

    assert response.status_code == 404
    assert response.content == b"Not Found"
    assert alice_client.get(f"{V1}/receipts/").json() == []


@pytest.mark.every_case
@pytest.mark.parametrize("name", ["0", "999999999999999999", "9999999999999999999", "-1", "x"])
def test_an_id_of_nothing(alice_client: OldClient, name: str) -> None:
    response = alice_client.get(f"{V1}/receipt/{name}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


def test_its_queries_do_not_grow_with_the_list(alice: Account, alice_client: OldClient) -> None:
    spend_with_receipt(alice)
    few = queries_of(alice_client, f"{V1}/receipts/")
    for _ in range(5):
        spend_with_receipt(alice)

    assert few == queries_of(alice_client, f"{V1}/receipts/") == 2


@pytest.mark.parametrize("path", ["receipts/", "receipt/1"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(alice_client: OldClient, path: str, method: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
