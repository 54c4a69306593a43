import json
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.client import encode_multipart

from accounts.selectors import Account
from expenses import receipts
from expenses.images import Picture, inspect
from tests.api.v1 import V1, add_report, default_of, hand_in, rows_of, upload
from tests.cast import FORM, OldClient, basic, headers_of, open_account
from tests.expenses import pictures

PATH = f"{V1}/expense/"


def test_it_works(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    """Sample 15 of the documents, word for word: a raw # in a form is data."""
    report = add_report(alice, "Berlin")

    response = alice_client.send(PATH, f"q=lunch+34.50+with+jack+#personal+#cash&r={report}&d=2009-10-02+05:14")

    (row,) = rows_of(alice)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert row.sourceid == f"SP-{alice.id}-2026-11-20T12:00:00.000003"
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
        f'    "id": {row.id}, \n'
        '    "tags": [\n'
        "        {\n"
        '            "name": "personal", \n'
        f'            "id": {row.tags[0].id}\n'
        "        }, \n"
        "        {\n"
        '            "name": "cash", \n'
        f'            "id": {row.tags[1].id}\n'
        "        }\n"
        "    ], \n"
        f'    "report_id": {report}\n'
        "}"
    )


def test_it_works_in_xml(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    response = alice_client.send(f"{PATH}?format=xml", "q=lunch+34.50+with+jack")

    (row,) = rows_of(alice)
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        "<response><status>1</status><rawamount>34.50</rawamount><notes>with jack</notes>"
        "<created>2026-11-20 12:00:00</created><modified>2026-11-20 12:00:00</modified><amount>34.50</amount>"
        f"<date>2026-11-20 12:00:00</date><type>lunch</type><id>{row.id}</id><tags></tags>"
        f"<report_id>{default_of(alice)}</report_id></response>"
    )


def test_text_alone_is_filed_in_the_default_report_on_the_owners_clock(db: None, clock: time_machine.Traveller) -> None:
    open_account("carol@example.com", zone="America/Chicago")
    carol = OldClient("carol@example.com")

    wire = carol.send(PATH, "q=lunch+34.50+with+jack").json()

    assert wire["date"] == "2026-11-20 06:00:00"
    assert wire["created"] == "2026-11-20 12:00:00"
    assert wire["report_id"] == carol.get(f"{V1}/report/").json()["id"]


@pytest.mark.parametrize("path", ["expense/?q=test+expense+15+my+notes", "expense?q=test+expense+15+my+notes"])
def test_a_get_records_too(alice: Account, alice_client: OldClient, path: str) -> None:
    """Sample 18 of the documents."""
    response = alice_client.get(f"{V1}/{path}", headers={"User-Agent": "curl/7.19"})

    (row,) = rows_of(alice)
    assert response.status_code == 200
    assert (row.type, row.amount, row.notes) == ("test expense", 15_000, "my notes")
    assert response.json()["id"] == row.id


@pytest.mark.parametrize("query", ["", "?", "?q=", "?q=+", "?r=1", "?type=lunch&amount=3"])
def test_a_get_without_text_records_nothing(alice: Account, alice_client: OldClient, query: str) -> None:
    response = alice_client.get(f"{V1}/expense/{query}")

    assert response.status_code == 400
    assert response.content.decode() == "Bad Request: q '': an expense like 'lunch 45 with jack #clientx' is wanted"
    assert rows_of(alice) == []


def test_a_head_records_nothing(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.head(f"{PATH}?q=lunch+45")

    assert response.status_code == 400
    assert response.content == b""
    assert rows_of(alice) == []


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (X11; Linux x86_64)", ""])
def test_a_browsers_get_records_nothing(alice: Account, alice_client: OldClient, agent: str) -> None:
    """Browsers add the credentials that they remember to what another site's page makes them ask for."""
    response = alice_client.get(f"{PATH}?q=lunch+45", headers={"User-Agent": agent})

    assert response.status_code == 403
    assert response.content == b"Forbidden: a page of another site can't write here"
    assert rows_of(alice) == []


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "https://localhost:8000", "http://localhost", ""])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_of_another_site_records_nothing(
    alice: Account, alice_client: OldClient, method: str, origin: str
) -> None:
    response = getattr(alice_client, method)(f"{PATH}?q=lunch+45", headers={"Origin": origin})

    assert response.status_code == 403
    assert rows_of(alice) == []


