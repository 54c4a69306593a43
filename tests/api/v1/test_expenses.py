import re
from datetime import timedelta

import pytest
from pytest_django import Settings

from accounts.selectors import Account
from expenses import services
from expenses.receipts import receipt_read
from tests.api.v1 import V1, add_report, add_tag, at, default_of, queries_of, record, rows_of
from tests.cast import NOON, OldClient, open_account, spend
from tests.expenses import pictures

pytestmark = pytest.mark.every_case

ALL = f"{V1}/expenses/?report=*"


@pytest.fixture
def labels(alice: Account) -> dict[int, str]:
    """Five expenses, an hour and half a second between each two: the sample S of every new ledger, and A to D."""
    entries = [
        ("A", "lunch 4 with jack #Personal", at("2009-08-25 23:59:59")),
        ("B", "Lunch 25 cash #cash", at("2009-08-26 00:00:00")),
        ("C", "Travel: Lunch 25.01 Cash", at("2009-08-26 23:59:59")),
        ("D", "dinner 119.61 #work #CASH", at("2009-08-27 00:00:00")),
    ]
    labels = {}
    for hours, (label, text, day) in enumerate(entries, start=1):
        row = spend(alice, text, now=NOON + timedelta(hours=hours, milliseconds=500), day=day)
        labels[row.id] = label
    return labels


def found(client: OldClient, query: str, labels: dict[int, str]) -> str:
    """Return the labels of what a list holds, in its order."""
    response = client.get(f"{V1}/expenses/?{query}")
    assert response.status_code == 200
    return "".join(labels.get(wire["id"], "S") for wire in response.json())


def test_it_works(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    first = spend(alice, "café, 18.4 pier #cash #clientx", report_id=report, day=at("2009-10-02 05:14:00"))
    services.expense_update(
        owner=alice, expense_id=first.id, fields={}, now=NOON, picture=receipt_read(pictures.jpeg())
    )
    second = spend(alice, 'Travel: Lunch 4 "quoted"', report_id=report, day=at("2009-10-03"))
    (stored, _) = rows_of(alice)

    response = alice_client.get(f"{V1}/expenses/?report={report}&format=json")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert re.fullmatch(rf"{alice.id}/[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}\.JPG", stored.receipt_image)
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        '        "status": 1, \n'
        '        "receipt": {\n'
        f'            "image": "{stored.receipt_image}", \n'
        f'            "id": {stored.receipt_id}\n'
        "        }, \n"
        '        "rawamount": "18.40", \n'
        '        "notes": "pier", \n'
        '        "created": "2026-11-20 12:00:00", \n'
        '        "modified": "2026-11-20 12:00:00", \n'
        '        "amount": "18.40", \n'
        '        "date": "2009-10-02 05:14:00", \n'
        '        "type": "café", \n'
        f'        "id": {first.id}, \n'
        '        "tags": [\n'
        "            {\n"
        '                "name": "cash", \n'
        f'                "id": {first.tags[0].id}\n'
        "            }, \n"
        "            {\n"
        '                "name": "clientx", \n'
        f'                "id": {first.tags[1].id}\n'
        "            }\n"
        "        ], \n"
        f'        "report_id": {report}\n'
        "    }, \n"
        "    {\n"
        '        "status": 1, \n'
        '        "rawamount": "4.00", \n'
        '        "notes": "\\"quoted\\"", \n'
        '        "created": "2026-11-20 12:00:00", \n'
        '        "modified": "2026-11-20 12:00:00", \n'
        '        "amount": "4.00", \n'
        '        "date": "2009-10-03 00:00:00", \n'
        '        "type": "Travel: Lunch", \n'
        f'        "id": {second.id}, \n'
        '        "tags": [], \n'
        f'        "report_id": {report}\n'
        "    }\n"
        "]"
    )


