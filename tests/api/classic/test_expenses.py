import csv
import io
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseFilter, expense_rows
from reports.selectors import report_default
from tests.cast import NOON, OldClient, spend

pytestmark = pytest.mark.every_case

LISTED = ["/api/expenses/?format=json", "/api/expenses?format=json", "/api/%20expenses/?format=json"]


class Ledger(NamedTuple):
    """Alice's: two expenses beside the sample in the default report, three in the trip, one of them deleted."""

    sample: ExpenseRow
    freight: ExpenseRow
    cafe: ExpenseRow
    trip: int
    lunch: ExpenseRow
    cash: ExpenseRow
    gone: ExpenseRow


@pytest.fixture
def ledger(alice: Account) -> Ledger:
    trip = services.report_create(user_id=alice.id, name="Trip", now=NOON).id
    (sample,) = expense_rows(user_id=alice.id, matching=ExpenseFilter())
    freight = spend(alice, "Freight 500 Endicia.com #CPAP.com date 2010-08-31", now=NOON + timedelta(seconds=1))
    cafe = spend(alice, "café 3 crème #cash", now=NOON + timedelta(seconds=2))
    lunch = spend(
        alice, "lunch 45 with jack #personal #cash date 2009-08-26", now=NOON + timedelta(days=1), report_id=trip
    )
    cash = spend(alice, "Lunch 2.99 cash date 2009-08-01", now=NOON + timedelta(days=1, seconds=1), report_id=trip)
    gone = spend(alice, "lunch 7 gone date 2009-08-27", now=NOON + timedelta(days=1, seconds=2), report_id=trip)
    services.expense_delete(owner=alice, expense_id=gone.id, now=NOON + timedelta(days=1, seconds=3))
    return Ledger(sample, freight, cafe, trip, lunch, cash, gone)


def names(ledger: Ledger, response: Any) -> list[str]:
    """The rows of a JSON answer, in their order, by what the ledger calls them."""
    called = {getattr(ledger, name).id: name for name in ("sample", "freight", "cafe", "lunch", "cash", "gone")}
    return [called[row["pk"]] for row in response.json()]


def test_it_works(alice: Account, alice_client: OldClient, ledger: Ledger) -> None:
    response = alice_client.get("/api/expenses/?format=json")

    default, tag = report_default(user_id=alice.id).id, ledger.cafe.tags[0].id
    expected = (
        f'[{{"pk": {ledger.sample.id}, "model": "xpense.expense", "fields": {{"category": null, "status": 1, '
        '"rawamount": "0.00", "sourceid": "", "notes": "To modify anything (type, amount, etc) just click on it.", '
        '"created": "2026-11-20 12:00:00", "modified": "2026-11-20 12:00:00", '
        f'"report": {default}, "amount": "0.00", "user": {alice.id}, "date": "2026-11-20 12:00:00", '
        '"type": "Sample Expense", "tags": []}}, '
    )
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Vary"] == "Authorization"
    assert names(ledger, response) == ["cafe", "sample", "freight"]
    assert response.content.decode().startswith(
        f'[{{"pk": {ledger.cafe.id}, "model": "xpense.expense", "fields": {{"category": null, "status": 1, '
        '"rawamount": "3.00", "sourceid": "", "notes": "cr\\u00e8me", '
        '"created": "2026-11-20 12:00:02", "modified": "2026-11-20 12:00:02", '
        f'"report": {default}, "amount": "3.00", "user": {alice.id}, "date": "2026-11-20 12:00:02", '
        f'"type": "caf\\u00e9", "tags": [{tag}]}}}}, ' + expected[1:].replace("}}, ", "}}, ")
    )


def test_csv_is_what_is_meant_without_a_format(alice: Account, alice_client: OldClient, ledger: Ledger) -> None:
    response = alice_client.get("/api/expenses/")

    records = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [int(record["id"]) for record in records] == [ledger.cafe.id, ledger.sample.id, ledger.freight.id]
    assert records[0] == {
        "date": "2026-11-20 12:00:02",
        "type": "café",
        "amount": "3.00",
        "currency": "USD",
        "notes": "crème",
        "tags": "#cash",
        "report": "My Expenses",
        "category": "",
        "raw_amount": "3.00",
        "unit": "",
        "rate": "",
        "receipt": "",
        "status": "1",
        "id": str(ledger.cafe.id),
        "created": "2026-11-20 12:00:02",
        "modified": "2026-11-20 12:00:02",
        "report_id": str(report_default(user_id=alice.id).id),
        "sourceid": "",
    }
    assert alice_client.get("/api/expenses/?format=csv").content == response.content
    assert alice_client.get("/api/expenses/?format=").content == response.content


