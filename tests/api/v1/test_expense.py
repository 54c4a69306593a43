import json
from datetime import timedelta

import pytest
import time_machine
from django.test.client import encode_multipart

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.receipts import receipt_read
from reports.status import Status
from tests.api.v1 import V1, add_report, at, default_of, hand_in, record, rows_of, upload
from tests.cast import FORM, NOON, OldClient, headers_of, spend
from tests.expenses import pictures

LATER = timedelta(hours=1)


@pytest.fixture
def lunch(alice: Account) -> ExpenseRow:
    return spend(alice, "lunch 34.50 with jack #personal", day=at("2009-10-02 05:14:00"))


@pytest.fixture
def deleted(alice: Account, lunch: ExpenseRow) -> ExpenseRow:
    services.expense_delete(owner=alice, expense_id=lunch.id, now=NOON)
    return lunch


def path_of(row: ExpenseRow, rest: str = "") -> str:
    return f"{V1}/expense/{row.id}{rest}"


def whole(row: ExpenseRow, **changed: object) -> dict[str, object]:
    """Return the object of ``lunch``, as it is on the wire, with what was changed."""
    return {
        "status": 1,
        "rawamount": "34.50",
        "notes": "with jack",
        "created": "2026-11-20 12:00:00",
        "modified": "2026-11-20 12:00:00",
        "amount": "34.50",
        "date": "2009-10-02 05:14:00",
        "type": "lunch",
        "id": row.id,
        "tags": [{"name": "personal", "id": row.tags[0].id}],
        "report_id": row.report_id,
        **changed,
    }


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_works(alice: Account, alice_client: OldClient, lunch: ExpenseRow, slash: str) -> None:
    response = alice_client.get(path_of(lunch, slash))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == (
        "{\n"
        '    "status": 1, \n'
        '    "rawamount": "34.50", \n'
        '    "notes": "with jack", \n'
        '    "created": "2026-11-20 12:00:00", \n'
        '    "modified": "2026-11-20 12:00:00", \n'
        '    "amount": "34.50", \n'
        '    "date": "2009-10-02 05:14:00", \n'
        '    "type": "lunch", \n'
        f'    "id": {lunch.id}, \n'
        '    "tags": [\n'
        "        {\n"
        '            "name": "personal", \n'
        f'            "id": {lunch.tags[0].id}\n'
        "        }\n"
        "    ], \n"
        f'    "report_id": {default_of(alice)}\n'
        "}"
    )


def test_it_works_in_xml_with_the_receipts_id_before_the_expenses(
    alice: Account, alice_client: OldClient, lunch: ExpenseRow
) -> None:
    services.expense_update(
        owner=alice, expense_id=lunch.id, fields={}, now=NOON, picture=receipt_read(pictures.jpeg())
    )
    (row,) = rows_of(alice)

    response = alice_client.get(path_of(lunch, "?format=xml"))

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><status>1</status><receipt><image>{row.receipt_image}</image><id>{row.receipt_id}</id></receipt>"
        "<rawamount>34.50</rawamount><notes>with jack</notes><created>2026-11-20 12:00:00</created>"
        "<modified>2026-11-20 12:00:00</modified><amount>34.50</amount><date>2009-10-02 05:14:00</date>"
        f"<type>lunch</type><id>{row.id}</id>"
        f"<tags><resource><name>personal</name><id>{row.tags[0].id}</id></resource></tags>"
        f"<report_id>{row.report_id}</report_id></response>"
    )


def test_a_head_is_a_get_without_body(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.head(path_of(lunch))

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.content == b""


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_it_changes(
    alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller, method: str, slash: str
) -> None:
    """Sample 16 of the documents: tags are one text, and replace those that were there."""
    clock.shift(LATER)

    response = getattr(alice_client, method)(
        path_of(lunch, slash), "tags=personal+cash&amount=34.60", content_type=FORM
    )

    tags = response.json()["tags"]
    assert response.status_code == 200
    assert [tag["name"] for tag in tags] == ["personal", "cash"]
    assert tags[0]["id"] == lunch.tags[0].id
    assert response.json() == whole(lunch, amount="34.60", rawamount="34.60", modified="2026-11-20 13:00:00", tags=tags)
    assert response.json() == alice_client.get(path_of(lunch)).json()


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("type=Dinner", {"type": "Dinner"}),
        ("notes=", {"notes": ""}),
        ("notes=with+jill+#1", {"notes": "with jill #1"}),
        ("amount=-5", {"amount": "-5.00", "rawamount": "-5.00"}),
        ("rawamount=5.005", {"amount": "5.01", "rawamount": "5.01"}),
        ("amount=6&rawamount=5", {"amount": "6.00", "rawamount": "5.00"}),
        ("date=2010-05-21", {"date": "2010-05-21 00:00:00"}),
        ("date=2010-05-21+10:30", {"date": "2010-05-21 10:30:00"}),
        ("date=21+May+2010", {"date": "2010-05-21 00:00:00"}),
        ("tags=", {"tags": []}),
        ("type=Dinner&unknown=x&id=1&modified=2001-01-01&user=2", {"type": "Dinner"}),
    ],
)
def test_each_field(
    alice_client: OldClient,
    lunch: ExpenseRow,
    clock: time_machine.Traveller,
    body: str,
    changed: dict[str, object],
) -> None:
    clock.shift(LATER)

    response = alice_client.send(path_of(lunch), body)

    assert response.status_code == 200
    assert response.json() == whole(lunch, modified="2026-11-20 13:00:00", **changed)


