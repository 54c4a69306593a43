"""What may be done to reports and touches the expenses in them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.retried import retried
from accounts.sentences import Sentence, sentence
from expenses.models import Expense, Timer
from expenses.services.clock import clock_take, touch
from expenses.services.storing import checked_open
from reports import services as reports
from reports.selectors import ReportNotFound, ReportRow, report_default, report_named, report_row
from reports.services import DefaultReportNeeded, ReportNameTaken
from reports.status import STEPS, Status

_STATES: Final[Mapping[Status, Sentence]] = {
    Status.ACTIVE: sentence("active"),
    Status.REJECTED: sentence("rejected"),
    Status.SUBMITTED: sentence("submitted"),
    Status.APPROVED: sentence("approved"),
    Status.PAID: sentence("paid"),
    Status.ARCHIVED: sentence("archived"),
}


class NoSuchStep(ValueError):
    """From the state it is in, a report does not go there. The message may be shown."""

    def __init__(self, report: ReportRow, status: Status) -> None:
        super().__init__(
            sentence(
                "report %(name)s is %(now)s by now, and does not become %(then)s",
                name=repr(report.name[:40]),
                now=_STATES[Status(report.status)],
                then=_STATES[status],
            )
        )


@retried
@transaction.atomic
def report_create(*, user_id: int, name: str, now: datetime, status: Status = Status.ACTIVE) -> ReportRow:
    """Return a new report, or the open one that has this name: a client that repeats itself makes one report.

    Raises BadReportName, and ReportNameTaken where the name's report is not open, or the new one was not to be.
    """
    clock_take(user_id=user_id, now=now)
    try:
        return reports.report_create(user_id=user_id, name=name, now=now, status=status)
    except ReportNameTaken:
        known = report_named(user_id=user_id, name=name)
        if not known.status == status == Status.ACTIVE:
            raise
        return known


@retried
@transaction.atomic
def report_update(
    *,
    user_id: int,
    report_id: int,
    now: datetime,
    name: str | None = None,
    status: Status | None = None,
    make_default: bool = False,
) -> ReportRow:
    """Change what is given of a report and return it; exports of its expenses show the new name.

    ``make_default`` makes it the one that takes what names no other. Raises ReportNotFound, BadReportName,
    ReportNameTaken, DefaultReportNeeded, ReportNotOpen.
    """
    clock_take(user_id=user_id, now=now)
    report = report_row(user_id=user_id, report_id=report_id)
    if name is not None and name.strip() != report.name:
        report = reports.report_rename(user_id=user_id, report_id=report_id, name=name, now=now)
        _touch_filed(user_id, report_id, now)
    if status is not None and status != report.status:
        report = reports.report_set_status(user_id=user_id, report_id=report_id, status=status, now=now)
    if make_default and not report.is_default:
        report = reports.report_make_default(user_id=user_id, report_id=report_id, now=now)
    return report


@retried
@transaction.atomic
def report_step(*, user_id: int, report_id: int, status: Status, now: datetime) -> ReportRow:
    """Take a report to the next state, one of those that ``STEPS`` names for the one it is in, and return it.

    Whoever decides by what a page showed decides on nothing that was changed since. Raises ReportNotFound, NoSuchStep,
    DefaultReportNeeded.
    """
    clock_take(user_id=user_id, now=now)
    report = report_row(user_id=user_id, report_id=report_id)
    if status not in STEPS[Status(report.status)]:
        raise NoSuchStep(report, status)
    return reports.report_set_status(user_id=user_id, report_id=report_id, status=status, now=now)


@retried
@transaction.atomic
def report_delete(
    *, user_id: int, report_id: int, now: datetime, to_report_id: int | None = None, with_expenses: bool = False
) -> None:
    """Delete a report; its expenses, the deleted ones too, move to another, the default one if none is named.

    ``with_expenses`` deletes them as well, and timers that would have filled them end: who restores one finds it in
    that other report. Raises ReportNotFound, DefaultReportNeeded, ReportClosed.
    """
    clock_take(user_id=user_id, now=now)
    report = checked_open(report_row(user_id=user_id, report_id=report_id))
    if report.is_default:
        raise DefaultReportNeeded(report.name)
    target = _target(user_id, report_id, to_report_id)
    _touch_filed(user_id, report_id, now)
    filed = Expense.objects.filter(user_id=user_id, report_id=report_id)
    if with_expenses:
        Timer.objects.filter(user_id=user_id, expense__report_id=report_id).delete()
        filed.update(status=Expense.Status.DELETED)
    filed.update(report_id=target.id)
    reports.report_remove(user_id=user_id, report_id=report_id)


def _target(user_id: int, report_id: int, to_report_id: int | None) -> ReportRow:
    """Return the report that takes what a deleted one held."""
    if to_report_id is None:
        return report_default(user_id=user_id)
    if to_report_id == report_id:
        raise ReportNotFound(report_id)  # when it has to take them, it is gone
    return checked_open(report_row(user_id=user_id, report_id=to_report_id))


def _touch_filed(user_id: int, report_id: int, now: datetime) -> None:
    touch(user_id=user_id, now=now, where="e.report_id = %s", values=[report_id])
