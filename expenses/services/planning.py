"""What an import would bring: every line held against the ledger's rules and its expenses, and nothing written."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from accounts.names import name_fits, name_key
from accounts.selectors import Account
from accounts.sentences import why
from expenses.imports.entry import Entry, Reading, Wrong
from expenses.money import AmountTooLarge, raw_rounded
from expenses.selectors import Similar, currency_rate, similar_by_source, similar_rows
from expenses.services.pricing import (
    BadRate,
    KnownType,
    NoCurrencyRate,
    Price,
    RateMissing,
    checked_rate,
    plain_price,
    price,
    price_said,
)
from expenses.services.storing import BadType, NotesTooLong, ReportClosed, checked_notes, checked_open, checked_type
from expenses.services.tags import BadTagName, TooManyTags, tags_wanted
from expenses.services.types import UNIT_LENGTH, BadUnit
from reports.selectors import ReportRow, report_rows
from reports.services import BadReportName, checked_name

SOURCE_LENGTH: Final = 255
_REFUSED: Final = (
    AmountTooLarge, BadRate, BadReportName, BadTagName, BadType, BadUnit, NotesTooLong, RateMissing, ReportClosed,
    TooManyTags,
)  # fmt: skip


class Planned(NamedTuple):
    """An expense that would come; ``like`` is the one of the ledger that it resembles, if it does."""

    entry: Entry
    price: Price
    tags: dict[str, str]
    like: Similar | None = None


class Plan(NamedTuple):
    """What would come, and what can't, each by its lines; ``by_rates``: rates had a part in it."""

    planned: list[Planned]
    wrong: list[Wrong]
    by_rates: bool


def import_plan(
    *, owner: Account, readings: Iterable[Reading], told: Callable[[int], None] = lambda _done: None
) -> Plan:
    """Return what would come of a file, and which of its lines the ledger does not take, and why.

    ``told`` is called after each of the readings, with how many lines were looked through.
    """
    checks = _Checks(owner)
    planned: list[Planned] = []
    wrong: list[Wrong] = []
    for reading in readings:
        wrong += reading.wrong
        for entry in reading.entries:
            try:
                planned.append(checks.planned(entry))
            except _REFUSED as reason:
                wrong.append(Wrong(entry.line, why(reason)))
        told(len(planned) + len(wrong))
    return Plan(_compared(owner, planned), sorted(wrong), checks.by_rates)


class _Checks:
    """The ledger's rules, with what they ask the database for remembered from line to line."""

    def __init__(self, owner: Account) -> None:
        self.owner = owner
        self.reports = {name_key(row.name): row for row in report_rows(user_id=owner.id)}
        self.rates: dict[tuple[str, date], Decimal | None] = {}
        self.by_rates = False

    def planned(self, entry: Entry) -> Planned:
        entry = entry._replace(
            type=checked_type(entry.type), notes=checked_notes(entry.notes), report=self._report(entry.report),
            sourceid=entry.sourceid[:SOURCE_LENGTH],
        )  # fmt: skip
        return Planned(entry, self._price(entry), tags_wanted(entry.tags) if entry.tags else {})

    def _report(self, name: str) -> str:
        if not name:
            return ""
        known: ReportRow | None = self.reports.get(name_key(name.strip()))
        return checked_name(name) if known is None else checked_open(known).name

    def _price(self, entry: Entry) -> Price:
        owner, raw_amount, unit = self.owner, entry.raw_amount, entry.unit
        if entry.currency not in {"", owner.currency}:
            self.by_rates = True
            return self._exchanged(entry)
        if raw_amount is None or unit in {"", owner.currency}:
            return plain_price(owner=owner, amount=entry.amount)
        self.by_rates = True
        if not name_fits(unit, most=UNIT_LENGTH):
            raise BadUnit(unit)
        said = price_said(owner=owner, raw_amount=raw_amount, unit=unit, amount=entry.amount)
        if entry.rate is None:
            return said
        return Price(said.amount, raw_rounded(raw_amount), unit, checked_rate(entry.rate))

    def _exchanged(self, entry: Entry) -> Price:
        asked = entry.currency, entry.date.date()
        if asked not in self.rates:
            found = currency_rate(user_id=self.owner.id, currency=asked[0], base=self.owner.currency, day=asked[1])
            self.rates[asked] = None if found is None else found.rate
        rate = self.rates[asked]
        if rate is None:
            raise NoCurrencyRate(entry.amount, entry.currency, self.owner.currency)
        return price(
            owner=self.owner, raw_amount=entry.amount, unit=entry.currency, day=asked[1], known=KnownType(), rate=rate
        )


def _compared(owner: Account, planned: Sequence[Planned]) -> list[Planned]:
    """Return the same, each with what it resembles in the ledger; what is there once is like one line at most.

    Alike are two with the same source id, also where the one was deleted, and two of the same day and amount with the
    same type or the same notes.
    """
    if not planned:
        return []
    days = [each.entry.date.date() for each in planned]
    sourceids = [each.entry.sourceid for each in planned if each.entry.sourceid]
    by_source = {row.sourceid: row for row in similar_by_source(user_id=owner.id, sourceids=sourceids)}
    named = {row.id for row in by_source.values()}
    there: dict[tuple[date, Decimal], list[Similar]] = defaultdict(list)
    for row in similar_rows(user_id=owner.id, first=min(days), last=max(days)):
        if not row.is_deleted and row.id not in named:
            there[row.day, row.amount].append(row)
    return [
        each._replace(like=by_source.get(each.entry.sourceid) or _like(each, there[day, each.price.amount]))
        for each, day in zip(planned, days, strict=True)
    ]


def _like(planned: Planned, there: list[Similar]) -> Similar | None:
    """Take the first of ``there`` that a line resembles, and return it."""
    type_key, notes_key = name_key(planned.entry.type), name_key(planned.entry.notes)
    for row in there:
        if row.type_key == type_key or (notes_key and row.notes_key == notes_key):
            there.remove(row)
            return row
    return None
