"""What may be said in free text: an expense, or a word to the timer."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.db import transaction

from accounts.names import name_key
from accounts.retried import retried
from accounts.selectors import Account
from accounts.sentences import sentence
from expenses import grammar
from expenses.exports.row import ExpenseRow
from expenses.images import Picture
from expenses.models import Timer
from expenses.money import as_typed, raw_rounded
from expenses.receipts import receipt_attach, receipt_kept
from expenses.selectors import expense_row
from expenses.services.clock import clock_take, instant, ledger_take
from expenses.services.pricing import KnownType, price, worth
from expenses.services.storing import Draft, checked_notes, checked_open, expense_store, moment
from expenses.services.tags import tag_ids, tags_replace
from expenses.services.vocabulary import Words, words_of
from reports.selectors import ReportRow, report_default, report_row


class TimerNotRunning(ValueError):
    """A timer was to be stopped that does not run. The message may be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(
            sentence("q %(text)s: no timer is running; 'Time start clientx' starts one", text=repr(text[:40]))
        )


class NotNew(Exception):
    """The text would change an expense that is there, where only new ones may be made. The message may be shown."""

    def __init__(self, text: str) -> None:
        super().__init__(
            sentence(
                "q %(text)s: this would change an expense whose timer runs, and only new ones may be added",
                text=repr(text[:40]),
            )
        )


class Preview(NamedTuple):
    """What a text would do, before it is done. Amounts and ``date`` are as in ``ExpenseRow``.

    ``timer`` is "start" or "stop", or "" for an ordinary expense. What is assumed was said nowhere.
    """

    timer: str
    type: str
    amount: int
    raw_amount: int
    unit: str
    rate: str
    notes: str
    tags: tuple[str, ...]
    report: str
    report_is_assumed: bool
    date: str
    date_is_assumed: bool


class _Arrival(NamedTuple):
    """Whose text it is, when it was said, and what came beside it."""

    owner: Account
    now: datetime
    report_id: int | None
    day: date | None


@retried
def expense_create_from_text(
    *,
    owner: Account,
    text: str,
    now: datetime,
    report_id: int | None = None,
    day: date | None = None,
    channel: str = "",
    picture: Picture | None = None,
    only_new: bool = False,
    names_reports: bool = True,
    said_at: datetime | None = None,
) -> ExpenseRow:
    """Do what the text says and return the expense: a new one, or the one whose timer was started or stopped.

    ``said_at`` is when it was said, where that was before it came: its day, "yesterday" and the timer go by that.
    ``report_id`` and ``day`` beat what the text says; a timer that stops leaves the day as it is, and moves its expense
    to the default report where its own was handed in. With ``only_new`` a timer that runs is left alone. Without
    ``names_reports`` no word is taken for a report's name, so that what is stored tells nothing of which there are.
    Raises GrammarError, TimerNotRunning, NotNew and what ``expense_create`` raises.
    """
    with receipt_kept(user_id=owner.id, picture=picture) as image, transaction.atomic():
        owner, taken = ledger_take(owner=owner, now=now)
        arrival = _Arrival(owner, said_at or now, report_id, day)
        words = _words(owner, text, names_reports=names_reports)
        said = _understood(arrival, words, text, only_new=only_new)
        if isinstance(said, grammar.TimerStop):
            expense_id = _timer_stop(arrival, said, text, taken)
        elif isinstance(said, grammar.TimerStart):
            expense_id = _timer_start(arrival, words, said, channel, taken)
        else:
            draft = _draft(arrival, words, said, said.raw_amount, said.unit)
            expense_id = expense_store(owner=owner, draft=draft, taken=taken, channel=channel)
        receipt_attach(user_id=owner.id, expense_id=expense_id, image=image, now=now)
        return expense_row(user_id=owner.id, expense_id=expense_id)


def expense_preview(
    *,
    owner: Account,
    text: str,
    now: datetime,
    report_id: int | None = None,
    day: date | None = None,
    only_new: bool = False,
    names_reports: bool = True,
) -> Preview:
    """Return what ``expense_create_from_text`` would store, and store nothing.

    With ``only_new`` nothing of a timer's expense is shown either. Raises GrammarError, TimerNotRunning, NotNew,
    RateMissing, BadRate, AmountTooLarge, NotesTooLong, ReportNotFound, ReportClosed.
    """
    words = _words(owner, text, names_reports=names_reports)
    return _preview_of(_Arrival(owner, now, report_id, day), words, text, only_new=only_new)


