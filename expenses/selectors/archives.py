"""What a person owns, line by line as an archive has it, and the archive that was made of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

from accounts.models import MileageRate, User
from expenses.archives.lines import (
    CategoryLine,
    ExpenseLine,
    MileageLine,
    PersonLine,
    RateLine,
    ReceiptLine,
    ReportLine,
    TagLine,
    TypeLine,
)
from expenses.models import Category, CurrencyRate, Expense, ExpenseTag, ExpenseType, LedgerArchive, Receipt, Tag, Timer
from reports.models import Report

ARCHIVE_KEPT: Final = timedelta(days=7)
"""How long an archive can be fetched."""
_LOST: Final = timedelta(hours=6)
"""One that was asked for so long ago and is not there never will be."""
_AT_ONCE: Final = 2000


class ArchiveRow(NamedTuple):
    """An archive: on its way while ``made`` is None and it is not ``failed``; ``done`` of ``total`` receipts are in."""

    asked: datetime
    made: datetime | None
    failed: bool
    file: str
    size: int
    done: int
    total: int

    @property
    def is_under_way(self) -> bool:
        return self.made is None and not self.failed

    @property
    def ends(self) -> datetime:
        """Return when it goes."""
        return self.asked + ARCHIVE_KEPT


def archive_row(*, user_id: int, now: datetime) -> ArchiveRow | None:
    """Return the person's archive, if there is one, and none that is too old."""
    found = LedgerArchive.objects.filter(user_id=user_id, asked__gt=now - ARCHIVE_KEPT)
    for values in found.values_list(*ArchiveRow._fields):
        row = ArchiveRow(*values)
        return row._replace(failed=True) if row.is_under_way and row.asked <= now - _LOST else row
    return None


def archives_under_way(*, since: datetime) -> list[tuple[int, datetime]]:
    """Return whose archives were asked for by ``since``, and when, and are neither there nor failed."""
    found = LedgerArchive.objects.filter(made=None, failed=False, asked__lte=since, asked__gt=since - _LOST)
    return list(found.values_list("user_id", "asked"))


def archived_person(*, user_id: int) -> list[PersonLine]:
    rows = User.objects.filter(pk=user_id).values_list(*PersonLine._fields)
    return [PersonLine(*row) for row in rows]


def archived_mileage_rates(*, user_id: int) -> list[MileageLine]:
    rows = MileageRate.objects.filter(user_id=user_id).order_by("valid_from", "unit")
    return [MileageLine(*row) for row in rows.values_list(*MileageLine._fields)]


def archived_currency_rates(*, user_id: int) -> list[RateLine]:
    rows = CurrencyRate.objects.filter(user_id=user_id).order_by("day", "base", "quote")
    return [RateLine(*row) for row in rows.values_list(*RateLine._fields)]


def archived_reports(*, user_id: int) -> list[ReportLine]:
    rows = Report.objects.filter(user_id=user_id).order_by("id").values_list(*ReportLine._fields)
    return [ReportLine(*row) for row in rows]


def archived_categories(*, user_id: int) -> list[CategoryLine]:
    return [CategoryLine(*row) for row in Category.objects.filter(user_id=user_id).order_by("id").values_list("name")]


def archived_types(*, user_id: int) -> list[TypeLine]:
    rows = ExpenseType.objects.filter(user_id=user_id).order_by("id")
    return [TypeLine(name, category or "", unit, rate) for name, category, unit, rate in
            rows.values_list("name", "category__name", "unit", "rate")]  # fmt: skip


def archived_tags(*, user_id: int) -> list[TagLine]:
    return [TagLine(*row) for row in Tag.objects.filter(user_id=user_id).order_by("id").values_list("name")]


class ArchivedExpense(NamedTuple):
    """An expense as an archive has it, and what its receipts are stored as."""

    line: ExpenseLine
    images: tuple[str, ...]


def archived_expenses(*, user_id: int) -> Iterator[ArchivedExpense]:
    """Give a person's expenses, the deleted ones too, by id. Read it inside a snapshot: it asks three questions."""
    tags = _Beside(
        ExpenseTag.objects.filter(user_id=user_id).order_by("expense_id", "id").values_list("expense_id", "tag__name")
    )
    receipts = _Beside(
        Receipt.objects.filter(user_id=user_id)
        .order_by("expense_id", "position")
        .values_list("expense_id", "image", "created")
    )
    timers = dict(Timer.objects.filter(user_id=user_id).values_list("expense_id", "started"))
    rows = Expense.objects.filter(user_id=user_id).order_by("id").values_list(
        "id", "report__name", "status", "type", "amount", "raw_amount", "unit", "rate", "notes", "sourceid", "date",
        "created", "modified",
    )  # fmt: skip
    for place, row in enumerate(rows.iterator(_AT_ONCE), 1):
        stored = receipts.of(row[0])
        yield ArchivedExpense(
            ExpenseLine(
                *row[1:9], tuple(name for _, name in tags.of(row[0])),
                tuple(
                    ReceiptLine(f"receipts/{place}-{number}.{image.rpartition('.')[2]}", created)
                    for number, (_, image, created) in enumerate(stored, 1)
                ),
                timers.get(row[0]), *row[9:],
            ),
            tuple(image for _, image, _ in stored),
        )  # fmt: skip


class _Beside:
    """Rows that hang on expenses, by the expenses' ids, as these go by in the same order."""

    def __init__(self, rows: Any) -> None:
        self._groups = groupby(rows.iterator(_AT_ONCE), key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, expense_id: int) -> list[tuple[Any, ...]]:
        """Return the rows of an expense. It has none where the next ones are another's."""
        if self._next is None or self._next[0] != expense_id:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows
