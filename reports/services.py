"""What may be done to reports as such. What touches the expenses in them is in ``expenses.services``."""

from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.names import name_fits, name_key, route_key
from accounts.sentences import sentence
from reports.models import Report
from reports.selectors import ReportNotFound, ReportRow
from reports.status import Status

NAME_LENGTH: Final = 200


class BadReportName(ValueError):
    """The name can't be a report's. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "name %(name)s: 1 to %(most)s characters on one line are wanted",
                name=repr(name[:40]),
                most=NAME_LENGTH,
            )
        )


class ReportNameTaken(ValueError):
    """The person has a report of this name already. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(sentence("name %(name)s: a report of yours has this name", name=repr(name[:40])))


class DefaultReportNeeded(ValueError):
    """There must be a default report, and it must be open. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence("report %(name)s is the default one: make another the default first", name=repr(name[:40]))
        )


class ReportNotOpen(ValueError):
    """Only an open report can become the default one. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(sentence("report %(name)s is not open, so it can't be the default one", name=repr(name[:40])))


def report_create(
    *, user_id: int, name: str, now: datetime, status: Status = Status.ACTIVE, is_default: bool = False
) -> ReportRow:
    """Store a report and return it. Raises BadReportName, ReportNameTaken."""
    name = checked_name(name)
    if Report.objects.filter(user_id=user_id, name_key=name_key(name)).exists():
        raise ReportNameTaken(name)
    report = Report.objects.create(
        user_id=user_id, name=name, name_key=name_key(name), route_key=route_key(name), status=status,
        is_default=is_default, created=now, modified=now,
    )  # fmt: skip
    return _row(report)


def report_rename(*, user_id: int, report_id: int, name: str, now: datetime) -> ReportRow:
    """Give a report another name. Raises ReportNotFound, BadReportName, ReportNameTaken."""
    name = checked_name(name)
    report = _report(user_id, report_id)
    if Report.objects.filter(user_id=user_id, name_key=name_key(name)).exclude(pk=report_id).exists():
        raise ReportNameTaken(name)
    report.name, report.name_key, report.route_key = name, name_key(name), route_key(name)
    report.modified = max(now, report.modified)
    report.save(update_fields=["name", "name_key", "route_key", "modified"])
    return _row(report)


def report_set_status(*, user_id: int, report_id: int, status: Status, now: datetime) -> ReportRow:
    """Move a report to another state. Raises ReportNotFound, DefaultReportNeeded."""
    report = _report(user_id, report_id)
    if report.is_default and status is not Status.ACTIVE:
        raise DefaultReportNeeded(report.name)
    report.status, report.modified = status, max(now, report.modified)
    report.save(update_fields=["status", "modified"])
    return _row(report)


@transaction.atomic
def report_make_default(*, user_id: int, report_id: int, now: datetime) -> ReportRow:
    """Make a report the one that takes what names no other. Raises ReportNotFound, ReportNotOpen."""
    report = _report(user_id, report_id)
    if report.status != Status.ACTIVE:
        raise ReportNotOpen(report.name)
    Report.objects.filter(user_id=user_id, is_default=True).exclude(pk=report_id).update(is_default=False)
    report.is_default, report.modified = True, max(now, report.modified)
    report.save(update_fields=["is_default", "modified"])
    return _row(report)


def report_remove(*, user_id: int, report_id: int) -> None:
    """Delete an empty report. Raises ReportNotFound, DefaultReportNeeded."""
    report = _report(user_id, report_id)
    if report.is_default:
        raise DefaultReportNeeded(report.name)
    report.delete()


def _report(user_id: int, report_id: int) -> Report:
    report = Report.objects.filter(user_id=user_id, pk=report_id).first()
    if report is None:
        raise ReportNotFound(report_id)
    return report


def _row(report: Report) -> ReportRow:
    return ReportRow(report.pk, report.name, report.status, report.is_default)


def checked_name(name: str) -> str:
    """Return the name as a report bears it. Raises BadReportName."""
    name = name.strip()
    if not name_fits(name, most=NAME_LENGTH) or "\t" in name:
        raise BadReportName(name)
    return name
