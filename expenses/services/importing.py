"""Files on their way into the ledger: kept until they were looked through, taken in as a whole, and taken back.

What comes of one import is stored in bulk, in one transaction, under one take of the owner's clock: each expense has
its own instant, in the order of the file.
"""

import hashlib
import io
from collections.abc import Callable, Sequence, Set
from collections.abc import Mapping as Map
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from accounts.names import name_key
from accounts.retried import retried
from accounts.selectors import Account, base_currency
from accounts.sentences import sentence
from expenses.archives.reading import MOST_LINES, Archive, is_archive
from expenses.imports.amounts import MARKS
from expenses.imports.columns import Mapping, mapping_fitted, mapping_read
from expenses.imports.files import File, file_opened, file_portions, mapping_of
from expenses.models import Expense, ExpenseType, Import, Imported, ImportMapping, Taking, Upload
from expenses.selectors import (
    UNDER_WAY,
    UPLOAD_KEPT,
    UploadNotFound,
    UploadRow,
    import_row,
    mapping_remembered,
    upload_row,
)
from expenses.services.bulk import NewExpense, expenses_put
from expenses.services.clock import clock_hold, clock_read, clock_take
from expenses.services.planning import Planned, import_plan
from expenses.services.several import expenses_delete
from expenses.services.tags import MOST_TAGS, tag_ids
from reports.selectors import report_default, report_rows
from reports.services import report_create

NAME_LENGTH: Final = 200
MOST_WAITING: Final = 20
"""Files of one person that wait; of more the oldest goes, unless it is on its way into the ledger."""
LONG: Final = 2000
"""Lines; of more nobody waits for the import."""
_AT_ONCE: Final = 500
_TOLD_EVERY: Final = 1000  # rows: to tell it is a write
_ANEW: Final = 2  # how often a file is looked through again since its owner wrote meanwhile, and keeps nobody waiting

Told = Callable[..., None]
"""Is told how far a file has come, as ``Taking`` keeps it, while nothing of it is written yet; may raise."""


def untold(**_said: Any) -> None:
    """Tell nobody: who wants the file in waits for all of it."""


class AlreadyUndone(ValueError):
    """The import was taken back before. The message may be shown."""

    def __init__(self, import_id: int) -> None:
        super().__init__(sentence("import %(import_id)s: it was taken back before", import_id=import_id))


class NothingToImport(ValueError):
    """None of the lines is to be taken. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("no line is ticked: nothing would come"))


def upload_keep(*, user_id: int, name: str, data: bytes, now: datetime, mark: str = MARKS[0]) -> int:
    """Keep a file until its owner has looked it through, a day at most, and return its number.

    ``mark`` is what he writes before decimals. Raises Unreadable where it is none that can be imported.
    """
    if is_archive(io.BytesIO(data)):
        with Archive(io.BytesIO(data), most_lines=MOST_LINES) as archive:
            archive.check()
    else:
        file_opened(data)
    return _keep(user_id=user_id, name=name, data=data, mark=mark, now=now)


@retried
@transaction.atomic
def _keep(*, user_id: int, name: str, data: bytes, mark: str, now: datetime) -> int:
    waiting = Upload.objects.filter(user_id=user_id).exclude(taking__state__in=UNDER_WAY).order_by("-id")
    _forget(Upload.objects.filter(pk__in=[*waiting.values_list("pk", flat=True)[MOST_WAITING - 1 :]]))
    digest = hashlib.sha256(data).hexdigest()
    kept = Upload.objects.create(
        user_id=user_id, name=name[:NAME_LENGTH], data=data, sha256=digest, said={"mark": mark}, created=now
    )
    return kept.pk


def upload_drop(*, user_id: int, upload_id: int) -> bool:
    """Forget a file that waits, and tell whether it still did."""
    return _forget(Upload.objects.filter(user_id=user_id, pk=upload_id))


def uploads_forget(*, now: datetime) -> None:
    """Remove all files that waited too long, whoever's."""
    _forget(Upload.objects.filter(created__lte=now - UPLOAD_KEPT))


def _forget(uploads: QuerySet[Upload]) -> bool:
    """Remove files, and tell whether there were any. Django reads what it removes: not the data, which is large."""
    return uploads.only("pk").delete()[0] > 0


