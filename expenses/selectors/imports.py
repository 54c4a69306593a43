"""What was imported, what waits to be, and what in the ledger is like it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from accounts.sentences import sentence_read
from expenses.models import Expense, Import, ImportMapping, Taking, Upload

UPLOAD_KEPT: Final = timedelta(days=1)
"""How long a file waits."""
_LOST: Final = timedelta(hours=6)
"""What was asked for so long ago, and is not there, never will be."""
UNDER_WAY: Final = (Taking.State.PLANNED, Taking.State.COPIED, Taking.State.WRITTEN)


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


class TakingRow(NamedTuple):
    """A file on its way into the ledger, or what came in its way: see ``Taking``. ``why`` is a sentence or empty."""

    upload_id: int
    name: str
    asked: datetime
    state: str
    done: int
    total: int
    why: str

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_copied(self) -> bool:
        """Tell whether it is receipts of which ``done`` are written; lines are looked through otherwise."""
        return self.state == Taking.State.COPIED

    @property
    def is_written(self) -> bool:
        """Tell whether it is too late to give it up."""
        return self.state == Taking.State.WRITTEN

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing came, since no line was to be taken."""
        return self.state == Taking.State.EMPTY


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


def taking_row(*, user_id: int, upload_id: int, now: datetime) -> TakingRow | None:
    """Return how far a file has come that its owner wants in his ledger; None where he does not, or it is in."""
    for row in _takings(Taking.objects.filter(user_id=user_id, upload_id=upload_id), now):
        return row
    return None


def takings(*, user_id: int, now: datetime) -> list[TakingRow]:
    """Return a person's files that are on their way into the ledger, or did not come in, the newest first."""
    return _takings(Taking.objects.filter(user_id=user_id), now)


def _takings(found: QuerySet[Taking], now: datetime) -> list[TakingRow]:
    columns = ("upload_id", "upload__name", "asked", "state", "done", "total", "why")
    meant = found.filter(upload__created__gt=now - UPLOAD_KEPT).order_by("-upload_id").values_list(*columns)
    return [
        row._replace(state=Taking.State.FAILED.value) if row.is_under_way and row.asked <= now - _LOST else row
        for row in (TakingRow._make((*said, sentence_read(why))) for *said, why in meant)
    ]


def takings_under_way(*, since: datetime) -> list[tuple[int, int, datetime]]:
    """Return whose files, and which, were asked for by ``since``, and when, and are neither in nor failed."""
    found = Taking.objects.filter(state__in=UNDER_WAY, asked__lte=since, asked__gt=since - _LOST)
    return list(found.values_list("user_id", "upload_id", "asked"))


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


def import_of_upload(*, user_id: int, upload_id: int) -> ImportRow | None:
    """Return the import of a file that waited under this number, unless it was undone."""
    rows = _import_rows(Import.objects.filter(user_id=user_id, upload_number=upload_id, undone=None))
    return rows[0] if rows else None


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
    """Return the same of the expenses with these source ids, none of which is empty."""
    step = 500
    rows: list[Similar] = []
    named = Expense.objects.filter(user_id=user_id).exclude(sourceid="")  # which is the condition of their index
    for start in range(0, len(sourceids), step):
        rows += _similar(named.filter(sourceid__in=sourceids[start : start + step]))
    return rows


def _similar(expenses: QuerySet[Expense]) -> list[Similar]:
    columns = ("id", "date", "amount", "type", "type_key", "notes", "notes_key", "sourceid", "status")
    return [
        Similar._make((row[0], row[1].date(), *row[2:8], row[8] == Expense.Status.DELETED))
        for row in expenses.order_by("id").values_list(*columns)
    ]
