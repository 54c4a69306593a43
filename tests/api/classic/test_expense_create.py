import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.selectors import Account
from expenses import services
from tests.api.classic.ledger import entries
from tests.cast import NOON, OldClient
from tests.expenses.pictures import HTML, jpeg


def test_it_works(alice: Account, alice_client: OldClient) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)

    body = f"type=lunch&amount=15.32&notes=with+jack&date=2009-08-26+12:30:00&report={trip.id}"
    response = alice_client.send("/api/expense/", body)

    (row,) = entries(alice)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.content.decode() == (
        f'{{"status": 200, "data": {{"date": "2009-08-26 12:30:00", "report": {trip.id}, "amount": "15.32", '
        f'"type": "lunch", "notes": "with jack"}}, "id": {row.id}}}'
    )
    assert row.sourceid == f"SP-{alice.id}-2026-11-20T12:00:00.000003"
    assert (row.created, row.modified) == ("2026-11-20 12:00:00", "2026-11-20 12:00:00")


def test_what_is_not_said(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/expense", "type=lunch&amount=4")

    (row,) = entries(alice)
    assert response.json()["data"] == {
        "date": "2026-11-20 12:00:00",
        "report": row.report_id,
        "amount": "4.00",
        "type": "lunch",
        "notes": "",
    }
    assert row.report == "My Expenses"


def test_free_text(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/expense/", "q=lunch+34.50+with+jack+#personal+#cash&report=My+Expenses")

    (row,) = entries(alice)
    assert response.json()["data"]["notes"] == "with jack"
    assert response.json()["id"] == row.id
    assert [tag.name for tag in row.tags] == ["personal", "cash"]


def test_tags(alice: Account, alice_client: OldClient) -> None:
    alice_client.send("/api/expense/", "type=lunch&amount=4&tags=personal+cash&tags=x")

    (row,) = entries(alice)
    assert [tag.name for tag in row.tags] == ["personal", "cash", "x"]


def test_a_raw_amount_is_in_the_unit_of_its_type(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/expense/", "type=mileage&rawamount=100&date=2009-08-26")

    (row,) = entries(alice)
    assert response.json()["data"]["amount"] == "55.00"
    assert (row.raw_amount, row.unit, row.rate) == (100_000, "mi", "0.55")


def test_a_body_without_a_type(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.generic("POST", "/api/expense/", "type=lunch&amount=4", content_type="")

    assert response.status_code == 200
    assert len(entries(alice)) == 1


def test_fields_in_the_query(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/expense/?type=dinner&amount=4", "type=lunch")

    assert response.json()["data"]["type"] == "lunch"
    assert response.json()["data"]["amount"] == "4.00"


def test_json(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.post("/api/expense/", {"type": "lunch", "amount": 15.32}, content_type="application/json")

    assert response.json()["data"]["amount"] == "15.32"


def test_a_receipt(alice: Account, alice_client: OldClient) -> None:
    upload = SimpleUploadedFile("r.jpg", jpeg())

    response = alice_client.post("/api/expense/", {"type": "lunch", "amount": "4", "receipt": upload})

    (row,) = entries(alice)
    assert response.status_code == 200
    assert row.receipt_image.startswith(f"{alice.id}/")


@pytest.mark.parametrize("q", ["", "lunch 4"])
def test_a_file_that_is_no_receipt(alice: Account, alice_client: OldClient, q: str) -> None:
    upload = SimpleUploadedFile("r.jpg", HTML, content_type="image/jpeg")

    response = alice_client.post("/api/expense/", {"q": q, "type": "lunch", "amount": "4", "receipt": upload})

    assert response.status_code == 400
    assert entries(alice) == []


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ("", 400, "type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("amount=4", 400, "type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("type=lunch", 400, "amount '': a number like 12.50 is wanted"),
        ("type=lunch&amount=four", 400, "amount 'four': a number like 12.50 is wanted"),
        ("type=lunch&amount=4&date=x", 400, "date 'x': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("type=lunch&amount=4&report=Nowhere", 404, "report 'Nowhere': no report of yours has this id or name"),
        (f"type=lunch&amount=4&tags={'x' * 101}", 400, None),
        ("q=lunch", 400, None),
        ("format=xml&type=lunch&amount=4", 400, "format 'xml': one of json is wanted"),
    ],
)  # fmt: skip
def test_what_cant_be_kept(alice: Account, alice_client: OldClient, body: str, status: int, error: str | None) -> None:
    response = alice_client.send("/api/expense/", body)

    said = response.json()
    assert (response.status_code, said["status"], sorted(said)) == (status, status, ["error", "status"])
    assert error is None or said["error"].endswith(f": {error}")
    assert entries(alice) == []


def test_a_report_that_was_handed_in(alice: Account, alice_client: OldClient) -> None:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    alice_client.send(f"/api/v1.0/report/{trip.id}", "status=S")

    response = alice_client.send("/api/expense/", f"type=lunch&amount=4&report={trip.id}")

    assert response.status_code == 400
    assert response.json()["error"] == "Bad Request: report 'Trip' was handed in (status S) and can't be changed"
    assert entries(alice) == []


def test_somebody_elses_report(alice: Account, bob: Account, bob_client: OldClient) -> None:
    hers = services.report_create(user_id=alice.id, name="Trip", now=NOON)

    response = bob_client.send("/api/expense/", f"type=lunch&amount=4&report={hers.id}")

    assert response.status_code == 404
    assert entries(alice) == entries(bob) == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_other_methods(alice: Account, alice_client: OldClient, method: str) -> None:
    response = alice_client.generic(method, "/api/expense/?type=lunch&amount=4")

    assert (response.status_code, response.content) == (405, b"")
    assert response.headers["Allow"] == "POST, OPTIONS"
    assert entries(alice) == []


def test_without_credentials(alice: Account) -> None:
    response = Client().post("/api/expense/", {"type": "lunch", "amount": "4"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert entries(alice) == []


def test_a_foreign_page(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send("/api/expense/", "type=lunch&amount=4", headers={"Origin": "http://evil.example"})

    assert response.status_code == 403
    assert entries(alice) == []


def test_a_repeat_under_one_key(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    first = alice_client.send("/api/expense/", "type=lunch&amount=4", headers={"Idempotency-Key": "k"})
    clock.shift(5)
    second = alice_client.send("/api/expense/", "type=lunch&amount=4", headers={"Idempotency-Key": "k"})

    assert second.content == first.content
    assert len(entries(alice)) == 1


def test_a_repeat_with_a_picture(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    picture, answers = jpeg(), []

    for _ in range(2):  # each with a boundary of its own, as clients make them
        upload = SimpleUploadedFile("r.jpg", picture)
        fields = {"type": "lunch", "amount": "4", "receipt": upload}
        answers.append(alice_client.post("/api/expense/", fields, headers={"Idempotency-Key": "k"}))
        clock.shift(5)
    other = SimpleUploadedFile("r.jpg", jpeg(orientation=1))
    fields = {"type": "lunch", "amount": "4", "receipt": other}
    refused = alice_client.post("/api/expense/", fields, headers={"Idempotency-Key": "k"})

    (row,) = entries(alice)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert row.receipt_image.endswith(".JPG")
    assert refused.status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 256, "caf\xe9"])
def test_a_key_that_cant_be_kept(alice: Account, alice_client: OldClient, key: str) -> None:
    response = alice_client.send("/api/expense/", "type=lunch&amount=4", headers={"Idempotency-Key": key})

    assert response.status_code == 400
    assert response.json()["error"].endswith("1 to 255 printable ASCII characters are wanted")
    assert entries(alice) == []
