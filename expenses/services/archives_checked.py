"""What an archive says, held against the rules of a ledger: hashes only prove that nothing was changed by accident."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple, TypeVar

from accounts.currencies import UnknownCurrency, currency_code
from accounts.fields import EPOCH
from accounts.models import User
from accounts.names import name_fits, name_key
from accounts.sentences import sentence, why
from expenses.archives import lines
from expenses.archives.lines import (
    CategoryLine,
    ExpenseLine,
    Kind,
    MileageLine,
    PersonLine,
    RateLine,
    ReportLine,
    TagLine,
    TypeLine,
)
from expenses.archives.reading import Archive, BadArchive
from expenses.models import Expense
from expenses.money import AmountTooLarge, rounded
from expenses.services.importing import Told, untold
from expenses.services.planning import SOURCE_LENGTH
from expenses.services.pricing import BadRate, checked_rate
from expenses.services.receipts import MOST_RECEIPTS
from expenses.services.storing import BadType, NotesTooLong, checked_notes, checked_type
from expenses.services.tags import BadTagName, TooManyTags, tags_wanted
from expenses.services.types import NAME_LENGTH, UNIT_LENGTH
from reports.services import BadReportName, checked_name
from reports.status import Status

AHEAD: Final = timedelta(days=1)
"""No server's clock is so far ahead of another's."""

_TOLD_EVERY: Final = 1000  # lines: to tell it is a write

L = TypeVar("L", bound=NamedTuple)


class OddValue(ValueError):
    """A member of a line is none that a ledger holds. The message may be shown."""

    def __init__(self, member: str, value: object) -> None:
        said = repr(value)[:60]
        super().__init__(sentence("%(member)s %(value)s: a ledger holds no such", member=member, value=said))


_REFUSED: Final = (
    AmountTooLarge, BadRate, BadReportName, BadTagName, BadType, NotesTooLong, OddValue, TooManyTags, UnknownCurrency,
)  # fmt: skip


class Checked(NamedTuple):
    """All that an archive says."""

    person: PersonLine
    mileage_rates: list[MileageLine]
    currency_rates: list[RateLine]
    reports: list[ReportLine]
    categories: list[CategoryLine]
    types: list[TypeLine]
    tags: list[TagLine]
    expenses: list[ExpenseLine]


def archive_checked(archive: Archive, *, now: datetime, told: Told = untold) -> Checked:
    """Return what an archive says, if a ledger can hold all of it. Raises BadArchive.

    ``told`` is told how many lines are done.
    """
    checking = _Checking(archive, told)
    people = checking.each(lines.PERSON, _check_person)
    latest = now + AHEAD
    reports = checking.each(lines.REPORTS, lambda line: _check_report(line, latest))
    categories = checking.each(lines.CATEGORIES, lambda line: _check_name("name", line.name))
    types = checking.each(lines.TYPES, _check_type)
    if len(people) != 1:
        raise BadArchive(lines.PERSON.part, sentence("one line is wanted"))
    if [line.status for line in reports if line.is_default] != [Status.ACTIVE]:
        raise BadArchive(lines.REPORTS.part, sentence("one report, an open one, is wanted as the default"))
    for kind, named in ((lines.REPORTS, reports), (lines.CATEGORIES, categories), (lines.TYPES, types)):
        if len({name_key(line.name) for line in named}) < len(named):
            raise BadArchive(kind.part, sentence("a name is there twice"))
    checks = _ExpenseChecks(people[0].currency, reports, latest=latest)
    return Checked(
        people[0],
        checking.each(lines.MILEAGE_RATES, _check_mileage_rate),
        checking.each(lines.CURRENCY_RATES, _check_currency_rate),
        reports,
        categories,
        types,
        checking.each(lines.TAGS, _check_tag),
        checking.each(lines.EXPENSES, checks.check),
    )


class _Checking:
    """The lines of an archive, one kind after the other, and how many of all are done."""

    def __init__(self, archive: Archive, told: Told) -> None:
        self.archive = archive
        self.told = told
        self.done = 0

    def each(self, kind: Kind[L], check: Callable[[L], object]) -> list[L]:
        found = []
        for number, line in enumerate(self.archive.lines(kind), 1):
            try:
                check(line)
            except _REFUSED as refusal:
                reason = sentence("line %(number)s: %(why)s", number=number, why=why(refusal))
                raise BadArchive(kind.part, reason) from None
            found.append(line)
            self.done += 1
            if self.done % _TOLD_EVERY == 0:
                self.told(done=self.done)
        return found


def _expect(is_so: bool, member: str, value: object) -> None:
    if not is_so:
        raise OddValue(member, value)


def _check_name(member: str, name: str, most: int = NAME_LENGTH) -> None:
    _expect(name_fits(name, most=most), member, name)


def _check_code(code: str) -> None:
    _expect(currency_code(code) == code, "currency", code)


def _check_person(line: PersonLine) -> None:
    _check_code(line.currency)
    checked_rate(line.hourly_rate)


def _check_mileage_rate(line: MileageLine) -> None:
    _expect(line.unit in User.MileageUnit.values, "unit", line.unit)
    checked_rate(line.rate)


def _check_currency_rate(line: RateLine) -> None:
    _check_code(line.base)
    _check_code(line.quote)
    _expect(line.base != line.quote, "quote", line.quote)
    _expect(checked_rate(line.rate) > 0, "rate", line.rate)


def _check_tag(line: TagLine) -> None:
    _expect([*tags_wanted([line.name]).values()] == [line.name], "name", line.name)


def _check_report(line: ReportLine, latest: datetime) -> None:
    _expect(checked_name(line.name) == line.name, "name", line.name)
    _expect(line.status in {*Status}, "status", line.status)
    _expect(EPOCH <= line.created <= line.modified <= latest, "modified", line.modified)


def _check_type(line: TypeLine) -> None:
    _expect(checked_type(line.name) == line.name, "name", line.name)
    if line.unit:
        _check_name("unit", line.unit, UNIT_LENGTH)
    if line.rate is not None:
        checked_rate(line.rate)


class _ExpenseChecks:
    """The rules for expenses, with what was seen of those before: no two have one source id or run a timer."""

    def __init__(self, currency: str, reports: Sequence[ReportLine], *, latest: datetime) -> None:
        self.currency = currency
        self.reports = {line.name for line in reports}
        self.latest = latest
        self.sourceids: set[str] = set()
        self.timers = 0

    def check(self, line: ExpenseLine) -> None:
        is_live = line.status == Expense.Status.LIVE
        _expect(is_live or line.status == Expense.Status.DELETED, "status", line.status)
        _expect(line.report in self.reports, "report", line.report)
        _expect(checked_type(line.type) == line.type, "type", line.type)
        _expect(rounded(line.amount, currency=self.currency) == line.amount, "amount", line.amount)
        self._check_rate(line)
        checked_notes(line.notes)
        _expect(tuple(tags_wanted(line.tags).values()) == line.tags, "tags", line.tags)
        _expect(len(line.receipts) <= MOST_RECEIPTS, "receipts", len(line.receipts))
        for receipt in line.receipts:
            _expect(EPOCH <= receipt.created <= self.latest, "receipts", receipt.created)
        _expect(EPOCH <= line.created <= line.modified <= self.latest, "modified", line.modified)
        self._check_alone(line, is_live=is_live)

    def _check_rate(self, line: ExpenseLine) -> None:
        if line.rate is None:
            _expect(not line.unit, "unit", line.unit)
        else:
            checked_rate(line.rate)
            _check_name("unit", line.unit, UNIT_LENGTH)

    def _check_alone(self, line: ExpenseLine, *, is_live: bool) -> None:
        _expect(len(line.sourceid) <= SOURCE_LENGTH and line.sourceid not in self.sourceids, "sourceid", line.sourceid)
        if line.sourceid:
            self.sourceids.add(line.sourceid)
        if line.timer is not None:
            self.timers += 1
            _expect(is_live and self.timers == 1 and EPOCH <= line.timer <= self.latest, "timer", line.timer)