def test_qif(alice_client: OldClient, ledger: Ledger) -> None:
    response = alice_client.get(f"/api/expenses/?format=qif&report={ledger.trip}")

    assert response.headers["Content-Type"] == "application/qif; charset=utf-8"
    assert response.content.decode() == (
        "!Type:Cash\n"
        f"D08/26/2009\nT-45.00\nN{ledger.lunch.id}\nPlunch\nMwith jack #personal #cash\nLlunch\n^\n"
        f"D08/01/2009\nT-2.99\nN{ledger.cash.id}\nPLunch\nMcash\nLLunch\n^\n"
    )


@pytest.mark.parametrize(("output", "body"), [("json", b"[]"), ("qif", b"!Type:Cash\n")])
def test_no_rows(alice_client: OldClient, output: str, body: bytes) -> None:
    response = alice_client.get(f"/api/expenses/?format={output}&type=nothing")

    assert (response.status_code, response.content) == (200, body)


def test_newest_date_first_and_equal_dates_by_pk(alice: Account, alice_client: OldClient) -> None:
    early = [spend(alice, f"x {n} date 2010-01-01 10:00", now=NOON + timedelta(seconds=n)).id for n in (1, 2)]
    late = [spend(alice, f"x {n} date 2010-01-01 10:01", now=NOON + timedelta(seconds=n)).id for n in (3, 4)]

    response = alice_client.get("/api/expenses/?format=json&type=x")

    assert [row["pk"] for row in response.json()] == [*late, *early]


def test_the_category_of_a_type(alice: Account, alice_client: OldClient, ledger: Ledger) -> None:
    shipping = services.category_create(user_id=alice.id, name="Shipping", now=NOON)
    services.type_set(user_id=alice.id, name="freight", category_id=shipping.id, now=NOON)

    response = alice_client.get("/api/expenses/?format=json&type=freight")

    assert [row["fields"]["category"] for row in response.json()] == [shipping.id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["cafe", "sample", "freight"]),
        ("report=", ["cafe", "sample", "freight"]),
        ("report=*", ["cafe", "sample", "freight", "lunch", "cash"]),
        ("report={trip}", ["lunch", "cash"]),
        ("report=trip", ["lunch", "cash"]),
        ("report={trip}&status=all", ["gone", "lunch", "cash"]),
        ("report={trip}&status=-1", ["lunch", "cash"]),
        ("report={trip}&date_op=gt&date=01+Aug+2009", ["lunch", "cash"]),
        ("report={trip}&date_op=gt&date=02+Aug+2009", ["lunch"]),
        ("report=*&date=2009-08-26", ["lunch"]),
        ("report=*&date=2009-08-26+12:00:00", ["lunch"]),
        ("report=*&date=2009-08-26+12:00:01", []),
        ("report=*&date_op=lt&date=2010-05-21", ["lunch", "cash"]),
        ("report=*&date_op=gt&date=2010-05-21", ["cafe", "sample", "freight"]),
        ("report={trip}&type=lunch", ["lunch", "cash"]),
        ("report=*&type=CAF%C3%89", ["cafe"]),
        ("report=*&type=CAF%C9", ["cafe"]),
        ("report={trip}&notes=cash", ["cash"]),
        ("report={trip}&notes=CASH", ["cash"]),
        ("report={trip}&amount_op=gt&amount=3", ["lunch"]),
        ("report={trip}&amount_op=lt&amount=3", ["cash"]),
        ("report={trip}&amount=2.99", ["cash"]),
        ("report=*&created=2026-11-21+11:59:59&created_op=gt", ["lunch", "cash"]),
        ("report=*&created=2026-11-21+12:00:00&created_op=gte", ["lunch", "cash"]),
        ("report=*&modified=2026-11-21+12:00:00&modified_op=gt", ["cash"]),
        ("report=*&modified=2026-11-21+12:00:00&modified_op=gt&status=all", ["gone", "cash"]),
        ("report=*&modified=2026-11-21+12:00:02&modified_op=gte&status=all", ["gone"]),
        ("report=*&tags=personal", ["lunch"]),
        ("report=*&tags=personal&tags=CASH", ["cafe", "lunch"]),
        ("report=*&tags=%23cash", ["cafe", "lunch"]),
        ("report={trip}tags=personal&tags=cash", ["lunch"]),
        ("unknown=1&callback=x", ["cafe", "sample", "freight"]),
    ],
)
def test_filters(alice_client: OldClient, ledger: Ledger, query: str, expected: list[str]) -> None:
    response = alice_client.get(f"/api/expenses/?format=json&{query.format(trip=ledger.trip)}")

    assert response.status_code == 200
    assert names(ledger, response) == expected