def expense_previews(*, owner: Account, texts: Sequence[str], now: datetime) -> Callable[[str], Preview]:
    """Return what says of each of ``texts`` what ``expense_preview`` would; their words are looked up at once.

    Raises GrammarError where a text is none that could be looked at.
    """
    arrival, words = _Arrival(owner, now, None, None), words_of(owner=owner, texts=texts)
    return partial(_preview_of, arrival, words, only_new=False)


def _preview_of(arrival: _Arrival, words: Words, text: str, *, only_new: bool) -> Preview:
    said = _understood(arrival, words, text, only_new=only_new)
    if isinstance(said, grammar.TimerStop):
        return _preview_of_stop(arrival, said, text)
    if isinstance(said, grammar.TimerStart):
        return _preview(arrival, words, said, _draft(arrival, words, said, Decimal(0), "min"), timer="start")
    return _preview(arrival, words, said, _draft(arrival, words, said, said.raw_amount, said.unit), timer="")


def _words(owner: Account, text: str, *, names_reports: bool) -> Words:
    """Return what the text's words mean. Raises GrammarError."""
    words = words_of(owner=owner, texts=[text])
    return words if names_reports else replace(words, reports={})


def _understood(
    arrival: _Arrival, words: Words, text: str, *, only_new: bool
) -> grammar.Entry | grammar.TimerStart | grammar.TimerStop:
    """Return what the text says. Raises GrammarError, NotNew."""
    owner = arrival.owner
    said = grammar.parse(text, vocabulary=words.vocabulary(owner), today=owner.wall_clock(arrival.now).date())
    if only_new and not isinstance(said, grammar.Entry) and _running(owner) is not None:
        raise NotNew(text)
    return said


def _preview(
    arrival: _Arrival, words: Words, said: grammar.Entry | grammar.TimerStart, draft: Draft, *, timer: str
) -> Preview:
    priced = draft.price
    said_day = said.date if isinstance(said, grammar.Entry) else None
    return Preview(
        timer=timer,
        type=draft.type,
        amount=_thousandths(priced.amount),
        raw_amount=_thousandths(priced.raw_amount),
        unit=priced.unit,
        rate="" if priced.rate is None else as_typed(priced.rate),
        notes=draft.notes,
        tags=tuple(draft.tags),
        report=_report_of(arrival.owner, words, draft).name,
        report_is_assumed=said.report_id is None and arrival.report_id is None,
        date=f"{draft.date:%Y-%m-%d %H:%M:%S}",
        date_is_assumed=said_day is None and arrival.day is None,
    )


def _report_of(owner: Account, words: Words, draft: Draft) -> ReportRow:
    default = words.default_report
    return default if draft.report_id == default.id else report_row(user_id=owner.id, report_id=draft.report_id)


def _preview_of_stop(arrival: _Arrival, said: grammar.TimerStop, text: str) -> Preview:
    owner, running = arrival.owner, _running(arrival.owner)
    if running is None:
        raise TimerNotRunning(text)
    row = expense_row(user_id=owner.id, expense_id=running.expense_id)
    named = _report_named(arrival, said)
    report_id = named.id if named else _report_kept(owner, running)
    raw_amount, amount = _worked(owner, running, arrival.now)
    return Preview(
        timer="stop",
        type=row.type,
        amount=_thousandths(amount),
        raw_amount=_thousandths(raw_amount),
        unit=row.unit,
        rate=row.rate,
        notes=checked_notes(f"{row.notes} {said.notes}".strip()),
        tags=tuple(dict.fromkeys((*(tag.name for tag in row.tags), *said.tags))),
        report=report_row(user_id=owner.id, report_id=report_id).name,
        report_is_assumed=named is None,
        date=row.date,
        date_is_assumed=False,
    )


def _thousandths(amount: Decimal) -> int:
    return int(amount.scaleb(3))


def _draft(
    arrival: _Arrival, words: Words, said: grammar.Entry | grammar.TimerStart, raw_amount: Decimal, unit: str
) -> Draft:
    owner, when = arrival.owner, _when(arrival, said)
    report = _report_named(arrival, said) or words.default_report
    key = name_key(said.type)
    known = words.types.get(key, KnownType())
    rate = said.rate if isinstance(said, grammar.Entry) else None
    priced = price(owner=owner, raw_amount=raw_amount, unit=unit, day=when.date(), known=known, rate=rate)
    return Draft(report.id, said.type, priced, checked_notes(said.notes), when, said.tags, key not in words.remembered)


