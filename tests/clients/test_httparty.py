"""The HTTParty family (wire §5, T7 to T12, T16): credentials are sent at once, answers are taken apart by position."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.callers import said
from tests.cast import basic
from tests.clients.door import Door

pytestmark = pytest.mark.once


def tag_names(tags: list[dict[str, Any]]) -> dict[int, str]:
    """Do as the Ruby client: zip every id with every other member (wire §1.2 "Tags")."""
    members = [member for tag in tags for member in tag.items()]
    ids = [value for name, value in members if name == "id"]
    others = [value for name, value in members if name != "id"]
    return dict(zip(ids, others, strict=True))


def test_it_works(door: Door) -> None:  # T7, T8
    with door.caller() as client:
        early = client.spend("Freight, 500.00, Conf  188055\t#CPAP.com #HMSD date 08/04/2010")
        late = client.spend("Dinner 46.8 with Jim #HMSD", d="2010-08-31+10:30:26")

        rows = client.get("/api/expenses/?format=json").json
        names = tag_names(client.get("/api/v1.0/tags/?format=json").json)

    assert [list(row) for row in rows] == [["pk", "model", "fields"]] * 3
    assert [(row["pk"], row["model"]) for row in rows[1:]] == [
        (late["id"], "xpense.expense"),
        (early["id"], "xpense.expense"),
    ]
    fields = [row["fields"] for row in rows]
    assert [Decimal(row["amount"]) for row in fields] == [Decimal(0), Decimal("46.80"), Decimal("500.00")]
    assert [row["notes"].strip() for row in fields[1:]] == ["with Jim", "Conf  188055"]
    assert [datetime.fromisoformat(row["date"]) for row in fields[1:]] == [
        datetime.fromisoformat("2010-08-31 10:30:26"),
        datetime.fromisoformat(early["date"]),
    ]
    assert [[names[tag] for tag in row["tags"]] for row in fields] == [[], ["HMSD"], ["CPAP.com", "HMSD"]]


def test_a_filter_takes_a_date_without_time(door: Door) -> None:  # T9
    with door.caller() as client:
        before = client.spend("lunch 1", d="2010-05-20+23:59")
        after = client.spend("lunch 2", d="2010-05-21+00:01")

        everything = client.get("/api/v1.0/expenses/?report=*&format=json").json
        later = client.get("/api/v1.0/expenses/?report=*&format=json&date_op=gt&date=2010-05-21").json

    assert everything[:2] == [before, after]
    assert later == everything[1:]


def test_the_blank_that_the_documentation_had_is_no_part_of_the_path(door: Door) -> None:  # T10
    with door.caller() as client:
        report = client.post("/api/v1.0/report/", "name=Trip").json
        made = client.spend("lunch 45", r=report["id"])

        answer = client.get(f"/api/v1.0/%20expenses/?report={report['id']}&format=json")

    assert (answer.status, answer.json) == (200, [made])


def test_a_request_line_may_hold_the_whole_address(door: Door) -> None:  # T11
    answer = said(
        door.server,
        b"GET http://xpenser.com/api/expenses/?format=json HTTP/1.1\r\nHost: www.xpenser.com\r\n"
        b"Authorization: %b\r\nConnection: close\r\n\r\n" % basic(door.email).encode(),
        name="www.xpenser.com",
    )

    assert answer.status == 200
    assert [row["fields"]["type"] for row in answer.json] == ["Sample Expense"]


def test_a_report_is_asked_for_by_its_id(door: Door) -> None:  # T12
    with door.caller() as client:
        report = client.post("/api/v1.0/report/", "name=Trip").json

        answer = client.get(f"/api/v1.0/report/{report['id']}")

    assert (answer.status, answer.json) == (200, report)


def test_reports_are_an_array(door: Door) -> None:  # T16
    with door.caller() as client:
        answer = client.get("/api/v1.0/reports/")

    assert answer.status == 200
    assert re.fullmatch(
        rb'\[\n    \{\n        "status": "U", \n        "is_default": true, \n        "id": [0-9]+, \n'
        rb'        "name": "My Expenses"\n    \}\n\]',
        answer.body,
    )
