"""What the tests of v1.0 share."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseFilter, expense_rows
from reports.selectors import report_default
from reports.status import Status
from tests.cast import NOON, OldClient

V1 = "/api/v1.0"
SAMPLE_NOTES = "To modify anything (type, amount, etc) just click on it."


def at(text: str) -> datetime:
    """Return what somebody's clock shows, which has no zone."""
    return datetime.fromisoformat(text)


def rows_of(owner: Account) -> list[ExpenseRow]:
    """Return all that the ledger holds, the deleted expenses too, but not the sample that every ledger begins with."""
    everything = expense_rows(user_id=owner.id, matching=ExpenseFilter(with_deleted=True))
    return [row for row in everything if row.notes != SAMPLE_NOTES]


def record(owner: Account, amount: str, now: datetime = NOON, **fields: Any) -> ExpenseRow:
    """Record an expense from fields."""
    given: services.ExpenseFields = {"type": "lunch", "amount": Decimal(amount), **fields}  # type: ignore[typeddict-item]
    return services.expense_create(owner=owner, fields=given, now=now)


def add_report(owner: Account, name: str, status: Status = Status.ACTIVE) -> int:
    """Make a report and return its id."""
    return services.report_create(user_id=owner.id, name=name, now=NOON, status=status).id


def hand_in(owner: Account, report_id: int) -> None:
    """Submit a report, which closes it."""
    services.report_update(user_id=owner.id, report_id=report_id, now=NOON, status=Status.SUBMITTED)


def default_of(owner: Account) -> int:
    """Return the id of the default report."""
    return report_default(user_id=owner.id).id


def add_tag(owner: Account, name: str) -> int:
    """Make a tag and return its id."""
    return services.tag_create(user_id=owner.id, name=name, now=NOON).id


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    """Return a file as a form sends it."""
    return SimpleUploadedFile(name, content)


def queries_of(client: OldClient, path: str) -> int:
    """Return the number of statements that a GET takes. The password has been checked before."""
    client.get(f"{V1}/user/")
    with CaptureQueriesContext(connection) as context:
        response = client.get(path)
        assert response.status_code == 200
    return len(context)