@retried
def upload_say(*, user_id: int, upload_id: int, said: Map[str, Any]) -> None:
    """Keep what the owner says of a file that waits (see ``upload_opened``), beside what he said before.

    What was found of it goes (``expenses.services.looking``), unless he says no more than which lines he takes.
    """
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(user_id=user_id, pk=upload_id).only("said").first()
        if upload is not None:
            upload.said = {**upload.said, **({} if {*said} <= {"ticks"} else {"look": None}), **said}
            upload.save(update_fields=["said"])


def upload_opened(*, user_id: int, upload: UploadRow) -> tuple[File, Mapping]:
    """Return a file that waits and what its parts mean: as its owner says, or said of such files before, or a guess.

    Days that can't be what he said of other files are read as this one shows.

    Of what he says, ``mark`` is what he writes before decimals, ``encoding`` and ``separator`` are how to read it,
    ``mapping`` what it means, and ``ticks`` which lines he takes or leaves against what is proposed. Raises Unreadable.
    """
    said = upload.said
    file = file_opened(upload.data, encoding=said.get("encoding", ""), separator=said.get("separator", ""))
    width = len(file.table.header)
    if (kept := said.get("mapping")) and (mapping := mapping_read(kept, width)):
        return file, mapping
    remembered = mapping_remembered(user_id=user_id, signature=file.signature)
    if remembered and (mapping := mapping_read(remembered, width)):
        return file, mapping_fitted(mapping, file.table)
    return file, mapping_of(file, mark=said.get("mark", MARKS[0]))


def is_long(file: File) -> bool:
    """Tell whether a file has so many lines that nobody is to wait for it: ``import_ask`` for that one."""
    return len(file.table.records) > LONG


def is_ticked(planned: Planned, ticks: Map[str, bool]) -> bool:
    """Tell whether a line is to be taken: as its owner says, or else if it resembles nothing."""
    return ticks.get(str(planned.entry.line), planned.like is None)


def import_take(*, owner: Account, upload_id: int, now: datetime, told: Told = untold) -> int:
    """Take the ticked lines of a file into the ledger, all or none, and return the number of the import.

    Reports, types and tags that are named and not there are made. The file waits no longer, and what was said of it is
    remembered for the next of its kind. Raises UploadNotFound, Unreadable, NothingToImport, AccountClosed.
    """
    prepared = _prepared(owner, upload_id, now, told)
    for _ in range(_ANEW):
        if clock_read(user_id=owner.id) == prepared.version:
            break
        prepared = _prepared(owner, upload_id, now, told)
    told(state=Taking.State.WRITTEN)
    return _take(owner=owner, upload_id=upload_id, prepared=prepared, now=now)


class _Prepared(NamedTuple):
    """What is to be taken of a file into a ledger whose clock stands at ``version``."""

    version: int
    upload: UploadRow
    file: File
    mapping: Mapping
    taken: list[Planned]


def _prepared(owner: Account, upload_id: int, now: datetime, told: Told = untold) -> _Prepared:
    version = clock_read(user_id=owner.id)
    owner = owner._replace(currency=base_currency(user_id=owner.id))  # as it is at that version or later
    upload = upload_row(user_id=owner.id, upload_id=upload_id, now=now)
    file, mapping = upload_opened(user_id=owner.id, upload=upload)
    told(state=Taking.State.PLANNED, done=0, total=len(file.table.records))
    readings = file_portions(file, mapping, rows=_TOLD_EVERY)
    plan = import_plan(owner=owner, readings=readings, told=lambda done: told(done=done))
    ticks = upload.said.get("ticks", {})
    taken = [each for each in plan.planned if is_ticked(each, ticks)]
    if not taken:
        raise NothingToImport
    return _Prepared(version, upload, file, mapping, taken)


@retried
@transaction.atomic
def _take(*, owner: Account, upload_id: int, prepared: _Prepared, now: datetime) -> int:
    """Store what was prepared: that took seconds, in which everybody could write.

    Where this owner does so all the time, it is done anew while nobody can: it would never come in otherwise.
    """
    if clock_hold(user_id=owner.id) != prepared.version:
        prepared = _prepared(owner, upload_id, now)
    if not upload_drop(user_id=owner.id, upload_id=upload_id):
        raise UploadNotFound(upload_id)
    _, upload, file, mapping, taken = prepared
    source = Import.objects.create(
        user_id=owner.id, name=upload.name, kind=file.kind, sha256=upload.sha256, expenses=len(taken),
        upload_number=upload_id, created=now,
    )  # fmt: skip
    _store(owner, taken, source_id=source.pk, now=now)
    ImportMapping.objects.update_or_create(
        user_id=owner.id, signature=file.signature, defaults={"said": mapping._asdict()}
    )
    return source.pk