def test_a_page_of_our_own_records(alice: Account, alice_client: OldClient) -> None:
    headers = {"Origin": "http://localhost:8000", "User-Agent": "Mozilla/5.0"}

    response = alice_client.send(PATH, "q=lunch+45", headers=headers)

    assert response.status_code == 200
    assert len(rows_of(alice)) == 1


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("q=lunch+34.50+with+jack+%23cash", FORM),
        ("q=lunch 34.50 with jack #cash\r\n", f"{FORM}; charset=UTF-8"),
        ("q=lunch+34.50+with+jack+#cash", ""),
        (json.dumps({"q": "lunch 34.50 with jack #cash"}), "application/json"),
        (json.dumps({"type": "lunch", "amount": 34.5, "notes": "with jack", "tags": ["cash"]}), "application/json"),
        ("type=lunch&amount=34.50&notes=with+jack&tags=cash", FORM),
        ("type=lunch&rawamount=34.5&notes=with+jack&tags=%23cash", FORM),
        (
            encode_multipart("edge", {"q": "lunch 34.50 with jack #cash"}),
            "multipart/form-data; boundary=edge",
        ),
    ],
)
def test_bodies(alice: Account, alice_client: OldClient, body: str | bytes, content_type: str) -> None:
    response = alice_client.post(PATH, body, content_type=content_type)

    (row,) = rows_of(alice)
    assert response.status_code == 200
    assert (row.type, row.amount, row.raw_amount, row.notes) == ("lunch", 34_500, 34_500, "with jack")
    assert [tag.name for tag in row.tags] == ["cash"]
    assert row.report_id == default_of(alice)


