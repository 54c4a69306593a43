"""An archive taken into a ledger: looked through first, then all of it or nothing.

Into a ledger that nobody has used it can come as it was: with what the person set, with the instants of change, and
with nothing beside it. That ledger is the same then, but for ids, which are a server's own. Into any other those
expenses come that are not there yet, each with a new instant of change, so that programs which have read the ledger
hear of them; reports, types, rates and settings that are there stay as they are.

An expense is known again by the instant in which it was created, by its source id, or by its day, type, amount and
notes.
"""

import io
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import transaction

from accounts.fields import microseconds
from accounts.models import MileageRate
from accounts.names import name_key, route_key
from accounts.retried import retried
from accounts.selectors import Account, base_currency
from accounts.sentences import sentence, why
from accounts.services import BadAccount, base_currency_put, mileage_rate_set, preferences_set
from expenses.archives import lines
from expenses.archives.lines import ExpenseLine, ReportLine
from expenses.archives.reading import MOST_LINES, Archive, BadArchive
from expenses.images import BadReceipt
from expenses.models import Category, CurrencyRate, Expense, ExpenseType, Import, Imported, Receipt, Tag, Taking, Timer
from expenses.receipts import StoredImage, receipt_read, receipt_written, receipts_told
from expenses.selectors import UploadNotFound, UploadRow, upload_row
from expenses.services.accounts import SAMPLE_TYPE
from expenses.services.archives_checked import Checked, archive_checked
from expenses.services.bulk import NewExpense, expenses_put
from expenses.services.clock import clock_hold, clock_read, clock_take, instant
from expenses.services.importing import LONG, NAME_LENGTH, Told, untold, upload_drop
from expenses.services.rates import currency_rate_set
from expenses.services.storing import ReportClosed, checked_open
from expenses.services.tags import MOST_TAGS, tag_ids
from reports.models import Report
from reports.selectors import report_rows
from reports.status import CLOSED

KIND: Final = "archive"
MANY: Final = 100
"""Receipts; of more nobody waits for the import."""
_TOLD_EVERY: Final = 20  # receipts: to tell it is a write


class OtherCurrency(ValueError):
    """The archive's amounts are in another base currency than the ledger's. The message may be shown."""

    def __init__(self, currency: str, base: str) -> None:
        super().__init__(
            sentence(
                "the archive is kept in %(currency)s, and your ledger in %(base)s: amounts can't become others",
                currency=currency,
                base=base,
            )
        )


class LedgerChanged(ValueError):
    """The ledger is not as it was when the archive was looked through. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("your ledger was changed meanwhile: look again at what would come"))


ARCHIVE_REFUSALS: Final = (BadArchive, LedgerChanged, OtherCurrency, ReportClosed)
"""Why an archive can't be taken in. Their messages may be shown."""


class ArchiveFigures(NamedTuple):
    """What an ``ArchivePlan`` comes to, for a page to keep and to show; see there."""

    version: int
    is_untouched: bool
    expenses: int
    deleted: int
    receipts: int
    reports: int
    there: int
    alike: int


class ArchivePlan(NamedTuple):
    """What would come of an archive into a ledger whose clock stands at ``version``.

    ``as_it_was``: the ledger becomes the archive's; ``is_untouched``: it could. ``expenses`` and ``reports`` are new,
    ``there`` expenses are known again, and ``alike`` ones by what they say.
    """

    version: int
    is_untouched: bool
    as_it_was: bool
    checked: Checked
    reports: list[ReportLine]
    expenses: list[ExpenseLine]
    there: int
    alike: int
    receipts: int

    @property
    def deleted(self) -> int:
        return sum(line.status == Expense.Status.DELETED for line in self.expenses)

    @property
    def figures(self) -> ArchiveFigures:
        return ArchiveFigures(
            self.version, self.is_untouched, len(self.expenses), self.deleted, self.receipts, len(self.reports),
            self.there, self.alike,
        )  # fmt: skip