@retried
@transaction.atomic
def import_undo(*, owner: Account, import_id: int, now: datetime) -> int:
    """Delete all that came by an import and is still there, and return how many that were.

    They wait in the trash, without their source ids: the same file can be imported again. Reports that came with it,
    and were closed already, keep none of it. Raises ImportNotFound, AlreadyUndone, ReportClosed.
    """
    clock_take(user_id=owner.id, now=now)
    source = import_row(user_id=owner.id, import_id=import_id)
    if source.undone:
        raise AlreadyUndone(import_id)
    came = Expense.objects.filter(pk__in=Imported.objects.filter(source_id=import_id).values("expense_id"))
    there = came.filter(status=Expense.Status.LIVE)
    live = [*there.values_list("pk", flat=True)]
    there.exclude(sourceid="").update(sourceid="")
    for start in range(0, len(live), _AT_ONCE):
        some = live[start : start + _AT_ONCE]
        expenses_delete(owner=owner, expense_ids=some, now=now, closed=source.closed_reports)
    Import.objects.filter(user_id=owner.id, pk=import_id).update(undone=now)
    return len(live)


def _store(owner: Account, taken: Sequence[Planned], *, source_id: int, now: datetime) -> None:
    """Store new expenses with their tags, each with an instant of its own."""
    reports = _reports(owner, {each.entry.report for each in taken}, now)
    default, tags = report_default(user_id=owner.id).id, _tags(owner, taken)
    _types(owner, {each.entry.type for each in taken})
    first = clock_take(user_id=owner.id, now=now, count=len(taken))
    expenses_put(
        user_id=owner.id,
        expenses=[
            NewExpense(
                reports.get(name_key(entry.report), default), Expense.Status.LIVE.value, entry.type, price.amount,
                price.raw_amount, price.unit, price.rate, entry.notes, sourceid, entry.date, taken_at, taken_at,
                [tags[key] for key in wanted],
            )
            for taken_at, ((entry, price, wanted, _), sourceid) in enumerate(
                zip(taken, _free_source_ids(taken), strict=True), first
            )
        ],
        source_id=source_id,
    )  # fmt: skip


def _reports(owner: Account, names: Set[str], now: datetime) -> dict[str, int]:
    """Return the reports of these names by their keys; missing ones are made, in the order of the alphabet."""
    known = {name_key(row.name): row.id for row in report_rows(user_id=owner.id)}
    for name in sorted(names - {""}):
        if name_key(name) not in known:
            known[name_key(name)] = report_create(user_id=owner.id, name=name, now=now).id
    return known


def _tags(owner: Account, taken: Sequence[Planned]) -> dict[str, int]:
    """Return the tags of all that comes by their keys; missing ones are made, in the order of the file."""
    wanted: dict[str, str] = {}
    for each in taken:
        for key, name in each.tags.items():
            wanted.setdefault(key, name)
    found: dict[str, int] = {}
    names = [*wanted.values()]
    for start in range(0, len(names), MOST_TAGS):
        some = names[start : start + MOST_TAGS]
        found |= dict(zip(map(name_key, some), tag_ids(user_id=owner.id, names=some), strict=True))
    return found


def _types(owner: Account, names: Set[str]) -> None:
    """Make the types known to the owner's ledger, each as it was written first in the order of the alphabet."""
    by_key = {name_key(name): name for name in sorted(names, reverse=True)}
    ExpenseType.objects.bulk_create(
        [ExpenseType(user_id=owner.id, name=name, name_key=key) for key, name in sorted(by_key.items())],
        ignore_conflicts=True,
    )


def _free_source_ids(taken: Sequence[Planned]) -> list[str]:
    """Return the source ids that the new expenses keep: none that another expense has, of the file or the ledger."""
    used: set[str] = {each.like.sourceid for each in taken if each.like}
    free = []
    for each in taken:
        sourceid = each.entry.sourceid
        free.append("" if sourceid in used else sourceid)
        used.add(sourceid)
    return free
