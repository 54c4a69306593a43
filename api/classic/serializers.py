"""Between the wire of the classic API and the ledger (wire §1.1): rows of Django's serializer, and small envelopes.

Members stand in the order in which the old server wrote them.
"""

from typing import NotRequired, TypedDict

from expenses.exports.row import ExpenseRow
from expenses.money import two_decimals


class DataWire(TypedDict):
    date: str
    report: int
    amount: str
    type: str
    notes: str


class EnvelopeWire(TypedDict):
    status: int
    data: DataWire
    id: NotRequired[int]


class FieldsWire(TypedDict):
    category: int | None
    status: int
    rawamount: str
    sourceid: str
    notes: str
    created: str
    modified: str
    report: int
    amount: str
    user: int
    date: str
    type: str
    tags: list[int]


class RowWire(TypedDict):
    pk: int
    model: str
    fields: FieldsWire


def envelope(row: ExpenseRow, *, with_id: bool) -> EnvelopeWire:
    """Return the answer about one expense; an answer to a change names the expense too."""
    data: DataWire = {
        "date": row.date,
        "report": row.report_id,
        "amount": two_decimals(row.amount),
        "type": row.type,
        "notes": row.notes,
    }
    return {"status": 200, "data": data, "id": row.id} if with_id else {"status": 200, "data": data}


def row_to_wire(row: ExpenseRow) -> RowWire:
    return {
        "pk": row.id,
        "model": "xpense.expense",
        "fields": {
            "category": row.category_id,
            "status": row.status,
            "rawamount": two_decimals(row.raw_amount),
            "sourceid": row.sourceid,
            "notes": row.notes,
            "created": row.created,
            "modified": row.modified,
            "report": row.report_id,
            "amount": two_decimals(row.amount),
            "user": row.user_id,
            "date": row.date,
            "type": row.type,
            "tags": [tag.id for tag in row.tags],
        },
    }