@pytest.mark.parametrize("spelling", ["report={0}", "report=Berlin", "r={0}"])
def test_it_moves_to_another_report(
    alice: Account, alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller, spelling: str
) -> None:
    report = add_report(alice, "Berlin")
    clock.shift(LATER)

    response = alice_client.send(path_of(lunch), spelling.format(report))

    assert response.json() == whole(lunch, report_id=report, modified="2026-11-20 13:00:00")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("tags=a&tags=b+c&tags=A", ["a", "b", "c"]),
        ("tags=%23a+%23b", ["a", "b"]),
        ("tags=PERSONAL", ["personal"]),
    ],
)
def test_tags(alice_client: OldClient, lunch: ExpenseRow, body: str, names: list[str]) -> None:
    assert [tag["name"] for tag in alice_client.send(path_of(lunch), body).json()["tags"]] == names


def test_a_json_body(alice_client: OldClient, lunch: ExpenseRow) -> None:
    body = json.dumps({"amount": 12.5, "notes": "café", "tags": ["a", "b"], "type": None})

    wire = alice_client.put(path_of(lunch), body, content_type="application/json").json()

    assert (wire["amount"], wire["notes"], wire["type"]) == ("12.50", "café", "lunch")
    assert [tag["name"] for tag in wire["tags"]] == ["a", "b"]


@pytest.mark.parametrize("rest", ["", "/", "?action=", "?status=1", "?format=json"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_an_empty_body_changes_nothing(
    *, alice: Account, alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller, method: str, rest: str
) -> None:
    before = rows_of(alice)
    clock.shift(LATER)

    response = getattr(alice_client, method)(path_of(lunch, rest), "", content_type=FORM)

    assert response.status_code == 200
    assert response.json() == whole(lunch)
    assert rows_of(alice) == before


def test_saying_what_is_so_changes_nothing(
    alice: Account, alice_client: OldClient, lunch: ExpenseRow, clock: time_machine.Traveller
) -> None:
    clock.shift(LATER)

    response = alice_client.send(
        path_of(lunch), "type=lunch&amount=34.5&notes=with+jack&date=2009-10-02+05:14&tags=personal"
    )

    assert response.json() == whole(lunch)


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("delete", ""),
        ("delete", "/"),
        ("post", "?action=delete"),
        ("post", "/?action=delete"),
        ("put", "?action=delete"),
        ("post", "?action=delete&format=xml"),
    ],
)
def test_it_deletes(
    *,
    alice: Account,
    alice_client: OldClient,
    lunch: ExpenseRow,
    clock: time_machine.Traveller,
    method: str,
    rest: str,
) -> None:
    clock.shift(LATER)

    response = getattr(alice_client, method)(path_of(lunch, rest))

    assert response.status_code == 204
    assert response.content == b""
    assert "Content-Type" not in response.headers
    assert response.headers["Vary"] == "Authorization"
    assert alice_client.get(path_of(lunch)).status_code == 404
    assert alice_client.get(path_of(lunch, "?status=all")).json() == whole(
        lunch, status=-1, modified="2026-11-20 13:00:00"
    )