@pytest.mark.parametrize("output", ["csv", "qif", "json"])
@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("amount=abc", 400, "Bad Request: amount 'abc': a number like 12.50 is wanted"),
        ("date=nonsense", 400, "Bad Request: date 'nonsense': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("modified=x", 400, "Bad Request: modified 'x': a date like 2009-08-26 or 2009-08-26 14:30:00 is wanted"),
        ("amount_op=contains", 400, "Bad Request: amount_op 'contains': one of lt, lte, gt, gte, exact is wanted"),
        ("date_op=year", 400, "Bad Request: date_op 'year': one of lt, lte, gt, gte, exact is wanted"),
        ("report=Nowhere", 404, "Not Found: report 'Nowhere': no report of yours has this id or name"),
    ],
)  # fmt: skip
def test_a_filter_that_cant_be_meant(alice_client: OldClient, output: str, query: str, status: int, error: str) -> None:
    response = alice_client.get(f"/api/expenses/?format={output}&{query}")

    assert response.status_code == status
    if output == "json":
        assert response.json() == {"status": status, "error": error}
    else:
        assert response.content.decode() == error
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_unknown_format(alice_client: OldClient) -> None:
    response = alice_client.get("/api/expenses/?format=xml")

    assert response.status_code == 400
    assert response.content == b"Bad Request: format 'xml': one of csv, json, qif is wanted"


@pytest.mark.parametrize("path", LISTED)
def test_every_spelling_of_the_path(alice_client: OldClient, ledger: Ledger, path: str) -> None:
    response = alice_client.get(path)

    assert names(ledger, response) == ["cafe", "sample", "freight"]


@pytest.mark.parametrize("output", ["csv", "json", "qif"])
def test_it_hides_what_is_not_his(bob_client: OldClient, ledger: Ledger, output: str) -> None:
    everything = bob_client.get(f"/api/expenses/?format={output}&report=*&status=all")
    hers = bob_client.get(f"/api/expenses/?format={output}&report={ledger.trip}")

    assert everything.content.count(b"Sample") == (2 if output == "qif" else 1)  # his own
    assert b"Freight" not in everything.content
    assert hers.status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods(alice_client: OldClient, method: str) -> None:
    response = alice_client.generic(method, "/api/expenses/")

    assert (response.status_code, response.content) == (405, b"")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_head(alice_client: OldClient, ledger: Ledger) -> None:
    response = alice_client.head("/api/expenses/?format=json")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("path", LISTED)
def test_without_credentials(db: None, path: str) -> None:
    response = Client().get(path)

    assert response.status_code == 401
    assert response.content == b"Authorization Required"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'


@pytest.mark.parametrize("output", ["csv", "json", "qif"])
@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_queries_does_not_grow(
    alice: Account,
    alice_client: OldClient,
    django_assert_num_queries: DjangoAssertNumQueries,
    output: str,
    count: int,
) -> None:
    for number in range(count):
        spend(alice, f"lunch {number} #a{number % 3} #b", now=NOON + timedelta(seconds=number))

    # 1. who is calling, 2. the expenses with all that belongs to them
    with django_assert_num_queries(2):
        response = alice_client.get(f"/api/expenses/?format={output}&report=*")

    assert response.content.count(b"lunch") >= count


def test_a_browser_may_read(alice_client: OldClient, ledger: Ledger) -> None:
    response = alice_client.get("/api/expenses/?format=json", headers={"User-Agent": "Mozilla/5.0"})

    assert names(ledger, response) == ["cafe", "sample", "freight"]
