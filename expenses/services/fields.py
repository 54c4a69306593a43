"""From what a client says of an expense to what is kept of it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from accounts.currencies import MINOR_DIGITS
from accounts.names import name_key, text_digest
from accounts.selectors import Account
from expenses.models import Expense
from expenses.money import raw_rounded, rounded
from expenses.services.pricing import KnownType, Price, RateMissing, plain_price, price, worth
from expenses.services.storing import Draft, checked_notes, checked_open, checked_type, moment, type_remember
from expenses.services.vocabulary import known_types
from reports.selectors import ReportRow, report_default, report_row


class AmountMissing(ValueError):
    """An expense was to be created without amount. The message may be shown."""

    def __init__(self) -> None:
        super().__init__("amount '': a number like 12.50 is wanted")


class ExpenseFields(TypedDict, total=False):
    """What a client may say of an expense; what is not there is not meant.

    ``amount`` is in the owner's base currency, ``raw_amount`` in the unit of the type. A ``date`` without time
    means midnight. ``tags`` are names and replace those that the expense has.
    """

    type: str
    amount: Decimal
    raw_amount: Decimal
    notes: str
    date: date
    report_id: int
    tags: Sequence[str]


def draft_of(owner: Account, fields: ExpenseFields, now: datetime) -> Draft:
    """Return the new expense that ``fields`` describe. For what is raised see ``expense_create``."""
    name = checked_type(fields.get("type", ""))
    known = _known(owner, name)
    when = moment(fields["date"]) if "date" in fields else owner.wall_clock(now)
    return Draft(
        report_id=_report_for(owner, fields).id,
        type=name,
        price=_first_price(owner, fields, known, when.date()),
        notes=checked_notes(fields.get("notes", "")),
        date=when,
        tags=fields.get("tags", ()),
    )


def _known(owner: Account, name: str) -> KnownType:
    """Return what is known of the type, which is known from now on."""
    types, remembered = known_types(owner=owner, names={name})
    if name_key(name) not in remembered:
        type_remember(owner=owner, name=name)
    return types.get(name_key(name), KnownType())


def _report_for(owner: Account, fields: ExpenseFields) -> ReportRow:
    if "report_id" not in fields:
        return report_default(user_id=owner.id)
    return checked_open(report_row(user_id=owner.id, report_id=fields["report_id"]))


def _first_price(owner: Account, fields: ExpenseFields, known: KnownType, day: date) -> Price:
    """An amount alone is money, whatever the type; a raw amount is in the unit of the type."""
    if "raw_amount" not in fields:
        if "amount" not in fields:
            raise AmountMissing
        return plain_price(owner=owner, amount=fields["amount"])
    priced = price(owner=owner, raw_amount=fields["raw_amount"], unit=known.unit, day=day, known=known)
    return _with_amount(owner, priced, fields)


def _with_amount(owner: Account, priced: Price, fields: ExpenseFields) -> Price:
    if "amount" not in fields:
        return priced
    amount = plain_price(owner=owner, amount=fields["amount"]).amount
    return Price(amount, priced.raw_amount, priced.unit, priced.rate)


def columns_after(owner: Account, expense: Expense, fields: ExpenseFields) -> dict[str, Any]:
    """Return the columns of an expense as they are once ``fields`` are applied. Raises what ``draft_of`` raises."""
    columns: dict[str, Any] = {}
    if "report_id" in fields:
        columns["report_id"] = _report_for(owner, fields).id
    if "notes" in fields:
        columns["notes"] = checked_notes(fields["notes"])
        columns["notes_key"] = text_digest(fields["notes"])
    if "date" in fields:
        columns["date"] = moment(fields["date"])
    if "type" in fields:
        columns["type"] = checked_type(fields["type"])
        columns["type_key"] = name_key(columns["type"])
    priced = _next_price(owner, expense, fields, columns)
    return columns | {
        "amount": priced.amount, "raw_amount": priced.raw_amount, "unit": priced.unit, "rate": priced.rate,
    }  # fmt: skip


def _next_price(owner: Account, expense: Expense, fields: ExpenseFields, columns: dict[str, Any]) -> Price:
    """Return the price after a change: unit and rate stay unless the type becomes another.

    Of a plain expense ``amount`` and ``raw_amount`` are one and follow each other. Of a rated one a new raw amount
    is priced at the rate that was applied, and a new amount alone leaves the raw one (wire §7 row 7).
    """
    before = Price(expense.amount, expense.raw_amount, expense.unit, expense.rate)
    if columns.get("type_key", expense.type_key) != expense.type_key:
        before = _retyped(owner, expense, before, columns)
    if before.rate is None:
        return _plain_change(owner, before, fields)
    if "raw_amount" in fields:
        raw_amount = raw_rounded(fields["raw_amount"])
        amount = worth(owner=owner, raw_amount=raw_amount, unit=before.unit, rate=before.rate)
        before = Price(amount, raw_amount, before.unit, before.rate)
    return _with_amount(owner, before, fields)


def _retyped(owner: Account, expense: Expense, before: Price, columns: dict[str, Any]) -> Price:
    """Return the price of the same expense under another type.

    What was typed is counted in the new type's unit, at its rate. Money stays what it is under a type without unit,
    a foreign currency too.
    """
    known = _known(owner, columns["type"])
    if not known.unit:
        is_money = not before.unit or before.unit in MINOR_DIGITS
        return before if is_money else plain_price(owner=owner, amount=before.amount)
    day = columns.get("date", expense.date).date()
    try:
        return price(owner=owner, raw_amount=before.raw_amount, unit=known.unit, day=day, known=known)
    except RateMissing:
        # The same unit under another name: the rate that was given by hand still holds.
        if known.unit != before.unit:
            raise
        return before


def _plain_change(owner: Account, before: Price, fields: ExpenseFields) -> Price:
    amount = fields.get("amount", fields.get("raw_amount", before.amount))
    raw_amount = fields.get("raw_amount", fields.get("amount", before.raw_amount))
    return Price(rounded(amount, currency=owner.currency), raw_rounded(raw_amount), "", None)
