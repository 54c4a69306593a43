"""What was imported, what waits to be, and what in the ledger is like it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from expenses.models import Expense, Import, ImportMapping, Upload

UPLOAD_KEPT: Final = timedelta(days=1)
"""How long a file waits."""


class UploadNotFound(Exception):
    """The person has no such file waiting, or it waited too long. The message may be shown."""

    def __init__(self, upload_id: int) -> None:
        super().__init__(f"file {upload_id}: no file of yours waits under this number")


class ImportNotFound(Exception):
    """The person has no such import. The message may be shown."""

    def __init__(self, import_id: int) -> None:
        super().__init__(f"import {import_id}: no import of yours has this number")


class UploadRow(NamedTuple):
    """A file that waits; ``said`` is what its owner says of it."""

    id: int
    name: str
    data: bytes
    sha256: str
    said: dict[str, Any]

    @property
    def is_archive(self) -> bool:
        """Tell whether it is a whole ledger: no other ZIP is kept."""
        return self.data.startswith(b"PK\x03\x04")


class ImportRow(NamedTuple):
    """A file that was taken in; ``expenses`` is how many came of it.

    ``closed_reports`` are those that it made and that were closed as they came.
    """

    id: int
    name: str
    kind: str
    expenses: int
    created: datetime
    undone: datetime | None
    closed_reports: list[int]


class Similar(NamedTuple):
    """What of an expense is compared with what comes."""

    id: int
    day: date
    amount: Decimal
    type: str
    type_key: str
    notes: str
    notes_key: str
    sourceid: str
    is_deleted: bool


def upload_row(*, user_id: int, upload_id: int, now: datetime) -> UploadRow:
    """Return a file that waits. Raises UploadNotFound, also where it is somebody else's."""
    found = Upload.objects.filter(user_id=user_id, pk=upload_id, created__gt=now - UPLOAD_KEPT)
    row = found.values_list("id", "name", "data", "sha256", "said").first()
    if row is None:
        raise UploadNotFound(upload_id)
    return UploadRow(row[0], row[1], bytes(row[2]), *row[3:])


def mapping_remembered(*, user_id: int, signature: str) -> dict[str, Any] | None:
    """Return what the person said last of files like this one; None if they are new to him."""
    return ImportMapping.objects.filter(user_id=user_id, signature=signature).values_list("said", flat=True).first()


def import_rows(*, user_id: int, limit: int = 50) -> list[ImportRow]:
    """Return a person's last imports, the newest first."""
    return _import_rows(Import.objects.filter(user_id=user_id))[:limit]


def import_row(*, user_id: int, import_id: int) -> ImportRow:
    """Return one import. Raises ImportNotFound, also where it is somebody else's."""
    for row in _import_rows(Import.objects.filter(user_id=user_id, pk=import_id)):
        return row
    raise ImportNotFound(import_id)


def imports_of_file(*, user_id: int, sha256: str) -> list[ImportRow]:
    """Return the imports of this very file that were not undone, the newest first."""
    return _import_rows(Import.objects.filter(user_id=user_id, sha256=sha256, undone=None))


def _import_rows(imports: QuerySet[Import]) -> list[ImportRow]:
    return [ImportRow(*row) for row in imports.order_by("-id").values_list(*ImportRow._fields)]


def similar_rows(*, user_id: int, first: date, last: date) -> list[Similar]:
    """Return what is compared of the expenses of these days, the deleted ones too, by id."""
    meant = Expense.objects.filter(
        user_id=user_id, date__gte=datetime.combine(first, time.min), date__lte=datetime.combine(last, time(23, 59, 59))
    )
    return _similar(meant)


def similar_by_source(*, user_id: int, sourceids: Sequence[str]) -> list[Similar]:
    """Return the same of the expenses with these source ids."""
    step = 500
    rows: list[Similar] = []
    for start in range(0, len(sourceids), step):
        rows += _similar(Expense.objects.filter(user_id=user_id, sourceid__in=sourceids[start : start + step]))
    return rows


def _similar(expenses: QuerySet[Expense]) -> list[Similar]:
    columns = ("id", "date", "amount", "type", "type_key", "notes", "notes_key", "sourceid", "status")
    return [
        Similar._make((row[0], row[1].date(), *row[2:8], row[8] == Expense.Status.DELETED))
        for row in expenses.order_by("id").values_list(*columns)
    ]