def archive_plan(
    *, owner: Account, archive: Archive, as_it_was: bool, now: datetime, seen: int | None = None, told: Told = untold
) -> ArchivePlan:
    """Return what would come of an archive; ``as_it_was`` says whether as a whole, where that can be.

    ``seen`` is the version that its owner was shown. Raises BadArchive, OtherCurrency, ReportClosed, AccountClosed,
    LedgerChanged where that is not the one any more.
    """
    told(state=Taking.State.PLANNED, done=0, total=sum(archive.manifest.counts.values()))
    version = clock_read(user_id=owner.id)  # first: it takes seconds, and what was changed meanwhile is seen in the end
    if seen not in {version, None}:
        raise LedgerChanged
    checked = archive_checked(archive, now=now, told=told)
    base = base_currency(user_id=owner.id)  # as it is at that version or later, whenever the owner was looked up
    is_untouched = _is_untouched(owner, version)
    as_it_was = as_it_was and is_untouched
    reports, expenses, there, alike = checked.reports, checked.expenses, 0, 0
    if not as_it_was:
        if expenses and checked.person.currency != base:
            raise OtherCurrency(checked.person.currency, base)
        expenses, there, alike = _missing(owner, expenses)
        reports = _reports_missing(owner, reports, {line.report for line in expenses})
    receipts = sum(receipt.file in archive.manifest.parts for line in expenses for receipt in line.receipts)
    return ArchivePlan(version, is_untouched, as_it_was, checked, reports, expenses, there, alike, receipts)


def _is_untouched(owner: Account, version: int) -> bool:
    """Tell whether a ledger holds nothing but what opening it made: whatever changes one moves its clock."""
    rows = Expense.objects.filter(user_id=owner.id).values_list("type", "amount", "status", "modified")[:2]
    found = [(*row, microseconds(modified)) for *row, modified in rows]
    has_more = any(table.objects.filter(user_id=owner.id).exists() for table in (Category, ExpenseType, Receipt, Tag))
    return found == [(SAMPLE_TYPE, Decimal(0), Expense.Status.LIVE, version)] and not has_more


def _missing(owner: Account, expenses: Sequence[ExpenseLine]) -> tuple[list[ExpenseLine], int, int]:
    """Return what the ledger does not have, how many it has, and how many are like one that it has.

    What came by an import, and is in the trash since that was taken back, is not had. It may have kept its source id:
    what comes anew has none then.
    """
    undone = Imported.objects.filter(user_id=owner.id, source__undone__isnull=False).values("expense_id")
    every = Expense.objects.filter(user_id=owner.id)
    had = every.exclude(status=Expense.Status.DELETED, pk__in=undone)
    created = {*had.values_list("created", flat=True)}
    sourceids = {*had.exclude(sourceid="").values_list("sourceid", flat=True)}
    kept = {*every.exclude(sourceid="").values_list("sourceid", flat=True)}
    unknown = [line for line in expenses if line.created not in created and line.sourceid not in sourceids]
    of_archive = {line.created for line in expenses}
    said = had.filter(status=Expense.Status.LIVE).values_list("created", "date", "type_key", "amount", "notes_key")
    free = Counter(tuple(row) for instant, *row in said if instant not in of_archive)
    missing = []
    for line in unknown:
        key = (line.date, name_key(line.type), line.amount, name_key(line.notes))
        if line.status == Expense.Status.LIVE and free[key]:
            free[key] -= 1
        else:
            missing.append(line._replace(sourceid="") if line.sourceid in kept else line)
    return missing, len(expenses) - len(unknown), len(unknown) - len(missing)


def _reports_missing(owner: Account, reports: Sequence[ReportLine], used: set[str]) -> list[ReportLine]:
    """Return the reports that the owner has not. Raises ReportClosed where one that he has takes no more."""
    known = {name_key(row.name): row for row in report_rows(user_id=owner.id)}
    for name in sorted(used):
        if name_key(name) in known:
            checked_open(known[name_key(name)])
    return [line._replace(is_default=False) for line in reports if name_key(line.name) not in known]


def archive_is_long(upload: UploadRow) -> bool:
    """Tell whether nobody is to wait for an archive that waits, for its lines or receipts: ``import_ask`` for it."""
    with upload_archive(upload) as archive:
        return sum(archive.manifest.counts.values()) > LONG or archive.manifest.receipts > MANY


def archive_import(
    *, owner: Account, upload_id: int, as_it_was: bool, seen: int, now: datetime, told: Told = untold
) -> int:
    """Take an archive that waits into the ledger, all or nothing, and return the number of the import; see above.

    The file waits no longer. Raises UploadNotFound, AccountClosed, and what ARCHIVE_REFUSALS are.
    """
    upload = upload_row(user_id=owner.id, upload_id=upload_id, now=now)
    with upload_archive(upload) as archive:
        plan = archive_plan(owner=owner, archive=archive, as_it_was=as_it_was, now=now, seen=seen, told=told)
        return archive_take(
            owner=owner, archive=archive, plan=plan, name=upload.name, sha256=upload.sha256, now=now,
            upload_id=upload_id, told=told,
        )  # fmt: skip