def test_it_works_in_xml(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    first = spend(alice, "café 18.4 fish & <chips> #cash", report_id=report, day=at("2009-10-02 05:14:00"))
    services.expense_update(owner=alice, expense_id=first.id, fields={}, now=NOON, picture=receipt_read(pictures.png()))
    second = spend(alice, "lunch 4", report_id=report, day=at("2009-10-03"))
    (stored, _) = rows_of(alice)

    response = alice_client.get(f"{V1}/expenses/?report={report}&format=xml")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><resource><status>1</status><receipt><image>{stored.receipt_image}</image>"
        f"<id>{stored.receipt_id}</id></receipt><rawamount>18.40</rawamount>"
        "<notes>fish &amp; &lt;chips&gt;</notes><created>2026-11-20 12:00:00</created>"
        "<modified>2026-11-20 12:00:00</modified><amount>18.40</amount><date>2009-10-02 05:14:00</date>"
        f"<type>café</type><id>{first.id}</id>"
        f"<tags><resource><name>cash</name><id>{first.tags[0].id}</id></resource></tags>"
        f"<report_id>{report}</report_id></resource>"
        "<resource><status>1</status><rawamount>4.00</rawamount><notes></notes>"
        "<created>2026-11-20 12:00:00</created><modified>2026-11-20 12:00:00</modified><amount>4.00</amount>"
        f"<date>2009-10-03 00:00:00</date><type>lunch</type><id>{second.id}</id><tags></tags>"
        f"<report_id>{report}</report_id></resource></response>"
    )


