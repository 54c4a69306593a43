"""From what a client says of an expense to what is kept of it."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypedDict

from accounts.currencies import MINOR_DIGITS
from accounts.names import name_key
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses import grammar
from expenses.models import Expense
from expenses.money import raw_rounded, rounded, two_decimals
from expenses.services.pricing import KnownType, Price, RateMissing, plain_price, price, price_said, worth
from expenses.services.storing import Draft, checked_notes, checked_open, checked_type, moment, type_remember
from expenses.services.vocabulary import known_types
from reports.selectors import ReportRow, report_default, report_row


class AmountMissing(ValueError):
    """An expense was to be created without amount. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("amount '': a number like 12.50 is wanted"))


class ExpenseFields(TypedDict, total=False):
    """What a client may say of an expense; what is not there is not meant.

    ``amount`` is in the owner's base currency, ``raw_amount`` in the unit of the type. ``entered`` is the raw amount as
    one types it in free text, with unit and rate if they are others ("80 eur", "1h30", "12 km at 0.30"); it stands in
    the place of ``raw_amount``. A ``date`` without time means midnight. ``tags`` are names and replace those that the
    expense has.
    """

    type: str
    amount: Decimal
    raw_amount: Decimal
    entered: str
    notes: str
    date: date
    report_id: int
    tags: Sequence[str]


def draft_of(owner: Account, fields: ExpenseFields, now: datetime) -> Draft:
    """Return the new expense that ``fields`` describe. For what is raised see ``expense_create``."""
    name = checked_type(fields.get("type", ""))
    known, is_remembered = _known(owner, name)
    when = moment(fields["date"]) if "date" in fields else owner.wall_clock(now)
    return Draft(
        report_id=_report_for(owner, fields).id,
        type=name,
        price=_first_price(owner, fields, known, when.date()),
        notes=checked_notes(fields.get("notes", "")),
        date=when,
        tags=fields.get("tags", ()),
        type_is_new=not is_remembered,
    )


def _known(owner: Account, name: str) -> tuple[KnownType, bool]:
    """Return what is known of the type, and whether the owner's ledger has a row of it."""
    types, remembered = known_types(owner=owner, names={name})
    return types.get(name_key(name), KnownType()), name_key(name) in remembered


def _report_for(owner: Account, fields: ExpenseFields) -> ReportRow:
    if "report_id" not in fields:
        return report_default(user_id=owner.id)
    return checked_open(report_row(user_id=owner.id, report_id=fields["report_id"]))


def _first_price(owner: Account, fields: ExpenseFields, known: KnownType, day: date) -> Price:
    """An amount alone is money, whatever the type; a raw amount is in the unit of the type."""
    if "entered" in fields:
        return _with_amount(owner, _entered(owner, fields["entered"], known, day, before=None), fields)
    if "raw_amount" not in fields:
        if "amount" not in fields:
            raise AmountMissing
        return plain_price(owner=owner, amount=fields["amount"])
    priced = _counted(owner, fields["raw_amount"], known, day, fields)
    return _with_amount(owner, priced, fields)


def _counted(owner: Account, raw_amount: Decimal, known: KnownType, day: date, fields: ExpenseFields) -> Price:
    """Return the price of a raw amount in the unit of its type; the amount that came with it is a rate, too."""
    try:
        return price(owner=owner, raw_amount=raw_amount, unit=known.unit, day=day, known=known)
    except RateMissing:
        if "amount" not in fields:
            raise
    return price_said(owner=owner, raw_amount=raw_amount, unit=known.unit, amount=fields["amount"])


def _entered(owner: Account, text: str, known: KnownType, day: date, before: Price | None) -> Price:
    """Return the price of an amount as it was typed, at the rate that ``before`` had where the unit stays."""
    unit = known.unit if before is None else before.unit
    said = grammar.parse_amount(text, unit=unit, base_currency=owner.currency)
    rate = before.rate if said.rate is None and before and before.unit == said.unit else said.rate
    return price(owner=owner, raw_amount=said.value, unit=said.unit or "", day=day, known=known, rate=rate)


def _with_amount(owner: Account, priced: Price, fields: ExpenseFields) -> Price:
    if "amount" not in fields:
        return priced
    amount = plain_price(owner=owner, amount=fields["amount"]).amount
    return Price(amount, priced.raw_amount, priced.unit, priced.rate)


