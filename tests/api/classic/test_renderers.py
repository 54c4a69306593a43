import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.classic.renderers import UNREAD, as_json, expenses_as_json
from api.classic.serializers import row_to_wire
from expenses.exports.row import ExpenseRow, TagRow
from tests.expenses.exports import unread

pytestmark = pytest.mark.once

ROW = ExpenseRow(
    id=622012, status=1, user_id=14, report_id=54, report="Trip", type="Freight", category_id=36675, category="Post",
    amount=500_000, raw_amount=500_000, unit="", rate="", notes="Endicia.com\tConf  188055", sourceid="SP-14-x",
    date="2010-08-31 10:30:26", created="2010-08-31 08:30:26", modified="2010-08-31 08:30:27",
    receipt_id=None, receipt_image="", tags=(TagRow(5, "CPAP.com"), TagRow(6, "cash")),
)  # fmt: skip
WIRE = (
    '{"pk": 622012, "model": "xpense.expense", "fields": {"category": 36675, "status": 1, "rawamount": "500.00", '
    '"sourceid": "SP-14-x", "notes": "Endicia.com\\tConf  188055", "created": "2010-08-31 08:30:26", '
    '"modified": "2010-08-31 08:30:27", "report": 54, "amount": "500.00", "user": 14, '
    '"date": "2010-08-31 10:30:26", "type": "Freight", "tags": [5, 6]}}'
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))  # the ledger keeps no half surrogate pairs
NUMBER = st.integers(0, 2**63 - 1)
AMOUNT = st.integers(-(10**18) + 1, 10**18 - 1)
MOMENT = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%d %H:%M:%S}")
ROWS = st.builds(
    ExpenseRow,
    id=NUMBER, status=st.sampled_from([1, -1]), user_id=NUMBER, report_id=NUMBER, report=TEXT, type=TEXT,
    category_id=st.none() | NUMBER, category=TEXT, amount=AMOUNT, raw_amount=AMOUNT, unit=TEXT, rate=TEXT, notes=TEXT,
    sourceid=TEXT, date=MOMENT, created=MOMENT, modified=MOMENT, receipt_id=st.none() | NUMBER, receipt_image=TEXT,
    tags=st.lists(st.builds(TagRow, NUMBER, TEXT), max_size=4).map(tuple),
)  # fmt: skip


def test_it_works() -> None:
    assert b"".join(expenses_as_json([ROW, ROW], currency="USD")).decode() == f"[{WIRE}, {WIRE}]"


def test_no_rows() -> None:
    assert b"".join(expenses_as_json([], currency="USD")) == b"[]"


@given(st.lists(ROWS, max_size=4))
def test_it_is_what_the_plain_way_would_give(rows: list[ExpenseRow]) -> None:
    body = b"".join(expenses_as_json(rows, currency="USD"))

    assert body == as_json([row_to_wire(row) for row in rows])


@pytest.mark.parametrize("count", [499, 500, 501, 1000, 1001])
def test_many_rows(count: int) -> None:
    rows = [ROW._replace(id=number) for number in range(count)]

    body = b"".join(expenses_as_json(rows, currency="USD"))

    assert [row["pk"] for row in json.loads(body)] == list(range(count))


def test_rows_are_taken_as_they_are_sent() -> None:
    taken = []

    def rows() -> Iterator[ExpenseRow]:
        for number in range(2000):
            taken.append(number)
            yield ROW

    next(iter(expenses_as_json(rows(), currency="USD")))

    assert len(taken) == 500


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"status": 200, "id": 1}, b'{"status": 200, "id": 1}'),
        ({"notes": "café 🚕 \x7f\u2028"}, rb'{"notes": "caf\u00e9 \ud83d\ude95 \u007f\u2028"}'),
        ([], b"[]"),
        (None, b"null"),
    ],
)
def test_one_value(value: object, text: bytes) -> None:
    assert as_json(value) == text


def test_what_is_left_unread_is_not_looked_at() -> None:
    row = unread(ROW._replace(receipt_id=5, receipt_image="14/5c.PDF"), UNREAD)

    assert b"".join(expenses_as_json([row], currency="USD")).decode() == f"[{WIRE}]"