def upload_archive(upload: UploadRow) -> Archive:
    """Open an archive that waits; whoever takes it closes it."""
    return Archive(io.BytesIO(upload.data), most_lines=MOST_LINES)


def archive_take(
    *,
    owner: Account,
    archive: Archive,
    plan: ArchivePlan,
    name: str,
    sha256: str,
    now: datetime,
    upload_id: int | None = None,
    told: Told = untold,
) -> int:
    """Take what ``archive_plan`` found into the ledger, all or nothing, and return the number of the import.

    ``name`` and ``sha256`` are those of the file, and ``upload_id`` is its number where it waits: it goes then.
    Raises LedgerChanged, BadArchive, UploadNotFound.
    """
    with ExitStack() as written:
        told(state=Taking.State.COPIED, done=0, total=plan.receipts)
        images = _images(written, owner, archive, plan.expenses, told)
        told(state=Taking.State.WRITTEN)
        return _take(owner=owner, plan=plan, images=images, name=name, sha256=sha256, upload_id=upload_id, now=now)


def _images(
    written: ExitStack, owner: Account, archive: Archive, expenses: Sequence[ExpenseLine], told: Told
) -> list[list[StoredImage | None]]:
    """Write the files of each expense's receipts, None for a missing one; they go again if what follows fails."""
    images: list[list[StoredImage | None]] = []
    done = 0
    for line in expenses:
        images.append([])
        for receipt in line.receipts:
            image = _image(written, owner, archive, receipt.file)
            images[-1].append(image)
            done += image is not None
            if image is not None and done % _TOLD_EVERY == 0:
                told(done=done)
    return images


def _image(written: ExitStack, owner: Account, archive: Archive, file: str) -> StoredImage | None:
    data = archive.receipt(file)
    if data is None:
        return None
    try:
        picture = receipt_read(data)
    except BadReceipt as refusal:
        raise BadArchive(file, why(refusal)) from None
    return written.enter_context(receipt_written(user_id=owner.id, picture=picture))


@retried
@transaction.atomic
def _take(
    *,
    owner: Account,
    plan: ArchivePlan,
    images: Sequence[Sequence[StoredImage | None]],
    name: str,
    sha256: str,
    upload_id: int | None,
    now: datetime,
) -> int:
    if clock_hold(user_id=owner.id) != plan.version:
        raise LedgerChanged
    if upload_id is not None and not upload_drop(user_id=owner.id, upload_id=upload_id):
        raise UploadNotFound(upload_id)
    if plan.as_it_was:
        _become(owner, plan)
    made = _reports_made(owner, plan.reports)
    _types_made(owner, plan.checked)
    _rates_made(owner, plan.checked)
    source = Import.objects.create(
        user_id=owner.id, name=name[:NAME_LENGTH], kind=KIND, sha256=sha256, expenses=len(plan.expenses),
        upload_number=upload_id, created=now,
        closed_reports=[made[name_key(line.name)] for line in plan.reports if line.status in CLOSED],
    )  # fmt: skip
    ids = expenses_put(user_id=owner.id, expenses=_new_expenses(owner, plan, made, now), source_id=source.pk)
    _receipts_put(owner, ids, plan.expenses, images)
    _timer_put(owner, ids, plan.expenses)
    return source.pk


def _become(owner: Account, plan: ArchivePlan) -> None:
    """Make an untouched ledger that of the archive, as far as it is not made of lines: its sample goes, for good."""
    person = plan.checked.person
    Expense.objects.filter(user_id=owner.id).delete()
    Report.objects.filter(user_id=owner.id).delete()
    try:
        preferences_set(
            user_id=owner.id, zone=person.zone, hourly_rate=person.hourly_rate, mileage_unit=person.mileage_unit,
            language=person.language,
        )  # fmt: skip
    except BadAccount as refusal:
        raise BadArchive(lines.PERSON.part, why(refusal)) from None
    base_currency_put(user_id=owner.id, code=person.currency)


def _reports_made(owner: Account, reports: Sequence[ReportLine]) -> dict[str, int]:
    """Make reports, and return the ids of all that the owner has by the keys of their names."""
    for line in reports:
        Report.objects.create(
            user_id=owner.id, name_key=name_key(line.name), route_key=route_key(line.name), **line._asdict()
        )
    return dict(Report.objects.filter(user_id=owner.id).values_list("name_key", "pk"))