def _report_named(arrival: _Arrival, said: grammar.Entry | grammar.TimerStart | grammar.TimerStop) -> ReportRow | None:
    """Return the report that was named, in the text or beside it. Raises ReportNotFound, ReportClosed."""
    named = said.report_id if arrival.report_id is None else arrival.report_id
    return None if named is None else checked_open(report_row(user_id=arrival.owner.id, report_id=named))


def _when(arrival: _Arrival, said: grammar.Entry | grammar.TimerStart) -> datetime:
    """A day that the text names has the time of arrival; one that comes beside the text is taken as it is."""
    if arrival.day is not None:
        return moment(arrival.day)
    clock = arrival.owner.wall_clock(arrival.now)
    said_day = said.date if isinstance(said, grammar.Entry) else None
    if said_day is None or isinstance(said_day, datetime):
        return said_day or clock
    return datetime.combine(said_day, clock.time())


def _timer_start(arrival: _Arrival, words: Words, said: grammar.TimerStart, channel: str, taken: int) -> int:
    """Store the expense that the timer will fill in, end the one that runs, and return the new expense's id."""
    owner, now = arrival.owner, arrival.now
    draft = _draft(arrival, words, said, Decimal(0), "min")
    running = _running(owner)
    if running is not None:
        running.expense.report_id = _report_kept(owner, running)
        _fill(owner, running, now, taken)
        taken = clock_take(user_id=owner.id, now=now)
        running.delete()
    expense_id = expense_store(owner=owner, draft=draft, taken=taken, channel=channel)
    Timer.objects.create(user_id=owner.id, expense_id=expense_id, started=now)
    return expense_id


def _timer_stop(arrival: _Arrival, said: grammar.TimerStop, text: str, taken: int) -> int:
    """Fill in the timer's expense, add what was said on stopping, and return the expense's id.

    Where its report was handed in meanwhile, it moves to the one that was named or to the default one.
    """
    owner = arrival.owner
    running = _running(owner)
    if running is None:
        raise TimerNotRunning(text)
    expense = running.expense
    named = _report_named(arrival, said)
    expense.report_id = named.id if named else _report_kept(owner, running)
    expense.notes = checked_notes(f"{expense.notes} {said.notes}".strip() if said.notes else expense.notes)
    expense.notes_key = name_key(expense.notes)
    _fill(owner, running, arrival.now, taken)
    running.delete()
    present = [tag.name for tag in expense_row(user_id=owner.id, expense_id=expense.pk).tags]
    tags = tag_ids(user_id=owner.id, names=[*present, *said.tags])
    tags_replace(user_id=owner.id, expense_id=expense.pk, tags=tags)
    return expense.pk


def _running(owner: Account) -> Timer | None:
    return Timer.objects.filter(user_id=owner.id).select_related("expense").first()


def _report_kept(owner: Account, timer: Timer) -> int:
    """Return the id of the report in which the timer's expense ends up where none was named.

    A report that was handed in must not change, nor the owner lose his work: it goes to the default report.
    """
    report = report_row(user_id=owner.id, report_id=timer.expense.report_id)
    return (report_default(user_id=owner.id) if report.is_closed else report).id


def _fill(owner: Account, timer: Timer, now: datetime, taken: int) -> None:
    expense = timer.expense
    expense.raw_amount, expense.amount = _worked(owner, timer, now)
    expense.modified = instant(taken)
    expense.save(update_fields=["report_id", "notes", "notes_key", "raw_amount", "amount", "modified"])


def _worked(owner: Account, timer: Timer, now: datetime) -> tuple[Decimal, Decimal]:
    """Return the minutes for which a timer has run, and what they are worth."""
    # A machine's clock that was put back makes no negative work.
    minutes = Decimal(max(now - timer.started, timedelta(0)) // timedelta(microseconds=1)) / 60_000_000
    raw_amount, expense = raw_rounded(minutes), timer.expense
    return raw_amount, worth(owner=owner, raw_amount=raw_amount, unit=expense.unit, rate=expense.rate)