def test_it_works_in_csv(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    row = spend(alice, "lunch 4 =1+1 #cash", report_id=report, day=at("2009-10-03"))

    response = alice_client.get(f"{V1}/expenses/?report={report}&format=csv")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode() == (
        "date,type,amount,currency,notes,tags,report,category,raw_amount,unit,rate,receipt,status,id,created,modified,"
        "report_id,sourceid\r\n"
        f"2009-10-03 00:00:00,lunch,4.00,USD,'=1+1,#cash,Berlin,,4.00,,,,1,{row.id},"
        f"2026-11-20 12:00:00,2026-11-20 12:00:00,{report},\r\n"
    )


def test_it_works_in_qif(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    row = spend(alice, "lunch 4 with jack", report_id=report, day=at("2009-10-03"))

    response = alice_client.get(f"{V1}/expenses/?report={report}&format=qif")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/qif; charset=utf-8"
    assert response.content.decode() == (f"!Type:Cash\nD10/03/2009\nT-4.00\nN{row.id}\nPlunch\nMwith jack\nLlunch\n^\n")


@pytest.mark.parametrize(
    ("output", "body"),
    [("json", b"[]"), ("xml", b'<?xml version="1.0" encoding="utf-8"?>\n<response></response>')],
)
def test_an_empty_list(alice: Account, alice_client: OldClient, output: str, body: bytes) -> None:
    report = add_report(alice, "Berlin")

    response = alice_client.get(f"{V1}/expenses/?report={report}&format={output}")

    assert response.status_code == 200
    assert response.content == body


def test_without_a_report_it_is_the_default_one(alice: Account, alice_client: OldClient) -> None:
    here = spend(alice, "lunch 4", day=at("2030-01-01"))
    spend(alice, "dinner 5", report_id=add_report(alice, "Berlin"))

    response = alice_client.get(f"{V1}/expenses/")

    assert [wire["type"] for wire in response.json()] == ["Sample Expense", "lunch"]
    assert response.json()[1]["id"] == here.id


def test_the_sample_expense_of_a_new_account(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get(f"{V1}/expenses/")

    (wire,) = response.json()
    assert wire == {
        "status": 1,
        "rawamount": "0.00",
        "notes": "To modify anything (type, amount, etc) just click on it.",
        "created": "2026-11-20 12:00:00",
        "modified": "2026-11-20 12:00:00",
        "amount": "0.00",
        "date": "2026-11-20 12:00:00",
        "type": "Sample Expense",
        "id": wire["id"],
        "tags": [],
        "report_id": default_of(alice),
    }


@pytest.mark.parametrize(
    "path",
    [
        "expenses",
        "expenses?",
        "expenses/",
        "expenses/?",
        "expenses/?format=json",
        "%20expenses/?report=*",  # the documentation had a blank there (wire §8 row 13)
        "%20%20expenses",
        "expenses/?report=*&callback=evil",  # JSONP was never documented (wire §1.4)
        "expenses/?report=&type=&notes=&amount=&amount_op=&date=&date_op=&created=&modified=&tags=&status=&format=",
        "expenses/?status=1",
        "expenses/?status=deleted",
        "expenses/?colour=blue",
    ],
)
def test_every_spelling_of_the_path(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.get(f"{V1}/{path}", headers={"Accept": "text/html"})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert [wire["type"] for wire in response.json()] == ["Sample Expense"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("report=*", "ABCDS"),
        ("report=*&type=LUNCH", "AB"),
        ("report=*&type=lunch&amount=4&amount_op=gt", "B"),
        ("report=*&type=nothing", ""),
        ("report=*&notes=CASH", "BC"),
        ("report=*&notes=jack", ""),
        ("report=*&amount=25", "B"),
        ("report=*&amount=25.00", "B"),
        ("report=*&amount=%2B25.", "B"),
        ("report=*&amount=25&amount_op=", "B"),
        ("report=*&amount=25&amount_op=exact", "B"),
        ("report=*&amount=25&amount_op=eq", "B"),
        ("report=*&amount=25&amount_op=gt", "CD"),
        ("report=*&amount=25&amount_op=gte", "BCD"),
        ("report=*&amount=25&amount_op=lt", "AS"),
        ("report=*&amount=25&amount_op=lte", "ABS"),
        ("report=*&amount=25.0001", ""),
        ("report=*&amount=25.0001&amount_op=gt", "CD"),
        ("report=*&amount=25.0001&amount_op=gte", "CD"),
        ("report=*&amount=25.0001&amount_op=lt", "ABS"),
        ("report=*&amount=25.0001&amount_op=lte", "ABS"),
        ("report=*&amount_op=gt", "ABCDS"),
        (f"report=*&amount={'9' * 40}", ""),
        (f"report=*&amount={'9' * 40}&amount_op=gt", ""),
        (f"report=*&amount={'9' * 40}&amount_op=lt", "ABCDS"),
        (f"report=*&amount=-{'9' * 40}&amount_op=lt", ""),
        (f"report=*&amount=-{'9' * 40}&amount_op=gt", "ABCDS"),
        ("report=*&date=2009-08-26", "BC"),
        ("report=*&date=2009-08-26&date_op=exact", "BC"),
        ("report=*&date=26+Aug+2009", "BC"),
        ("report=*&date=08/26/2009", "BC"),
        ("report=*&date=2009-08-26+00:00:00", "B"),
        ("report=*&date=2009-08-26+00:00", "B"),
        ("report=*&date=2009-08-26T00:00:00", "B"),
        ("report=*&date=2009-08-26%2000:00:00", "B"),
        ("report=*&date=2009-08-26+12:00:00", ""),
        ("report=*&date_op=gt&date=2009-08-26", "CDS"),
        ("report=*&date_op=gte&date=2009-08-26", "BCDS"),
        ("report=*&date_op=lt&date=2009-08-26", "A"),
        ("report=*&date_op=lte&date=2009-08-26", "AB"),
        ("report=*&date_op=gt&date=2009-08-26+23:59:59", "DS"),
        ("report=*&date_op=lte&date=2009-08-26+23:59:59", "ABC"),
        ("report=*&date_op=gt&date=0001-01-01", "ABCDS"),
        ("report=*&date_op=gt&date=9999-12-31", ""),
        ("report=*&tags=personal", "A"),
        ("report=*&tags=PERSONAL", "A"),
        ("report=*&tags=%23personal", "A"),
        ("report=*&tags=personal&tags=cash", "ABD"),
        ("report=*&tags=work&tags=cash", "BD"),
        ("report=*&tags=personal+cash", ""),
        ("report=*&tags=nobodys", ""),
        ("report=*&tags=nobodys&tags=work", "D"),
        ("report=*&tags=1", ""),
        ("report=*&tags=999999999999999999999", ""),
        ("report=*&tags=cash&type=dinner&amount=100&amount_op=gt&date=2009-08-27", "D"),
    ],
)
def test_filters(alice_client: OldClient, labels: dict[int, str], query: str, expected: str) -> None:
    assert found(alice_client, query, labels) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("format=json", "ABCDS"),
        ("report={0}&format=json", "ABCDS"),
        ("report=*&format=json", "ABCDS"),
        ("report=*&date_op=gt&date=2009-08-26+00:00:00", "CDS"),
        ("report={0}&type=lunch&format=json", "AB"),
        ("report={0}&type=lunch&amount=25&amount_op=gt&format=json", ""),
        ("report={0}&type=lunch&amount=3&amount_op=gt&format=json", "AB"),
        ("report=*&modified=2009-08-26+00:00:00&modified_op=gt&format=json", "ABCDS"),
        ("report=*&modified=2009-08-26+00:00:00&modified_op=gt&format=json&status=all", "ABCDS"),
        ("report={0}tags=personal&tags=cash", "ABD"),
    ],
)
def test_the_documents_samples(
    alice: Account, alice_client: OldClient, labels: dict[int, str], query: str, expected: str
) -> None:
    """Samples 12 and 14; 13 is among the spellings of the path."""
    assert found(alice_client, query.format(default_of(alice)), labels) == expected


def test_a_tag_is_one_name_though_a_blank_be_in_it(
    alice: Account, alice_client: OldClient, labels: dict[int, str]
) -> None:
    cash = next(tag.id for row in rows_of(alice) for tag in row.tags if tag.name == "cash")
    alice_client.send(f"{V1}/tag/{cash}", "name=personal+cash")

    assert found(alice_client, "report=*&tags=Personal+Cash", labels) == "BD"
    assert found(alice_client, "report=*&tags=cash", labels) == ""


@pytest.mark.parametrize("name", ["created", "modified"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # What a client saw last was printed without its half second: it gets the row again, and misses none.
        ("{0}=2026-11-20+14:00:00&{0}_op=gt", "BCD"),
        ("{0}=2026-11-20+14:00:01&{0}_op=gt", "CD"),
        ("{0}=2026-11-20+14:00:00&{0}_op=gte", "BCD"),
        ("{0}=2026-11-20+14:00:00&{0}_op=lt", "AS"),
        ("{0}=2026-11-20+14:00:00&{0}_op=lte", "ABS"),
        ("{0}=2026-11-20+14:00:00&{0}_op=exact", "B"),
        ("{0}=2026-11-20+14:00:00", "B"),
        ("{0}=2026-11-20+14:00", "B"),
        ("{0}=2026-11-20", "ABCDS"),
        ("{0}=20+Nov+2026", "ABCDS"),
        ("{0}=2026-11-19", ""),
        ("{0}=2026-11-20&{0}_op=gt", "ABCDS"),
        ("{0}=2026-11-20&{0}_op=lte", ""),
        ("{0}=2026-11-21&{0}_op=lt", "ABCDS"),
        ("{0}=0001-01-01&{0}_op=gt", "ABCDS"),
        ("{0}=9999-12-31+23:59:59&{0}_op=lte", "ABCDS"),
    ],
)
def test_filters_by_instant(
    alice_client: OldClient, labels: dict[int, str], name: str, query: str, expected: str
) -> None:
    assert found(alice_client, f"report=*&{query.format(name)}", labels) == expected


def test_instants_are_printed_and_compared_in_the_servers_zone(
    alice_client: OldClient, labels: dict[int, str], settings: Settings
) -> None:
    settings.SERVER_OFFSET_SECONDS = -8 * 3600

    response = alice_client.get(f"{ALL}&created=2026-11-20+06:00:00")

    (wire,) = response.json()
    assert labels[wire["id"]] == "B"
    assert (wire["created"], wire["modified"]) == ("2026-11-20 06:00:00", "2026-11-20 06:00:00")
    assert wire["date"] == "2009-08-26 00:00:00"


def test_tags_by_id(alice: Account, alice_client: OldClient, labels: dict[int, str]) -> None:
    personal, work = add_tag(alice, "personal"), add_tag(alice, "work")

    assert found(alice_client, f"report=*&tags={work}", labels) == "D"
    assert found(alice_client, f"report=*&tags={work}&tags={personal}", labels) == "AD"
    assert found(alice_client, f"report=*&tags={work}&tags=cash", labels) == "BD"


def test_a_strangers_tag_id_finds_nothing(bob: Account, alice_client: OldClient, labels: dict[int, str]) -> None:
    theirs = spend(bob, "lunch 4 #cash").tags[0].id

    assert found(alice_client, f"report=*&tags={theirs}", labels) == ""


@pytest.mark.parametrize("lost", ["{0}tags=personal&tags=cash", "{0}tags=%23PERSONAL&tags=cash"])
def test_the_documents_lost_ampersand(
    alice: Account, alice_client: OldClient, labels: dict[int, str], lost: str
) -> None:
    query = lost.format(f"report={default_of(alice)}")

    assert found(alice_client, query, labels) == "ABD"


def test_the_documents_lost_ampersand_keeps_to_its_report(
    alice: Account, alice_client: OldClient, labels: dict[int, str]
) -> None:
    query = f"report={add_report(alice, 'Berlin')}tags=personal"

    assert found(alice_client, query, labels) == ""


def test_reports(alice: Account, alice_client: OldClient, labels: dict[int, str]) -> None:
    berlin = add_report(alice, "Berlin Trip")
    labels[spend(alice, "lunch 4", report_id=berlin).id] = "E"

    assert found(alice_client, f"report={berlin}", labels) == "E"
    assert found(alice_client, "report=berlin+TRIP", labels) == "E"
    assert found(alice_client, f"report={default_of(alice)}", labels) == "ABCDS"
    assert found(alice_client, "", labels) == "ABCDS"
    assert found(alice_client, "report=*&type=lunch&date_op=gt&date=2009-08-26", labels) == "E"


def test_order_is_by_date_and_then_by_id(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    days = [at("2009-08-27"), at("2009-08-26"), at("2009-08-27"), at("2009-08-26")]
    ids = [spend(alice, "lunch 4", report_id=report, day=day).id for day in days]

    response = alice_client.get(f"{V1}/expenses/?report={report}")

    assert [wire["id"] for wire in response.json()] == [ids[1], ids[3], ids[0], ids[2]]


def test_deleted_ones_show_only_where_they_are_asked_for(
    alice: Account, alice_client: OldClient, labels: dict[int, str]
) -> None:
    deleted = next(expense_id for expense_id, label in labels.items() if label == "C")
    services.expense_delete(owner=alice, expense_id=deleted, now=NOON + timedelta(days=1))

    everything = alice_client.get(f"{ALL}&status=all").json()

    assert found(alice_client, "report=*", labels) == "ABDS"
    assert found(alice_client, "report=*&status=-1", labels) == "ABDS"
    assert [(labels.get(wire["id"], "S"), wire["status"]) for wire in everything] == [
        ("A", 1), ("B", 1), ("C", -1), ("D", 1), ("S", 1),
    ]  # fmt: skip
    assert found(alice_client, "report=*&modified=2026-11-21+00:00:00&modified_op=gt&status=all", labels) == "C"


def test_amounts_have_two_decimals_whatever_the_currency_has(db: None) -> None:
    for code, amount in [("JPY", "1500"), ("KWD", "1.235"), ("KWD", "-1.235"), ("USD", "99999999999999.99")]:
        owner = open_account(f"{code}{amount}@example.com", currency=code)
        record(owner, amount)
    shown = {
        "JPY1500": "1500.00",
        "KWD1.235": "1.24",
        "KWD-1.235": "-1.24",
        "USD99999999999999.99": "99999999999999.99",
    }

    for name, text in shown.items():
        wire = OldClient(f"{name}@example.com").get(f"{V1}/expenses/?type=lunch").json()[0]
        assert (wire["amount"], wire["rawamount"]) == (text, text)


def test_a_rated_type_shows_what_was_typed(alice: Account, alice_client: OldClient) -> None:
    spend(alice, "mileage 100", day=at("2009-03-01"))

    (wire,) = alice_client.get(f"{V1}/expenses/?type=mileage").json()

    assert (wire["rawamount"], wire["amount"]) == ("100.00", "55.00")


@pytest.mark.parametrize("output", ["json", "xml", "csv", "qif"])
def test_its_queries_do_not_grow_with_the_list(alice: Account, alice_client: OldClient, output: str) -> None:
    path = f"{V1}/expenses/?format={output}&tags=cash&tags=work"
    spend(alice, "lunch 4 #cash")
    few = queries_of(alice_client, path)
    for _ in range(20):
        row = spend(alice, "lunch 4 with jack #cash #work #clientx")
    services.expense_update(owner=alice, expense_id=row.id, fields={}, now=NOON, picture=receipt_read(pictures.pdf()))

    many = queries_of(alice_client, path)

    assert few == many == 3  # who calls, which report is his default, the rows


@pytest.mark.parametrize("output", ["json", "xml", "csv", "qif"])
def test_long_answers_are_whole_and_only_two_at_once(alice: Account, alice_client: OldClient, output: str) -> None:
    path = f"{V1}/expenses/?type=lunch&format={output}"
    for _ in range(60):
        record(alice, "3", notes="x" * 20_000)

    unread = [alice_client.get(path) for _ in range(2)]
    refused = alice_client.get(path)
    content, same = [response.getvalue() for response in unread]
    again = alice_client.get(path).getvalue()

    assert [response.status_code for response in unread] == [200, 200]
    assert int(unread[0].headers["Content-Length"]) == len(content) > 60 * 20_000
    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "2"
    assert refused.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert refused.content == b"Throttled, wait 2 seconds."
    # Not compared in one line: pytest would print a megabyte of difference.
    is_whole = content == same == again
    assert is_whole


def test_it_hides_what_is_not_hers(alice: Account, bob: Account, alice_client: OldClient) -> None:
    theirs = add_report(bob, "Berlin")
    spend(bob, "lunch 4", report_id=theirs)

    assert [wire["type"] for wire in alice_client.get(ALL).json()] == ["Sample Expense"]
    for report in (str(theirs), f"{theirs}tags=personal", "Berlin"):
        response = alice_client.get(f"{V1}/expenses/?report={report}")
        assert response.status_code == 404


@pytest.mark.parametrize("report", ["999999999", "999999999999999999999999", "-1", "nowhere", "54 55", "**"])
def test_an_unknown_report_is_not_the_default_one(alice_client: OldClient, report: str) -> None:
    response = alice_client.get(f"{V1}/expenses/", {"report": report})

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"Not Found: report {report!r}: no report of yours has this id or name"


@pytest.mark.parametrize("name", ["amount", "date", "created", "modified"])
@pytest.mark.parametrize("operator", ["contains", "GT", "ne", "in", "gt,lt", "regex"])
def test_an_unknown_operator_is_refused(alice_client: OldClient, name: str, operator: str) -> None:
    response = alice_client.get(f"{ALL}&{name}_op={operator}")

    assert response.status_code == 400
    assert response.content.decode() == (
        f"Bad Request: {name}_op {operator!r}: one of lt, lte, gt, gte, exact is wanted"
    )


@pytest.mark.parametrize("amount", ["abc", "NaN", "Infinity", "1e400", "1,50", "$5", ".", "-", "٣", f"{'9' * 41}"])
def test_an_amount_that_is_none_is_refused(alice_client: OldClient, amount: str) -> None:
    response = alice_client.get(f"{V1}/expenses/", {"amount": amount})

    assert response.status_code == 400
    assert response.content.decode() == f"Bad Request: amount {amount!r}: a number like 12.50 is wanted"


@pytest.mark.parametrize("name", ["date", "created", "modified"])
@pytest.mark.parametrize("day", ["tomorrow", "2009-02-30", "0000-01-01", "99999-01-01", "2009-08-26 25:00:00", "1/2"])
def test_a_date_that_is_none_is_refused(alice_client: OldClient, name: str, day: str) -> None:
    response = alice_client.get(f"{V1}/expenses/", {name: day})

    assert response.status_code == 400
    assert response.content.decode() == (
        f"Bad Request: {name} {day!r}: a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"
    )


@pytest.mark.parametrize("output", ["yaml", "pickle", "django", "JSON", "html"])
def test_an_unknown_format_is_refused(alice_client: OldClient, output: str) -> None:
    response = alice_client.get(f"{V1}/expenses/?format={output}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"Invalid output format specified '{output}'."


def test_an_unknown_format_is_shown_escaped_and_cut(alice_client: OldClient) -> None:
    response = alice_client.get(f"{V1}/expenses/", {"format": "<script>" + "x" * 100})

    assert response.status_code == 400
    assert response.content.decode() == f"Invalid output format specified '&lt;script&gt;{'x' * 52}'."


def test_a_stranger_is_asked_who_he_is(alice: Account) -> None:
    response = OldClient(alice.email, Authorization="").get(f"{V1}/expenses/?format=yaml")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert response.content == b"Authorization Required"
