"""Questions about reports. Answers are values, never models."""

from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from accounts.names import lookup_key
from accounts.sentences import sentence
from reports.models import Report
from reports.status import CLOSED, Status


class ReportRow(NamedTuple):
    """A report as its owner sees it. ``status`` is a letter of ``reports.status.Status``."""

    id: int
    name: str
    status: str
    is_default: bool

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED


class ReportNotFound(Exception):
    """The person has no such report. The message may be shown."""

    def __init__(self, report: int | str) -> None:
        super().__init__(
            sentence("report %(report)s: no report of yours has this id or name", report=repr(str(report)[:40]))
        )


_COLUMNS = ("id", "name", "status", "is_default")


def report_rows(*, user_id: int, statuses: frozenset[Status] | None = None) -> list[ReportRow]:
    """Return a person's reports, oldest first; only those in one of ``statuses`` where these are given."""
    reports = Report.objects.filter(user_id=user_id)
    if statuses is not None:
        reports = reports.filter(status__in=statuses)
    return [ReportRow(*row) for row in reports.order_by("id").values_list(*_COLUMNS)]


def report_row(*, user_id: int, report_id: int) -> ReportRow:
    """Return one report. Raises ReportNotFound, also where it is somebody else's."""
    row = Report.objects.filter(user_id=user_id, pk=report_id).values_list(*_COLUMNS).first()
    if row is None:
        raise ReportNotFound(report_id)
    return ReportRow(*row)


def report_named(*, user_id: int, name: str) -> ReportRow:
    """Return the report of this exact name, in any case. Raises ReportNotFound."""
    key = lookup_key(name.strip())
    row = Report.objects.filter(user_id=user_id, name_key=key).values_list(*_COLUMNS).first() if key else None
    if row is None:
        raise ReportNotFound(name)
    return ReportRow(*row)


def report_default(*, user_id: int) -> ReportRow:
    """Return the report that takes what names no other: everybody has exactly one."""
    return ReportRow(*Report.objects.filter(user_id=user_id, is_default=True).values_list(*_COLUMNS).get())


def without_default() -> list[int]:
    """Return the ids of people who have no default report: there should be none."""
    defaults = Report.objects.filter(user_id=OuterRef("pk"), is_default=True)
    people = get_user_model().objects.filter(~Exists(defaults)).order_by("pk")
    return list(people.values_list("pk", flat=True))
