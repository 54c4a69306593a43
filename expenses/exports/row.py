"""The value that every list, file and wire is made from."""

from typing import Literal, NamedTuple

Costly = Literal["report", "category_id", "category", "created", "modified", "receipt_id", "receipt_image"]
"""Fields of an expense that take the most time to find out. A question may leave them unread: they are empty then."""


class TagRow(NamedTuple):
    id: int
    name: str


class ExpenseRow(NamedTuple):
    """One expense as its owner sees it, joined with what it points at.

    ``amount`` is in thousandths of the owner's base currency, ``raw_amount`` in thousandths of ``unit``: "" the
    base currency, "min" minutes, "mi" or "km", an ISO 4217 code, or the unit of a type. ``rate`` is the applied
    rate as plain decimal text ("" where none was applied): per hour for "min", else per unit. Times are text,
    ``YYYY-MM-DD HH:MM:SS``: ``date`` on the owner's wall clock, ``created`` and ``modified`` in the server's zone.
    A deleted expense has status -1. ``tags`` stand in the order in which they were given.
    """

    id: int
    status: int
    user_id: int
    report_id: int
    report: str
    type: str
    category_id: int | None
    category: str
    amount: int
    raw_amount: int
    unit: str
    rate: str
    notes: str
    sourceid: str
    date: str
    created: str
    modified: str
    receipt_id: int | None
    receipt_image: str
    tags: tuple[TagRow, ...]