def test_fields_say_all_there_is_to_say(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    body = f"type=Mileage&amount=60&rawamount=100&notes=&date=2009-03-01&report={report}&tags=b+a+%23b&tags=A+c"

    wire = alice_client.send(f"{V1}/expense", body).json()

    assert (wire["type"], wire["amount"], wire["rawamount"], wire["notes"]) == ("Mileage", "60.00", "100.00", "")
    assert (wire["date"], wire["report_id"]) == ("2009-03-01 00:00:00", report)
    assert [tag["name"] for tag in wire["tags"]] == ["b", "a", "c"]


@pytest.mark.parametrize(
    "body", ["q=lunch+3&r={0}&d={1}", "q=lunch+3&report={0}&d={1}", "type=lunch&amount=3&r={0}&d={1}"]
)
@pytest.mark.parametrize("name", ["{id}", "Berlin", "+berlin+"])
def test_report_and_date_under_each_of_their_names(
    alice: Account, alice_client: OldClient, body: str, name: str
) -> None:
    report = add_report(alice, "Berlin")

    wire = alice_client.send(PATH, body.format(name.format(id=report), "2009-10-02")).json()

    assert (wire["report_id"], wire["date"]) == (report, "2009-10-02 00:00:00")


@pytest.mark.parametrize(
    ("day", "stored"),
    [
        ("2009-10-02+05:14:33", "2009-10-02 05:14:33"),
        ("2009-10-02+05:14", "2009-10-02 05:14:00"),
        ("2009-10-02T05:14", "2009-10-02 05:14:00"),
        ("2009-10-02", "2009-10-02 00:00:00"),
        ("02+Oct+2009", "2009-10-02 00:00:00"),
        ("10/02/2009", "2009-10-02 00:00:00"),
        ("", "2026-11-20 12:00:00"),
    ],
)
def test_dates(alice_client: OldClient, clock: time_machine.Traveller, day: str, stored: str) -> None:
    assert alice_client.send(PATH, f"q=lunch+3&d={day}").json()["date"] == stored


@pytest.mark.every_case
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("q=lunch+3&d=tomorrow", "d 'tomorrow': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("type=lunch&amount=3&date=", "date '': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("type=lunch&amount=abc", "amount 'abc': a number like 12.50 is wanted"),
        ("type=lunch&amount=", "amount '': a number like 12.50 is wanted"),
        ("type=lunch&rawamount=1e9", "rawamount '1e9': a number like 12.50 is wanted"),
        ("type=lunch&amount=1000000000000000", "amount 1.00000e+15: at most 15 digits before the point are kept"),
        ("type=lunch", "amount '': a number like 12.50 is wanted"),
        ("amount=3", "type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("", "type '': 1 to 200 characters on one line, like lunch, are wanted"),
        ("type=lunch&amount=3&tags=" + "x" * 101,
         f"name {'x' * 40!r}: 1 to 100 characters on one line, like clientx, are wanted"),
        ("type=lunch&amount=3&tags=" + "+".join(map(str, range(101))),
         "tags: 101 were given, and an expense can have 100"),
        ("type=lunch&amount=3&notes=" + "x" * 20_001,
         f"notes {'x' * 40!r}: at most 20000 characters are kept, these are 20001"),
        ("q=lunch+3+EUR", "amount '3 EUR': no rate from EUR to USD is known for this day; "
         "give one behind it, like '3 EUR at 1.08', set yours on the page Rates of the settings, "
         "or have the server's operator load the reference rates (manage.py rates)"),
        ("q=Time+stop", "q 'Time stop': no timer is running; 'Time start clientx' starts one"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_refused(alice: Account, alice_client: OldClient, body: str, message: str) -> None:
    response = alice_client.send(PATH, body)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"Bad Request: {message}"
    assert rows_of(alice) == []


def test_a_text_without_amount_is_refused(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.send(PATH, "q=lunch+with+jack")

    assert response.status_code == 400
    assert response.content == (
        b"Bad Request: 'lunch with jack': there is no amount, a number between blanks or commas; "
        b"write it like: lunch 45 with jack #clientx"
    )
    assert rows_of(alice) == []


@pytest.mark.parametrize("body", ["q=lunch+3&r={0}", "q=lunch+3&report={0}", "type=lunch&amount=3&report={0}",
                                  "type=lunch&amount=3&r={0}"])  # fmt: skip
def test_a_report_that_is_not_hers_is_refused(alice: Account, bob: Account, alice_client: OldClient, body: str) -> None:
    theirs = add_report(bob, "Berlin")

    for report in (theirs, "Berlin", 999_999_999, "nowhere"):
        response = alice_client.send(PATH, body.format(report))
        assert response.status_code == 404
        assert response.content.startswith(b"Not Found: r")
    assert rows_of(alice) == rows_of(bob) == []


@pytest.mark.parametrize("body", ["q=lunch+3&r={0}", "type=lunch&amount=3&report={0}"])
def test_a_report_that_was_handed_in_takes_no_more(alice: Account, alice_client: OldClient, body: str) -> None:
    report = add_report(alice, "Berlin")
    hand_in(alice, report)

    response = alice_client.send(PATH, body.format(report))

    assert response.status_code == 400
    assert response.content == b"Bad Request: report 'Berlin' was handed in (status S) and can't be changed"
    assert rows_of(alice) == []


@pytest.mark.parametrize("output", ["yaml", "csv", "qif", "pickle"])
def test_an_unknown_format_is_refused_before_anything_is_stored(
    alice: Account, alice_client: OldClient, output: str
) -> None:
    response = alice_client.send(f"{PATH}?format={output}", "q=lunch+3")

    assert response.status_code == 400
    assert response.content.decode() == f"Invalid output format specified '{output}'."
    assert rows_of(alice) == []


@pytest.mark.parametrize("field", ["receipt", "image", "file"])
@pytest.mark.parametrize("said", [{"q": "lunch 3"}, {"type": "lunch", "amount": "3"}])
def test_a_receipt_comes_with_it(alice: Account, alice_client: OldClient, field: str, said: dict[str, str]) -> None:
    response = alice_client.post(PATH, {**said, field: upload(pictures.jpeg(), "../photo.png")})

    (row,) = rows_of(alice)
    assert response.status_code == 200
    assert list(response.json()) == [
        "status", "receipt", "rawamount", "notes", "created", "modified", "amount", "date", "type", "id", "tags",
        "report_id",
    ]  # fmt: skip
    assert response.json()["receipt"] == {"image": row.receipt_image, "id": row.receipt_id}
    assert row.receipt_image.startswith(f"{alice.id}/")
    assert row.receipt_image.endswith(".JPG")  # its content decides, not its name


def test_two_receipts_at_once_are_refused(alice: Account, alice_client: OldClient) -> None:
    files = {"receipt": upload(pictures.jpeg()), "file": upload(pictures.png(), "two.png")}

    response = alice_client.post(PATH, {"q": "lunch 3", **files})

    assert response.status_code == 400
    assert response.content == b"Bad Request: file 'two.png': one receipt in a request is wanted"
    assert rows_of(alice) == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (PATH, b"Throttled, wait 2 seconds."),
        ("/api/expense/?format=json", b'{"status": 503, "error": "Throttled, wait 2 seconds."}'),
    ],
)
def test_where_many_receipts_wait_the_next_is_refused_until_it_comes_again(
    alice: Account, alice_client: OldClient, monkeypatch: pytest.MonkeyPatch, path: str, said: bytes
) -> None:
    monkeypatch.setattr(receipts, "_PATIENCE", 0)
    key = {"Idempotency-Key": "photo-1"}

    with receipts._DECODING:
        refused = alice_client.post(path, {"q": "lunch 3", "receipt": upload(pictures.jpeg())}, headers=key)
    assert rows_of(alice) == []
    again = alice_client.post(path, {"q": "lunch 3", "receipt": upload(pictures.jpeg())}, headers=key)

    assert (refused.status_code, refused.content, refused.headers["Retry-After"]) == (503, said, "2")
    assert again.status_code == 200
    assert [bool(row.receipt_image) for row in rows_of(alice)] == [True]


@pytest.mark.parametrize("content", [pictures.HTML, b"", pictures.jpeg_bomb()])
def test_a_receipt_that_is_none_is_refused(alice: Account, alice_client: OldClient, content: bytes) -> None:
    response = alice_client.post(PATH, {"q": "lunch 3", "receipt": upload(content)})

    assert response.status_code == 400
    assert rows_of(alice) == []


def test_a_file_under_another_name_is_ignored(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.post(PATH, {"q": "lunch 3", "attachment": upload(pictures.jpeg())})

    assert response.status_code == 200
    assert "receipt" not in response.json()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("[1]", "application/json", 400),
        ("{", "application/json", 400),
        ('{"q": {"a": 1}}', "application/json", 400),
        ('{"q": true}', "application/json", 400),
        ("q=lunch+3", "multipart/form-data", 400),
        ("q=lunch+3%00", FORM, 400),
        ("q: lunch 3", "text/yaml", 415),
        ("\x80\x02.", "application/python-pickle", 415),
    ],
)
def test_a_body_that_is_not_what_it_says(
    alice: Account, alice_client: OldClient, body: str, content_type: str, status: int
) -> None:
    response = alice_client.post(PATH, body, content_type=content_type)

    assert response.status_code == status
    assert rows_of(alice) == []


@pytest.mark.parametrize("authorization", ["", "Basic", "Token x", basic("alice@example.com", "wrong")])
def test_who_calls_is_asked_first_and_nothing_is_stored(alice: Account, authorization: str) -> None:
    response = Client().post(
        PATH, "q=lunch+3", content_type=FORM, headers={"Authorization": authorization, "Origin": "null"}
    )

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert response.content == b"Authorization Required"
    assert rows_of(alice) == []


def test_a_repeat_with_the_same_key_is_one_expense(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller
) -> None:
    first = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k1"})
    clock.shift(timedelta(hours=1))
    second = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k1"})
    other = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k2"})

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert headers_of(first) == headers_of(second)
    assert other.json()["id"] != first.json()["id"]
    assert len(rows_of(alice)) == 2


def test_a_repeated_upload_with_another_boundary_is_one_expense(alice: Account, alice_client: OldClient) -> None:
    picture = pictures.jpeg()
    bodies = [encode_multipart(edge, {"q": "lunch 3", "receipt": upload(picture)}) for edge in ("one", "two")]

    first, second = [
        alice_client.post(
            PATH, body, content_type=f"multipart/form-data; boundary={edge}", headers={"Idempotency-Key": "k"}
        )
        for body, edge in zip(bodies, ("one", "two"), strict=True)
    ]

    (row,) = rows_of(alice)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert first.json()["receipt"]["id"] == row.receipt_id


@pytest.mark.parametrize("name", ["café.jpg".encode("latin-1"), b"..", b"C:\\"])
@pytest.mark.parametrize("path", [PATH, "/api/expense/", "/api/simple/?format=json"])
def test_no_name_of_a_file_keeps_a_receipt_out(alice: Account, alice_client: OldClient, path: str, name: bytes) -> None:
    body = encode_multipart("edge", {"q": "lunch 3", "receipt": upload(pictures.jpeg(), "NAME")})

    response = alice_client.post(path, body.replace(b"NAME", name), content_type="multipart/form-data; boundary=edge")

    (row,) = rows_of(alice)
    assert response.status_code == 200
    assert row.receipt_id is not None


@pytest.mark.parametrize(("path", "body"), [("expense/", "q=lunch+4"), ("tag/", "q=lunch+3&name=cash")])
def test_a_key_that_came_with_something_else_is_refused(
    alice: Account, alice_client: OldClient, path: str, body: str
) -> None:
    alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k"})

    response = alice_client.send(f"{V1}/{path}", body, headers={"Idempotency-Key": "k"})

    assert response.status_code == 422
    assert response.content == (
        b"Unprocessable Entity: Idempotency-Key 'k': it came before with another request; a new key is wanted"
    )
    assert len(rows_of(alice)) == 1


def test_a_write_that_fails_keeps_no_key(alice: Account, alice_client: OldClient) -> None:
    failed = alice_client.send(PATH, "q=lunch", headers={"Idempotency-Key": "k"})
    mended = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k"})

    assert (failed.status_code, mended.status_code) == (400, 200)
    assert len(rows_of(alice)) == 1


def test_a_key_is_its_owners_own(alice: Account, bob: Account, alice_client: OldClient, bob_client: OldClient) -> None:
    hers = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": "k"})
    theirs = bob_client.send(PATH, "q=dinner+4", headers={"Idempotency-Key": "k"})

    assert (hers.json()["type"], theirs.json()["type"]) == ("lunch", "dinner")


@pytest.mark.parametrize("key", ["", "x" * 256, "é"])
def test_a_key_that_can_not_be_kept_is_refused(alice: Account, alice_client: OldClient, key: str) -> None:
    response = alice_client.send(PATH, "q=lunch+3", headers={"Idempotency-Key": key})

    assert response.status_code == 400
    assert rows_of(alice) == []


def test_the_timer(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    started = alice_client.send(PATH, "q=Time+start+clientx").json()
    clock.shift(timedelta(minutes=37))
    stopped = alice_client.send(PATH, "q=Time+stop").json()

    assert (started["type"], started["rawamount"], started["amount"]) == ("Time", "0.00", "0.00")
    assert (stopped["id"], stopped["rawamount"], stopped["notes"]) == (started["id"], "37.00", "clientx")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods(alice: Account, alice_client: OldClient, method: str) -> None:
    response = getattr(alice_client, method)(f"{PATH}?q=lunch+3")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert response.content == b""
    assert rows_of(alice) == []


def test_a_key_counts_with_and_without_the_slash(alice: Account, alice_client: OldClient) -> None:
    answers = [
        alice_client.send(f"{V1}/{path}", "q=lunch+3", headers={"Idempotency-Key": "k"})
        for path in ("expense", "expense/")
    ]

    assert answers[0].content == answers[1].content
    assert len(rows_of(alice)) == 1


def test_text_that_is_empty_is_the_text_that_is_missed(alice_client: OldClient) -> None:
    response = alice_client.send(PATH, "q=")

    assert response.status_code == 400
    assert b"there is no text" in response.content


def test_a_key_with_another_picture_is_refused(alice: Account, alice_client: OldClient) -> None:
    first = alice_client.post(
        PATH, {"q": "lunch 3", "receipt": upload(pictures.jpeg())}, headers={"Idempotency-Key": "k"}
    )

    second = alice_client.post(
        PATH, {"q": "lunch 3", "receipt": upload(pictures.png())}, headers={"Idempotency-Key": "k"}
    )

    assert (first.status_code, second.status_code) == (200, 422)


def test_nobody_waits_while_a_picture_is_looked_into(alice_client: OldClient, monkeypatch: pytest.MonkeyPatch) -> None:
    depths: list[int] = []

    def noted(data: bytes, **limits: int) -> Picture:
        depths.append(len(connection.savepoint_ids))
        return inspect(data, **limits)

    monkeypatch.setattr(receipts, "inspect", noted)
    outside = len(connection.savepoint_ids)

    for key in ({}, {"Idempotency-Key": "k"}):
        alice_client.post(PATH, {"q": "lunch 3", "receipt": upload(pictures.jpeg())}, headers=key)

    assert depths == [outside, outside]
