"""What every way of making an expense shares: what may be kept, and the rows that keep it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings

from accounts.names import name_fits, name_key
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses.models import Expense, ExpenseType
from expenses.services.clock import instant
from expenses.services.pricing import Price
from expenses.services.tags import refusal_of, tag_ids, tags_put
from reports.selectors import ReportRow
from reports.status import Status

TYPE_LENGTH = 200
NOTES_LENGTH = 20_000


class BadType(ValueError):
    """The text can't be a type. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "type %(name)s: 1 to %(most)s characters on one line, like lunch, are wanted",
                name=repr(name[:40]),
                most=TYPE_LENGTH,
            )
        )


class NotesTooLong(ValueError):
    """The notes are longer than the ledger keeps. The message may be shown."""

    def __init__(self, notes: str) -> None:
        super().__init__(
            sentence(
                "notes %(notes)s: at most %(most)s characters are kept, these are %(length)s",
                notes=repr(notes[:40]),
                most=NOTES_LENGTH,
                length=len(notes),
            )
        )


class ReportClosed(ValueError):
    """The report was handed in or archived: it takes no more, and what is in it stays. The message may be shown.

    ``expense_id`` says which of several expenses is in it.
    """

    def __init__(self, report: ReportRow, expense_id: int | None) -> None:
        named = {"name": repr(report.name[:40]), "status": report.status}
        if report.status == Status.ARCHIVED:
            why = sentence("report %(name)s is archived (status %(status)s) and can't be changed", **named)
        else:
            why = sentence("report %(name)s was handed in (status %(status)s) and can't be changed", **named)
        super().__init__(refusal_of(expense_id, why))
        self.expense_id = expense_id


@dataclass(frozen=True, slots=True)
class Draft:
    """An expense about to be stored. ``date`` is the owner's wall clock; a new type has no row in his ledger yet."""

    report_id: int
    type: str
    price: Price
    notes: str
    date: datetime
    tags: Sequence[str]
    type_is_new: bool


def expense_store(*, owner: Account, draft: Draft, taken: int, channel: str) -> int:
    """Store an expense with its tags and return its id; its type is known from now on.

    ``taken`` is the instant from the owner's clock; ``channel`` is how the entry came, "" where it names no source.
    Raises BadTagName, TooManyTags.
    """
    if draft.type_is_new:
        type_remember(owner=owner, name=draft.type)
    created = instant(taken)
    expense = Expense(
        user_id=owner.id, report_id=draft.report_id, type=draft.type, type_key=name_key(draft.type),
        amount=draft.price.amount, raw_amount=draft.price.raw_amount, unit=draft.price.unit, rate=draft.price.rate,
        notes=draft.notes, notes_key=name_key(draft.notes),
        sourceid=_source_id(owner, channel, taken), date=draft.date, created=created, modified=created,
    )  # fmt: skip
    expense.save(force_insert=True)
    tags = tag_ids(user_id=owner.id, names=draft.tags)
    tags_put(user_id=owner.id, expense_id=expense.pk, tags=tags)
    return expense.pk


def _source_id(owner: Account, channel: str, taken: int) -> str:
    """Return what names the entry for good, in the old service's form (wire §2.5): no instant is taken twice."""
    if not channel:
        return ""
    entered = instant(taken) + timedelta(seconds=settings.SERVER_OFFSET_SECONDS)
    return f"{channel}-{owner.id}-{entered.replace(tzinfo=None).isoformat(timespec='microseconds')}"


def type_remember(*, owner: Account, name: str) -> None:
    """Make a type known to the owner's ledger."""
    ExpenseType.objects.bulk_create(
        [ExpenseType(user_id=owner.id, name=name, name_key=name_key(name))], ignore_conflicts=True
    )


def checked_type(name: str) -> str:
    """Return the type as it is kept. Raises BadType."""
    name = name.strip()
    if not name_fits(name, most=TYPE_LENGTH):
        raise BadType(name)
    return name


def checked_notes(notes: str) -> str:
    """Return the notes as they are kept. Raises NotesTooLong."""
    if len(notes) > NOTES_LENGTH:
        raise NotesTooLong(notes)
    return notes


def checked_open(report: ReportRow, *, expense_id: int | None = None) -> ReportRow:
    """Return the report if it takes expenses. Raises ReportClosed, of one of several expenses where that is given."""
    if report.is_closed:
        raise ReportClosed(report, expense_id)
    return report


def moment(day: date) -> datetime:
    """Return a wall clock's reading: a date without time means its midnight."""
    return day if isinstance(day, datetime) else datetime.combine(day, time.min)
