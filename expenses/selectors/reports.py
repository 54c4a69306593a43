"""What is filed in reports: how much, of what, and all that a printed one shows.

Deleted expenses are in none of it. Amounts are in thousandths of the owner's base currency.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from django.db import connection

from accounts.fields import EPOCH
from accounts.names import name_key
from expenses.exports.row import ExpenseRow
from expenses.models import Receipt
from expenses.selectors.filters import ExpenseFilter
from expenses.selectors.ledger import TOTAL, total_made
from expenses.selectors.receipts import ReceiptRow
from expenses.selectors.rows import expense_rows
from expenses.selectors.standby import reading
from reports.selectors import ReportNotFound
from reports.status import CLOSED

_REPORTS: Final = f"""
SELECT r.id, r.name, r.status, r.is_default, r.created, r.modified, substr(CAST(min(e.date) AS text), 1, 10),
    substr(CAST(max(e.date) AS text), 1, 10), {TOTAL}
FROM reports_report r LEFT JOIN expenses_expense e ON e.report_id = r.id AND e.status = 1
WHERE r.user_id = %s
"""
# The first by its characters, as Python compares them, in whichever language the database sorts.
_NAME: Final = {"sqlite": "min(e.type)", "postgresql": 'min(e.type COLLATE "C")'}
_TYPES: Final = f"""
SELECT {{name}}, {TOTAL} FROM expenses_expense e
WHERE e.report_id = %s AND e.user_id = %s AND e.status = 1 GROUP BY e.type_key
"""


class FiledReport(NamedTuple):
    """A report, and how many expenses are filed in it; ``first`` and ``last`` are their days, if there are any."""

    id: int
    name: str
    status: str
    is_default: bool
    created: datetime
    modified: datetime
    first: date | None
    last: date | None
    expenses: int
    amount: int

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


class FiledType(NamedTuple):
    """How many expenses of one type are filed in a report; types differ by more than the case of their letters."""

    type: str
    expenses: int
    amount: int


class Sheet(NamedTuple):
    """All that is filed in a report, by date, the sum of each type, the largest first, and that of all."""

    lines: Sequence[ExpenseRow]
    types: Sequence[FiledType]
    amount: int


def filed_reports(*, user_id: int) -> list[FiledReport]:
    """Return a person's reports with what is filed in them, oldest first."""
    with reading(user_id=user_id).cursor() as cursor:
        cursor.execute(f"{_REPORTS} GROUP BY r.id ORDER BY r.id", [user_id])
        return [_filed_report(row) for row in cursor.fetchall()]


def filed_report(*, user_id: int, report_id: int) -> FiledReport:
    """Return one report with what is filed in it. Raises ReportNotFound, also where it is somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_REPORTS} AND r.id = %s GROUP BY r.id", [user_id, report_id])
        row = cursor.fetchone()
    if row is None:
        raise ReportNotFound(report_id)
    return _filed_report(row)


def filed_types(*, user_id: int, report_id: int) -> list[FiledType]:
    """Return what is filed in a report by type, the largest sum first; nothing where it is somebody else's."""
    with connection.cursor() as cursor:
        cursor.execute(_TYPES.format(name=_NAME[connection.vendor]), [report_id, user_id])
        return _by_size(FiledType(name, *total_made(*total)) for name, *total in cursor.fetchall())


def report_sheet(*, user_id: int, report_id: int) -> Sheet:
    """Return all that is filed in a report; nothing where it is somebody else's.

    The sums are those of the lines, whatever is written meanwhile: somebody may be about to sign them.
    """
    lines = list(expense_rows(user_id=user_id, matching=ExpenseFilter(report_id=report_id)))
    by_type: dict[str, list[ExpenseRow]] = {}
    for line in lines:
        by_type.setdefault(name_key(line.type), []).append(line)
    types = [FiledType(min(row.type for row in rows), len(rows), _amount(rows)) for rows in by_type.values()]
    return Sheet(lines, _by_size(types), _amount(lines))


def report_receipts(*, user_id: int, report_id: int) -> dict[int, list[ReceiptRow]]:
    """Return the receipts of a report's expenses, in their order, by the id of the expense."""
    receipts = Receipt.objects.filter(user_id=user_id, expense__report_id=report_id, expense__status=1)
    found: dict[int, list[ReceiptRow]] = {}
    for row in receipts.order_by("expense_id", "position").values_list(*ReceiptRow._fields):
        receipt = ReceiptRow(*row)
        found.setdefault(receipt.expense_id, []).append(receipt)
    return found


def _filed_report(row: tuple[Any, ...]) -> FiledReport:
    report_id, name, status, is_default, created, modified, first, last, *total = row
    return FiledReport(
        report_id, name, status, bool(is_default), _moment(created), _moment(modified), _day(first), _day(last),
        *total_made(*total),
    )  # fmt: skip


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _amount(rows: Iterable[ExpenseRow]) -> int:
    return sum(row.amount for row in rows)


def _by_size(types: Iterable[FiledType]) -> list[FiledType]:
    return sorted(types, key=lambda kind: (-kind.amount, name_key(kind.type)))
