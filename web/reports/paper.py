"""A report to be printed and signed, with its receipts behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses.exports.row import ExpenseRow
from expenses.selectors import ReceiptRow, filed_report, report_receipts, report_sheet
from reports.status import Status
from web.pictures import original_at, picture_at
from web.reports.asking import of_a_report
from web.reports.words import STATES

MOST: Final = 1000
"""Expenses that are printed: with a receipt for each, that is two packets of paper."""


class Receipt(NamedTuple):
    """A receipt of a line. ``kind`` is that of the file, as PDF; ``picture`` is an address, "" of a document."""

    number: int
    kind: str
    original: str
    picture: str


class Line(NamedTuple):
    """An expense on paper."""

    row: ExpenseRow
    moment: datetime
    receipts: Sequence[Receipt]


@require_safe
@of_a_report
def paper(request: HttpRequest, person: Account, report_id: int) -> HttpResponse:
    """Show a report as it is printed: all of it, or nothing where that is more than anybody signs."""
    printed = filed_report(user_id=person.id, report_id=report_id)
    context = {"report": printed, "person": person, "currency": person.currency, "most": MOST}
    if printed.expenses > MOST:
        return render(request, "reports/too_long.html", context)
    sheet = report_sheet(user_id=person.id, report_id=report_id)
    lines = list(_lines(sheet.lines, report_receipts(user_id=person.id, report_id=report_id)))
    context |= {
        "state": STATES[Status(printed.status)],
        "now": person.wall_clock(timezone.now()),
        "sheet": sheet,
        "lines": lines,
        "missing": [line for line in lines if not line.receipts],
    }
    return render(request, "reports/paper.html", context)


def _lines(rows: Sequence[ExpenseRow], receipts: Mapping[int, Sequence[ReceiptRow]]) -> Iterator[Line]:
    """Yield the lines; their receipts are numbered through, as they lie behind the last of them."""
    number = 0
    for row in rows:
        own = []
        for receipt in receipts.get(row.id, ()):
            number += 1
            own.append(Receipt(number, receipt.extension, original_at(receipt), picture_at(receipt)))
        yield Line(row, datetime.fromisoformat(row.date), own)