def test_the_action_may_stand_in_the_body(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    assert alice_client.send(path_of(lunch), "action=delete").status_code == 204
    assert [row.status for row in rows_of(alice)] == [-1]


@pytest.mark.parametrize("method", ["delete", "post"])
def test_a_second_delete_changes_nothing(
    alice: Account, alice_client: OldClient, deleted: ExpenseRow, clock: time_machine.Traveller, method: str
) -> None:
    """A client whose answer got lost repeats itself."""
    before = rows_of(alice)
    clock.shift(LATER)

    response = getattr(alice_client, method)(path_of(deleted, "?action=delete"))

    assert response.status_code == 204
    assert rows_of(alice) == before


def test_status_1_restores(
    alice: Account, alice_client: OldClient, deleted: ExpenseRow, clock: time_machine.Traveller
) -> None:
    clock.shift(LATER)

    response = alice_client.send(path_of(deleted), "status=1&notes=after+all")

    assert response.status_code == 200
    assert response.json() == whole(deleted, notes="after all", modified="2026-11-20 13:00:00")


@pytest.mark.parametrize("body", ["", "notes=x", "status=all&notes=x", "status=-1", "tags=x"])
def test_any_other_edit_of_a_deleted_one_is_refused(
    alice: Account, alice_client: OldClient, deleted: ExpenseRow, body: str
) -> None:
    before = rows_of(alice)

    response = alice_client.send(path_of(deleted), body)

    assert response.status_code == 404
    assert response.content == b"Not Found"
    assert rows_of(alice) == before


@pytest.mark.parametrize("action", ["remove", "DELETE", "restore"])
def test_an_unknown_action_is_refused(alice: Account, alice_client: OldClient, lunch: ExpenseRow, action: str) -> None:
    response = alice_client.send(path_of(lunch, f"?action={action}"))

    assert response.status_code == 400
    assert response.content.decode() == f"Bad Request: action {action!r}: delete is the only action"
    assert [row.status for row in rows_of(alice)] == [1]


@pytest.mark.parametrize("rest", ["?action=delete", "?notes=x&status=-1"])
def test_a_get_writes_nothing(alice: Account, alice_client: OldClient, lunch: ExpenseRow, rest: str) -> None:
    response = alice_client.get(path_of(lunch, rest))

    assert response.json() == whole(lunch)
    assert rows_of(alice) == [lunch]


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ("amount=abc", 400, "Bad Request: amount 'abc': a number like 12.50 is wanted"),
        ("amount=", 400, "Bad Request: amount '': a number like 12.50 is wanted"),
        ("rawamount=NaN", 400, "Bad Request: rawamount 'NaN': a number like 12.50 is wanted"),
        ("date=2009-02-30", 400,
         "Bad Request: date '2009-02-30': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("date=", 400, "Bad Request: date '': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("type=", 400, "Bad Request: type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("report=nowhere", 404, "Not Found: report 'nowhere': no report of yours has this id or name"),
        ("tags=" + "x" * 101, 400,
         f"Bad Request: name {'x' * 40!r}: 1 to 100 characters on one line, like clientx, are wanted"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_refused(
    *, alice: Account, alice_client: OldClient, lunch: ExpenseRow, body: str, status: int, message: str
) -> None:
    response = alice_client.send(path_of(lunch), f"{body}&notes=x")

    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == message
    assert rows_of(alice) == [lunch]


def test_a_strangers_report_is_refused(
    alice: Account, bob: Account, alice_client: OldClient, lunch: ExpenseRow
) -> None:
    theirs = add_report(bob, "Berlin")

    response = alice_client.send(path_of(lunch), f"report={theirs}")

    assert response.status_code == 404
    assert rows_of(alice) == [lunch]


@pytest.mark.parametrize(("method", "body"), [("post", "notes=x"), ("put", "amount=1"), ("delete", "")])
def test_what_was_handed_in_stays_as_it_is(alice: Account, alice_client: OldClient, method: str, body: str) -> None:
    report = add_report(alice, "Berlin")
    row = record(alice, "3", report_id=report)
    hand_in(alice, report)

    response = getattr(alice_client, method)(path_of(row), body, content_type=FORM)

    assert response.status_code == 400
    assert response.content == b"Bad Request: report 'Berlin' was handed in (status S) and can't be changed"
    assert rows_of(alice) == [row]


def test_what_was_sent_back_can_be_changed(alice: Account, alice_client: OldClient) -> None:
    row = record(alice, "3", report_id=add_report(alice, "Berlin", Status.REJECTED))

    assert alice_client.send(path_of(row), "notes=x").json()["notes"] == "x"


def test_what_was_paid_stays_as_it_is_when_it_is_put_away(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    row = record(alice, "3", report_id=report)
    for status in (Status.PAID, Status.ARCHIVED):
        services.report_update(user_id=alice.id, report_id=report, status=status, now=NOON)

    response = alice_client.send(path_of(row), "amount=4")

    assert response.status_code == 400
    assert response.content == b"Bad Request: report 'Berlin' is archived (status X) and can't be changed"
    assert rows_of(alice) == [row]


@pytest.mark.parametrize("field", ["receipt", "image", "file"])
@pytest.mark.parametrize("method", ["post", "put"])
def test_a_receipt(
    *,
    alice: Account,
    alice_client: OldClient,
    lunch: ExpenseRow,
    clock: time_machine.Traveller,
    method: str,
    field: str,
) -> None:
    clock.shift(LATER)
    body = encode_multipart("edge", {field: upload(pictures.pdf(), "bill.jpg")})

    response = getattr(alice_client, method)(path_of(lunch), body, content_type="multipart/form-data; boundary=edge")

    (row,) = rows_of(alice)
    receipt = {"image": row.receipt_image, "id": row.receipt_id}
    assert response.status_code == 200
    assert row.receipt_image.endswith(".PDF")
    assert list(response.json())[:3] == ["status", "receipt", "rawamount"]
    assert response.json() == whole(lunch, receipt=receipt, modified="2026-11-20 13:00:00")


def test_a_second_receipt_is_the_one_that_shows(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    first = alice_client.post(path_of(lunch), {"receipt": upload(pictures.jpeg())}).json()["receipt"]
    second = alice_client.post(path_of(lunch), {"receipt": upload(pictures.png())}).json()["receipt"]

    shown = alice_client.get(path_of(lunch)).json()["receipt"]

    assert shown == second != first


def test_a_receipt_that_is_none_changes_nothing(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.post(path_of(lunch), {"notes": "x", "receipt": upload(pictures.HTML)})

    assert response.status_code == 400
    assert rows_of(alice) == [lunch]


@pytest.mark.parametrize(("method", "rest"), [("post", ""), ("put", ""), ("post", "?action=delete"), ("delete", "")])
@pytest.mark.parametrize("origin", ["null", "http://evil.example"])
def test_a_page_of_another_site_changes_nothing(
    *, alice: Account, alice_client: OldClient, lunch: ExpenseRow, method: str, rest: str, origin: str
) -> None:
    response = getattr(alice_client, method)(
        path_of(lunch, rest), "notes=x", content_type=FORM, headers={"Origin": origin}
    )

    assert response.status_code == 403
    assert response.content == b"Forbidden: a page of another site can't write here"
    assert rows_of(alice) == [lunch]


@pytest.mark.parametrize(("method", "rest"), [("delete", ""), ("post", "?action=delete")])
def test_a_key_on_a_delete(alice: Account, alice_client: OldClient, lunch: ExpenseRow, method: str, rest: str) -> None:
    delete = getattr(alice_client, method)
    first = delete(path_of(lunch, rest), headers={"Idempotency-Key": "k"})
    alice_client.send(path_of(lunch), "status=1")
    second = delete(path_of(lunch, rest), headers={"Idempotency-Key": "k"})

    assert first.status_code == second.status_code == 204
    assert first.content == second.content == b""
    assert headers_of(first) == headers_of(second)
    assert [row.status for row in rows_of(alice)] == [1]  # the repeat was answered and not done


def test_a_key_on_a_change(alice: Account, alice_client: OldClient, lunch: ExpenseRow) -> None:
    first = alice_client.send(path_of(lunch), "notes=one", headers={"Idempotency-Key": "k"})
    alice_client.send(path_of(lunch), "notes=two")
    second = alice_client.send(path_of(lunch), "notes=one", headers={"Idempotency-Key": "k"})
    other = alice_client.send(path_of(lunch), "notes=three", headers={"Idempotency-Key": "k"})

    assert first.content == second.content
    assert other.status_code == 422
    assert [row.notes for row in rows_of(alice)] == ["two"]


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("get", "", ""),
        ("get", "?status=all", ""),
        ("head", "", ""),
        ("post", "", "notes=x"),
        ("post", "", "status=1"),
        ("post", "", ""),
        ("put", "", "notes=x"),
        ("post", "?action=delete", ""),
        ("delete", "", ""),
    ],
)
@pytest.mark.parametrize("state", ["live", "deleted"])
def test_it_hides_what_is_not_hers(
    *, bob: Account, alice_client: OldClient, method: str, rest: str, body: str, state: str
) -> None:
    theirs = spend(bob, "lunch 4")
    if state == "deleted":
        services.expense_delete(owner=bob, expense_id=theirs.id, now=NOON)
    before = rows_of(bob)

    send = getattr(alice_client, method)
    response = send(path_of(theirs, rest), body, content_type=FORM) if body else send(path_of(theirs, rest))

    assert response.status_code == 404
    assert response.content == (b"" if method == "head" else b"Not Found")
    assert rows_of(bob) == before


@pytest.mark.every_case
@pytest.mark.parametrize("name", ["0", "999999999999999999", "9999999999999999999", "-1", "abc", "1.5", "1/2", "٣"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_id_of_nothing(alice: Account, alice_client: OldClient, method: str, name: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/expense/{name}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


def test_other_methods(alice_client: OldClient, lunch: ExpenseRow) -> None:
    response = alice_client.patch(path_of(lunch), "notes=x", content_type=FORM)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST, PUT, DELETE, HEAD, OPTIONS"
    assert response.content == b""


@pytest.mark.parametrize("output", ["yaml", "csv"])
def test_an_unknown_format_is_refused_before_anything_is_written(
    alice: Account, alice_client: OldClient, lunch: ExpenseRow, output: str
) -> None:
    response = alice_client.send(path_of(lunch, f"?action=delete&format={output}"))

    assert response.status_code == 400
    assert response.content.decode() == f"Invalid output format specified '{output}'."
    assert rows_of(alice) == [lunch]