def columns_after(owner: Account, expense: Expense, fields: ExpenseFields) -> dict[str, Any]:
    """Return the columns of an expense as they are once ``fields`` are applied; a new type is known from now on.

    A report that was handed in may be named where the expense is in it already. Raises what ``draft_of`` raises.
    """
    columns: dict[str, Any] = {}
    if fields.get("report_id", expense.report_id) != expense.report_id:
        columns["report_id"] = _report_for(owner, fields).id
    if "notes" in fields:
        columns["notes"] = checked_notes(fields["notes"])
        columns["notes_key"] = name_key(fields["notes"])
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
    is priced at the rate that was applied, and a new amount alone leaves the raw one (wire §7 row 7). Money under a
    type that has a unit, as it became when its type was corrected, is counted once a new raw amount says of what.
    """
    before = Price(expense.amount, expense.raw_amount, expense.unit, expense.rate)
    news = _news(expense, fields)
    if "entered" in news:
        return _with_amount(owner, _next_entered(owner, expense, news["entered"], columns, before), news)
    if columns.get("type_key", expense.type_key) != expense.type_key or (not before.unit and "raw_amount" in news):
        known = _known_from_now_on(owner, columns.get("type", expense.type))
        day = columns.get("date", expense.date).date()
        if known.unit and _is_counted(fields, news):
            raw_amount = news.get("raw_amount", before.raw_amount)
            return _with_amount(owner, _counted(owner, raw_amount, known, day, fields), news)
        before = _retyped(owner, before, known, day)
    if before.rate is None:
        return _plain_change(owner, before, news)
    if "raw_amount" in news:
        raw_amount = raw_rounded(news["raw_amount"])
        amount = worth(owner=owner, raw_amount=raw_amount, unit=before.unit, rate=before.rate)
        before = Price(amount, raw_amount, before.unit, before.rate)
    return _with_amount(owner, before, news)


def _next_entered(owner: Account, expense: Expense, text: str, columns: dict[str, Any], before: Price) -> Price:
    name, day = columns.get("type", expense.type), columns.get("date", expense.date).date()
    is_retyped = name_key(name) != expense.type_key
    known = _known_from_now_on(owner, name) if is_retyped else _known(owner, name)[0]
    return _entered(owner, text, known, day, None if is_retyped else before)


def _news(expense: Expense, fields: ExpenseFields) -> ExpenseFields:
    """Return ``fields`` without an amount that is the stored one, or what the old wires print of it.

    They print two decimals of the three that are kept, and a client sends back what it read with what it changes.
    """
    news = fields.copy()
    if "amount" in news and _is_printed(expense.amount, news["amount"]):
        del news["amount"]
    if "raw_amount" in news and _is_printed(expense.raw_amount, news["raw_amount"]):
        del news["raw_amount"]
    return news


def _is_printed(stored: Decimal, said: Decimal) -> bool:
    return said in {stored, Decimal(two_decimals(int(stored.scaleb(3))))}


def _is_counted(fields: ExpenseFields, news: ExpenseFields) -> bool:
    """Tell whether a raw amount that came with another type is meant in its unit, and was not just sent back."""
    return "raw_amount" in news or ("raw_amount" in fields and "amount" not in fields)


def _known_from_now_on(owner: Account, name: str) -> KnownType:
    known, is_remembered = _known(owner, name)
    if not is_remembered:
        type_remember(owner=owner, name=name)
    return known


def _retyped(owner: Account, before: Price, known: KnownType, day: date) -> Price:
    """Return the price of the same expense under another type, of which no new raw amount was said.

    Minutes stay minutes, and a distance a distance: the same number at the new type's rate, or at the old one where
    nothing says what the new is worth. Anything else is money that was spent, and to correct the type must not change
    it: 45 dollars are not 45 miles. A foreign currency and its rate stay, too.
    """
    if not before.unit or before.unit in MINOR_DIGITS:
        return before
    if not _are_alike(before.unit, known.unit):
        return plain_price(owner=owner, amount=before.amount)
    try:
        return price(owner=owner, raw_amount=before.raw_amount, unit=known.unit, day=day, known=known)
    except RateMissing:
        return before


def _are_alike(unit: str, other: str) -> bool:
    return unit == other or {unit, other} == grammar.DISTANCES


def _plain_change(owner: Account, before: Price, news: ExpenseFields) -> Price:
    amount = news.get("amount", news.get("raw_amount", before.amount))
    raw_amount = news.get("raw_amount", news.get("amount", before.raw_amount))
    return Price(rounded(amount, currency=owner.currency), raw_rounded(raw_amount), "", None)
