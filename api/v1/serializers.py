"""Between the wire of v1.0 and the ledger. Objects are closed: no member beyond these (WIRE.md "Closed objects").

Members stand in the order in which the old server wrote them.
"""

from typing import NotRequired, TypedDict

from accounts.selectors import Account
from expenses.exports.row import ExpenseRow, TagRow
from expenses.money import two_decimals
from expenses.selectors import CategoryRow, ReceiptRow
from reports.selectors import ReportRow


class ReceiptWire(TypedDict):
    image: str
    id: int


class NamedWire(TypedDict):
    name: str
    id: int


class ExpenseWire(TypedDict):
    status: int
    receipt: NotRequired[ReceiptWire]
    rawamount: str
    notes: str
    created: str
    modified: str
    amount: str
    date: str
    type: str
    id: int
    tags: list[NamedWire]
    report_id: int


class ReportWire(TypedDict):
    status: str
    is_default: NotRequired[bool]
    id: int
    name: str


class UserWire(TypedDict):
    id: int
    email: str


class PersonWire(TypedDict):
    first_name: str
    last_name: str
    user_id: int
    level: int
    type: str
    id: int
    role: str
    deptname: str
    email: str


def expense_to_wire(row: ExpenseRow) -> ExpenseWire:
    wire: ExpenseWire = {
        "status": row.status,
        "rawamount": two_decimals(row.raw_amount),
        "notes": row.notes,
        "created": row.created,
        "modified": row.modified,
        "amount": two_decimals(row.amount),
        "date": row.date,
        "type": row.type,
        "id": row.id,
        "tags": [named_to_wire(tag) for tag in row.tags],
        "report_id": row.report_id,
    }
    if row.receipt_id is None:
        return wire
    receipt: ReceiptWire = {"image": row.receipt_image, "id": row.receipt_id}
    # An old client takes the last <id> it meets for the expense's, so the receipt's must come first (T14).
    return {"status": wire["status"], "receipt": receipt, **wire}


def named_to_wire(row: TagRow | CategoryRow) -> NamedWire:
    return {"name": row.name, "id": row.id}


def receipt_to_wire(row: ReceiptRow) -> ReceiptWire:
    return {"image": row.image, "id": row.id}


def report_to_wire(row: ReportRow) -> ReportWire:
    """Return a report; ``is_default`` is there only where it is true: any text in it is true to an old client."""
    if row.is_default:
        return {"status": row.status, "is_default": True, "id": row.id, "name": row.name}
    return {"status": row.status, "id": row.id, "name": row.name}


def user_to_wire(account: Account) -> UserWire:
    return {"id": account.id, "email": account.email}


def person_to_wire(account: Account) -> PersonWire:
    """Return the one contact of somebody who works for himself, which is everybody here so far."""
    return {
        "first_name": "",
        "last_name": "",
        "user_id": account.id,
        "level": 0,
        "type": "I",
        "id": account.id,
        "role": "",
        "deptname": "",
        "email": account.email,
    }
