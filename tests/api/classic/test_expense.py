import base64
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.selectors import Account
from accounts.services import preferences_set
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import expense_row
from tests.api.classic.ledger import entries
from tests.cast import FORM, NOON, OldClient, spend
from tests.expenses.pictures import HTML, jpeg


@pytest.fixture
def lunch(alice: Account) -> ExpenseRow:
    return spend(alice, "lunch 15.32 with jack #personal")


def test_it_works(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.get(f"/api/expense/{lunch.id}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == (
        f'{{"status": 200, "data": {{"date": "2026-11-20 12:00:00", "report": {lunch.report_id}, "amount": "15.32", '
        '"type": "lunch", "notes": "with jack"}}'
    )


def test_text_is_escaped_to_ascii(alice: Account, alice_client: OldClient) -> None:
    coffee = spend(alice, 'café 3 "crème" \\ 🚕')

    response = alice_client.get(f"/api/expense/{coffee.id}")

    assert rb'"type": "caf\u00e9", "notes": "\"cr\u00e8me\" \\ \ud83d\ude95"' in response.content


def test_update(alice: Account, alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    clock.shift(60)

    body = f"type=dinner&amount=14&notes=with+Jill&date=2009-08-26+20:15:30&report={trip.id}&tags=a+b"
    response = alice_client.send(f"/api/expense/{lunch.id}", body)

    row = expense_row(user_id=alice.id, expense_id=lunch.id)
    assert response.status_code == 200
    assert response.content.decode() == (
        f'{{"status": 200, "data": {{"date": "2009-08-26 20:15:30", "report": {trip.id}, "amount": "14.00", '
        f'"type": "dinner", "notes": "with Jill"}}, "id": {lunch.id}}}'
    )
    assert row.modified == "2026-11-20 12:01:00"
    assert [tag.name for tag in row.tags] == ["a", "b"]


@pytest.mark.parametrize(
    ("body", "member", "value"),
    [
        ("type=Dinner", "type", "Dinner"),
        ("type=+Dinner+", "type", "Dinner"),
        ("notes=", "notes", ""),
        ("notes=a%23b+%26+c", "notes", "a#b & c"),
        ("notes=caf%E9", "notes", "café"),
        ("notes=caf%C3%A9", "notes", "café"),
        ("amount=20", "amount", "20.00"),
        ("amount=-4.5", "amount", "-4.50"),
        ("amount=0", "amount", "0.00"),
        ("rawamount=20", "amount", "20.00"),
        ("date=2009-08-26", "date", "2009-08-26 00:00:00"),
        ("date=2009-08-26+20:15", "date", "2009-08-26 20:15:00"),
        ("date=01+Aug+2009", "date", "2009-08-01 00:00:00"),
        ("date=2009-08-26T20:15:30", "date", "2009-08-26 20:15:30"),
        ("", "type", "lunch"),
        ("unknown=1", "type", "lunch"),
        ("user=1&status=0&pk=9", "type", "lunch"),
    ],
)
def test_one_field(alice_client: OldClient, lunch: ExpenseRow, body: str, member: str, value: str) -> None:
    before = alice_client.get(f"/api/expense/{lunch.id}").json()["data"]

    response = alice_client.send(f"/api/expense/{lunch.id}", body)

    assert response.json() == {"status": 200, "data": {**before, member: value}, "id": lunch.id}


def test_put_is_an_update(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.put(f"/api/expense/{lunch.id}", "amount=20", content_type=FORM)

    assert response.json()["data"]["amount"] == "20.00"


def test_json_is_read_too(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.post(
        f"/api/expense/{lunch.id}", {"amount": 20.5, "notes": "x"}, content_type="application/json"
    )

    assert response.json()["data"]["amount"] == "20.50"


def test_an_empty_post_changes_nothing(
    alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller
) -> None:
    clock.shift(60)

    response = alice_client.send(f"/api/expense/{lunch.id}/", "")

    assert response.status_code == 200
    assert response.json()["id"] == lunch.id
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("amount=abc", "amount 'abc': a number like 12.50 is wanted"),
        ("amount=", "amount '': a number like 12.50 is wanted"),
        ("amount=NaN", "amount 'NaN': a number like 12.50 is wanted"),
        ("amount=Infinity", "amount 'Infinity': a number like 12.50 is wanted"),
        ("amount=1e400", "amount '1e400': a number like 12.50 is wanted"),
        ("amount=1,000", "amount '1,000': a number like 12.50 is wanted"),
        ("rawamount=x", "rawamount 'x': a number like 12.50 is wanted"),
        ("amount=1000000000000000", "amount 1.00000e+15: at most 15 digits before the point are kept"),
        ("date=2009-02-30", "date '2009-02-30': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("date=0000-01-01", "date '0000-01-01': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("date=99999-01-01", "date '99999-01-01': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("date=", "date '': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("type=", "type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("notes=%00", r"notes '\x00': text without NUL characters is wanted"),
        ("notes=%E2%82%FF%80", r"notes 'â\x82ÿ\x80': text in UTF-8 is wanted"),
        ("action=archive", "action 'archive': delete is the only action"),
        ("format=csv", "format 'csv': one of json is wanted"),
    ],
)
def test_a_value_that_cant_be_meant(alice_client: OldClient, lunch: ExpenseRow, body: str, error: str) -> None:
    response = alice_client.send(f"/api/expense/{lunch.id}", body)

    assert response.status_code == 400
    assert response.json() == {"status": 400, "error": f"Bad Request: {error}"}
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


def test_notes_that_are_too_long(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.send(f"/api/expense/{lunch.id}", "notes=" + "x" * 20_001)

    assert response.status_code == 400
    assert "at most 20000 characters are kept, these are 20001" in response.json()["error"]
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


def test_a_closed_report_keeps_what_it_has(alice: Account, alice_client: OldClient) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    taxi = spend(alice, "taxi 20", report_id=trip.id)
    alice_client.send(f"/api/v1.0/report/{trip.id}", "status=S")

    response = alice_client.send(f"/api/expense/{taxi.id}", "amount=2000")

    assert response.status_code == 400
    assert response.json() == {
        "status": 400,
        "error": "Bad Request: report 'Trip' was handed in (status S) and can't be changed",
    }


@pytest.mark.parametrize("report", ["Nowhere", "987654"])
def test_an_unknown_report(alice_client: OldClient, lunch: ExpenseRow, report: str) -> None:
    response = alice_client.send(f"/api/expense/{lunch.id}", f"report={report}")

    assert response.status_code == 404
    assert response.json() == {
        "status": 404,
        "error": f"Not Found: report {report!r}: no report of yours has this id or name",
    }


@pytest.mark.parametrize(
    ("method", "query", "body"), [("POST", "?action=delete", ""), ("POST", "", "action=delete"), ("DELETE", "", "")]
)
def test_delete(alice_client: OldClient, lunch: ExpenseRow, method: str, query: str, body: str) -> None:
    path = f"/api/expense/{lunch.id}"

    response = alice_client.generic(method, path + query, body, content_type=FORM)

    assert (response.status_code, response.content) == (204, b"")
    assert "Content-Type" not in response.headers
    assert alice_client.get(path).status_code == 404


def test_a_second_delete_is_a_delete(alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller) -> None:
    alice_client.delete(f"/api/expense/{lunch.id}")
    before = expense_row(user_id=lunch.user_id, expense_id=lunch.id, with_deleted=True)
    clock.shift(60)

    response = alice_client.delete(f"/api/expense/{lunch.id}")

    assert response.status_code == 204
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id, with_deleted=True) == before


def test_a_deleted_expense(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    services.expense_delete(owner=alice, expense_id=lunch.id, now=NOON)

    gone = alice_client.get(f"/api/expense/{lunch.id}")
    shown = alice_client.get(f"/api/expense/{lunch.id}?status=all")
    edited = alice_client.send(f"/api/expense/{lunch.id}", "amount=20")
    restored = alice_client.send(f"/api/expense/{lunch.id}", "status=1")

    assert gone.status_code == 404
    assert gone.json() == {
        "status": 404,
        "error": f"Not Found: expense {lunch.id}: no expense of yours has this id",
    }
    assert (shown.status_code, shown.json()["data"]["amount"]) == (200, "15.32")
    assert edited.status_code == 404
    assert (restored.status_code, restored.json()["data"]["amount"]) == (200, "15.32")
    assert alice_client.get(f"/api/expense/{lunch.id}").status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("query", ["", "?status=all", "?action=delete", "?status=1"])
def test_it_hides_what_is_not_his(bob_client: OldClient, lunch: ExpenseRow, method: str, query: str) -> None:
    response = bob_client.generic(method, f"/api/expense/{lunch.id}{query}")

    assert response.status_code == 404
    assert response.json() == {
        "status": 404,
        "error": f"Not Found: expense {lunch.id}: no expense of yours has this id",
    }
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


@pytest.mark.every_case
@pytest.mark.parametrize("expense_id", ["0", "999999999999999999"])
def test_an_unknown_id(alice_client: OldClient, expense_id: str) -> None:
    response = alice_client.get(f"/api/expense/{expense_id}")

    assert response.status_code == 404
    assert response.json()["error"] == f"Not Found: expense {expense_id}: no expense of yours has this id"


@pytest.mark.every_case
@pytest.mark.parametrize("expense_id", ["-1", "abc", "1.5", "1e3", "9" * 19, "9" * 500, "%D9%A3", "1/2"])
def test_a_malformed_id(alice_client: OldClient, expense_id: str) -> None:
    response = alice_client.get(f"/api/expense/{expense_id}")

    assert (response.status_code, response.json()) == (404, {"status": 404, "error": "Not Found"})


@pytest.mark.parametrize(
    "spelling", ["/api/expense/{}", "/api/expense/{}/", "/api/%20expense/{}/", "/api/expense/00{}"]
)
def test_every_spelling_of_the_path(alice_client: OldClient, lunch: ExpenseRow, spelling: str) -> None:
    response = alice_client.get(spelling.format(lunch.id))

    assert (response.status_code, response.json()["data"]["amount"]) == (200, "15.32")


@pytest.mark.parametrize("method", ["PATCH", "TRACE"])
def test_other_methods(alice_client: OldClient, lunch: ExpenseRow, method: str) -> None:
    response = alice_client.generic(method, f"/api/expense/{lunch.id}")

    assert (response.status_code, response.content) == (405, b"")
    assert response.headers["Allow"] == "GET, POST, PUT, DELETE, HEAD, OPTIONS"


def test_head(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.head(f"/api/expense/{lunch.id}")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD"])
def test_without_credentials(lunch: ExpenseRow, method: str) -> None:
    response = Client().generic(method, f"/api/expense/{lunch.id}", "amount=20")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


@pytest.mark.parametrize("action", ["", "?action=delete"])
def test_a_foreign_page_changes_nothing(alice_client: OldClient, lunch: ExpenseRow, action: str) -> None:
    response = alice_client.send(
        f"/api/expense/{lunch.id}{action}", "amount=20", headers={"Origin": "http://evil.example"}
    )

    assert response.status_code == 403
    assert response.json() == {"status": 403, "error": "Forbidden: a page of another site can't write here"}
    assert expense_row(user_id=lunch.user_id, expense_id=lunch.id) == lunch


def test_a_receipt(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    upload = SimpleUploadedFile("r.jpg", jpeg())

    response = alice_client.post(f"/api/expense/{lunch.id}", {"notes": "see picture", "image": upload})

    (row,) = entries(alice)
    assert response.json()["data"]["notes"] == "see picture"
    assert row.receipt_image.startswith(f"{alice.id}/")


def test_a_file_that_is_no_receipt(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    upload = SimpleUploadedFile("r.jpg", HTML, content_type="image/jpeg")

    response = alice_client.post(f"/api/expense/{lunch.id}", {"notes": "see picture", "file": upload})

    assert response.status_code == 400
    assert response.json()["status"] == 400
    assert entries(alice) == [lunch]


def test_two_receipts_at_once(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    uploads = {"receipt": SimpleUploadedFile("a.jpg", jpeg()), "image": SimpleUploadedFile("b.jpg", jpeg())}

    response = alice_client.post(f"/api/expense/{lunch.id}", uploads)

    assert response.status_code == 400
    assert response.json()["error"] == "Bad Request: image 'b.jpg': one receipt in a request is wanted"
    assert entries(alice) == [lunch]


def test_a_repeated_delete_under_one_key(alice_client: OldClient, lunch: ExpenseRow) -> None:
    first = alice_client.delete(f"/api/expense/{lunch.id}", headers={"Idempotency-Key": "d1"})
    second = alice_client.delete(f"/api/expense/{lunch.id}", headers={"Idempotency-Key": "d1"})

    assert (first.status_code, second.status_code) == (204, 204)
    assert second.content == b""
    assert "Content-Type" not in second.headers


def test_the_date_stays_what_was_sent_wherever_its_owner_moves(alice: Account, alice_client: OldClient) -> None:
    taxi = spend(alice, "taxi 20", now=NOON + timedelta(hours=9))
    preferences_set(user_id=alice.id, zone="Pacific/Auckland")

    response = alice_client.get(f"/api/expense/{taxi.id}")

    assert response.json()["data"]["date"] == "2026-11-20 21:00:00"


def test_a_password_with_a_colon_is_whole(db: None) -> None:
    services.account_open(email="carla@example.com", password="a:b:c:d:e:f", now=NOON)
    header = "Basic " + base64.b64encode(b"carla@example.com:a:b:c:d:e:f").decode()

    response = Client().get("/api/expense/0", headers={"Authorization": header})

    assert response.status_code == 404
