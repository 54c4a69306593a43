"""A report as a file, in each format."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from accounts.selectors import Account
from expenses import services
from expenses.exports.formats import FILES
from expenses.exports.from_csv import read_csv
from expenses.models import Expense
from expenses.selectors import ExpenseFilter, expense_rows
from reports.status import Status
from tests.cast import NOON, spend
from tests.web.people import at_browser
from web import exporting
from xpenser.answers import MOST_LONG_OF_ONE, PLACES, SHORT, TooManyLongAnswers

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
    "qif": "application/qif; charset=utf-8",
    "ofx": "application/x-ofx; charset=utf-8",
}


@pytest.fixture
def berlin(alice: Account, bob: Account) -> int:
    """A report that is handed in, with two expenses; Bob and another report have one each."""
    report_id = make(alice, "Berlin: é/<3")
    spend(alice, "lunch 45 café #clientx", report_id=report_id)
    spend(alice, "hotel 236 EUR at 1.0844", report_id=report_id)
    spend(bob, "lunch 1000", report_id=make(bob, "Berlin"))
    services.report_update(user_id=alice.id, report_id=report_id, status=Status.SUBMITTED, now=NOON)
    return report_id


def make(owner: Account, name: str) -> int:
    return services.report_create(user_id=owner.id, name=name, now=NOON).id


def exported(owner: Account, report_id: int, output: str) -> Any:
    return at_browser(owner).get(f"/reports/{report_id}/export.{output}")


@pytest.mark.parametrize("output", FILES)
def test_it_works(alice: Account, berlin: int, output: str) -> None:
    rows = expense_rows(user_id=alice.id, matching=ExpenseFilter(report_id=berlin))
    mark = b"\xef\xbb\xbf" if output == "csv" else b""

    response = exported(alice, berlin, output)

    assert response.status_code == 200
    assert response.headers["Content-Type"] == TYPES[output]
    assert response.headers["Content-Disposition"] == (f"attachment; filename*=utf-8''Berlin-%20%C3%A9--3.{output}")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.content == mark + b"".join(FILES[output].export(rows, currency="USD"))


def test_each_is_read(alice: Account, berlin: int) -> None:
    amounts = [45_000, 255_920]

    assert [row.amount for row in read_csv(exported(alice, berlin, "csv").content)] == amounts
    assert [row["amount"] for row in json.loads(exported(alice, berlin, "json").content)] == ["45.00", "255.92"]
    tree = ElementTree.fromstring(exported(alice, berlin, "xml").content)
    assert [element.text for element in tree.iter("amount")] == ["45.00", "255.92"]
    assert exported(alice, berlin, "qif").content.decode().splitlines()[2] == "T-45.00"


def test_an_empty_one(alice: Account) -> None:
    content = exported(alice, make(alice, "Empty"), "csv").content.decode("utf-8-sig")

    assert [len(line) for line in csv.reader(io.StringIO(content))] == [18]


MANY = 5000
"""More than come from PostgreSQL at once: where the answer is refused, it is still at the question."""


@contextmanager
def all_places_taken(owner: Account) -> Iterator[None]:
    for _ in range(MOST_LONG_OF_ONE):
        PLACES.take(owner.id)
    try:
        yield
    finally:
        for _ in range(MOST_LONG_OF_ONE):
            PLACES.give_back(owner.id)


@pytest.fixture
def long(alice: Account) -> int:
    """A report with more than an answer may hold that counts as short."""
    report_id = make(alice, "Long")
    notes = "x" * (2 * SHORT // MANY)
    fields: services.ExpenseFields = {"type": "Lunch", "amount": Decimal(4), "notes": notes, "report_id": report_id}
    row = services.expense_create(owner=alice, fields=fields, now=NOON)
    expense = Expense.objects.get(pk=row.id)
    expense.pk = None
    Expense.objects.bulk_create(copy(expense) for _ in range(MANY))
    return report_id


def test_a_long_one_waits_its_turn(alice: Account, long: int) -> None:
    with all_places_taken(alice):
        busy = exported(alice, long, "csv")
    sent = exported(alice, long, "csv")

    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "2"
    assert "As many files as may be are on their way. Try again in 2 seconds." in busy.content.decode()
    assert sent.status_code == 200
    assert len(b"".join(sent.streaming_content)) == int(sent.headers["Content-Length"]) > SHORT


def test_of_one_that_is_refused_no_more_rows_are_asked_for(alice: Account, long: int) -> None:
    rows = expense_rows(user_id=alice.id, matching=ExpenseFilter(report_id=long))

    with all_places_taken(alice), pytest.raises(TooManyLongAnswers):
        exporting.exported(alice, rows, name="Long", output="csv")

    assert next(rows, None) is None


@pytest.mark.parametrize("output", FILES)
def test_a_stranger_finds_nothing(bob: Account, berlin: int, output: str) -> None:
    assert exported(bob, berlin, output).status_code == 404


def test_a_head_and_other_methods(alice: Account, berlin: int) -> None:
    client, path = at_browser(alice), f"/reports/{berlin}/export.csv"

    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405