def _types_made(owner: Account, checked: Checked) -> None:
    for line in checked.categories:
        Category.objects.get_or_create(user_id=owner.id, name_key=name_key(line.name), defaults={"name": line.name})
    categories = dict(Category.objects.filter(user_id=owner.id).values_list("name_key", "pk"))
    types = ExpenseType.objects.filter(user_id=owner.id)
    known = {*types.values_list("name_key", flat=True)}
    ExpenseType.objects.bulk_create(
        ExpenseType(
            user_id=owner.id, name=line.name, name_key=name_key(line.name), unit=line.unit, rate=line.rate,
            category_id=categories.get(name_key(line.category)),
        )
        for line in checked.types if name_key(line.name) not in known
    )  # fmt: skip


def _rates_made(owner: Account, checked: Checked) -> None:
    own = MileageRate.objects.filter(user_id=owner.id)
    for line in checked.mileage_rates:
        if not own.filter(unit=line.unit, valid_from=line.valid_from).exists():
            mileage_rate_set(user_id=owner.id, **line._asdict())
    rates = CurrencyRate.objects.filter(user_id=owner.id)
    for rate in checked.currency_rates:
        if not rates.filter(base=rate.base, quote=rate.quote, day=rate.day).exists():
            currency_rate_set(user_id=owner.id, currency=rate.base, base=rate.quote, day=rate.day, rate=rate.rate)


def _new_expenses(owner: Account, plan: ArchivePlan, reports: dict[str, int], now: datetime) -> list[NewExpense]:
    tags = _tags_made(owner, plan)
    in_order = sorted(range(len(plan.expenses)), key=lambda place: plan.expenses[place].modified)
    as_they_were = _as_they_were(plan.expenses, in_order)
    newest = max([now, *map(instant, as_they_were.values())])
    first = clock_take(user_id=owner.id, now=newest, count=max(1, len(plan.expenses)))
    changed = as_they_were if plan.as_it_was else {place: first + rank for rank, place in enumerate(in_order)}
    return [
        NewExpense(
            reports[name_key(line.report)], line.status, line.type, line.amount, line.raw_amount, line.unit, line.rate,
            line.notes, line.sourceid, line.date, microseconds(line.created), changed[place],
            [tags[name_key(name)] for name in line.tags],
        )
        for place, line in enumerate(plan.expenses)
    ]  # fmt: skip


def _as_they_were(expenses: Sequence[ExpenseLine], in_order: Iterable[int]) -> dict[int, int]:
    """Return the instants of change that an archive says, by the places of its lines, in microseconds since 1970.

    Of lines that say the same, as no ledger of this server makes them, each is a little later than the one before: a
    program that has seen an instant asks for what came after it, and would never hear of the others. To refuse them
    would lock out whoever has them already.
    """
    instants: dict[int, int] = {}
    last = -1
    for place in in_order:
        last = instants[place] = max(microseconds(expenses[place].modified), last + 1)
    return instants


def _tags_made(owner: Account, plan: ArchivePlan) -> dict[str, int]:
    """Make the tags that are missing, and return all of the archive's by their keys."""
    names = dict.fromkeys(line.name for line in plan.checked.tags)
    names |= dict.fromkeys(name for line in plan.expenses for name in line.tags)
    wanted = list({name_key(name): name for name in reversed(names)}.items())[::-1]
    tags: dict[str, int] = {}
    for start in range(0, len(wanted), MOST_TAGS):
        some = dict(wanted[start : start + MOST_TAGS])
        tags |= dict(zip(some, tag_ids(user_id=owner.id, names=[*some.values()]), strict=True))
    return tags


def _receipts_put(
    owner: Account,
    ids: Iterable[int],
    expenses: Sequence[ExpenseLine],
    images: Sequence[Sequence[StoredImage | None]],
) -> None:
    Receipt.objects.bulk_create(
        Receipt(
            user_id=owner.id, expense_id=expense_id, position=position, image=image.name, size=image.size,
            sha256=image.sha256, created=created,
        )
        for expense_id, line, stored in zip(ids, expenses, images, strict=True)
        for position, (image, created) in enumerate(
            (image, receipt.created)
            for image, receipt in zip(stored, line.receipts, strict=True)
            if image is not None
        )
    )  # fmt: skip
    receipts_told([image.name for stored in images for image in stored if image is not None])


def _timer_put(owner: Account, ids: Iterable[int], expenses: Sequence[ExpenseLine]) -> None:
    """Let the clock run on that ran, unless one runs here."""
    for expense_id, line in zip(ids, expenses, strict=True):
        if line.timer is not None:
            Timer.objects.get_or_create(user_id=owner.id, defaults={"expense_id": expense_id, "started": line.timer})
