"""Rules 1 to 8: the steps from a text to what it says."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from accounts.names import name_key
from expenses.dates import BadDate, read_date
from expenses.grammar.amounts import CANDIDATE, Amount, first_amount, without_asides
from expenses.grammar.filing import routed, take_report, take_tags
from expenses.grammar.line import Line, typed, unit_of
from expenses.grammar.spelling import END, EXP, check, on_one_line, plainly, trimmed
from expenses.grammar.values import (
    KEY_GROWTH,
    MAX_TYPE,
    Entry,
    NoAmount,
    NotAnAmount,
    NoType,
    TimerStart,
    TimerStop,
    TypeTooLong,
    Vocabulary,
)

_TIMER: Final = re.compile(rf"\s+(start|stop){END}", re.IGNORECASE)
_DATE: Final = re.compile(r"(?<!\S)date\s+", re.IGNORECASE)
_NAMELESS: Final = "amount"
_BEHIND_AMOUNT: Final = re.compile(r"(?:(?:for|on)\s+(?=[^\s,#@]))?(?P<type>[^\s,#@][^\s,]*)", re.IGNORECASE)


def parse(text: str, *, vocabulary: Vocabulary, today: date, spoken: bool = False) -> Entry | TimerStart | TimerStop:
    """Return what ``text`` says. Raises GrammarError and nothing else.

    ``today`` is the owner's, for ``date today`` and ``date yesterday``. ``spoken`` is true at doors for short messages,
    where a leading ``exp`` is an address and always dropped; elsewhere it is dropped before a timer, or before a type
    and an amount (rule 1). ``report_id`` is that of an ``@word``, else of a tag, else of the last word of the notes.
    """
    check(text)
    rest, tags = take_tags(text)
    rest, report_id = take_report(rest, vocabulary.reports)
    rest, asides = without_asides(rest)
    line = _without_exp(Line.of(rest, vocabulary, asides), spoken=spoken)
    entry = _timer(line) or _entry(line, today=today, source=text)
    if report_id is None:
        report_id = routed(tags, entry.notes, vocabulary.reports)
    return replace(entry, tags=tags, report_id=report_id)


def parse_amount(text: str, *, unit: str, base_currency: str) -> Amount:
    """Return what a number says that stands by itself, as it would behind a type that is counted in ``unit``.

    The unit is ``unit`` where none is written, and "" for ``base_currency``. Raises GrammarError, NotAnAmount for one
    that has words around it, and nothing else.
    """
    check(text)
    vocabulary = Vocabulary(base_currency, {name_key(_NAMELESS): unit}, {})
    line = Line.of(f"{_NAMELESS} {text}", vocabulary, "")
    amount = first_amount(line)
    if amount is None or line.before(amount.start) != _NAMELESS or trimmed(line.text[amount.end :]):
        raise NotAnAmount(text)
    return amount if amount.unit is not None else replace(amount, unit="" if unit == base_currency else unit)


def _take_date(text: str, today: date) -> tuple[str, date | datetime | None]:
    """Rule 3."""
    plain = plainly(text)
    starts = list(_DATE.finditer(plain))
    if not starts:
        return text, None
    said = trimmed(text[starts[-1].end() :])
    relative = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        day = relative.get(said.lower()) or read_date(said)
    except BadDate:
        return text, None
    return text[: len(plain[: starts[-1].start()].rstrip())], day


def _without_exp(line: Line, *, spoken: bool) -> Line:
    """Rule 1."""
    exp = EXP.match(line.plain)
    if exp is None:
        return line
    rest = Line.of(line.text[exp.end() :], line.vocabulary, line.asides)
    if spoken or _timer(rest):
        return rest
    amount = first_amount(rest)
    return rest if amount and rest.before(amount.start) else line


def _timer(line: Line) -> TimerStart | TimerStop | None:
    for end in reversed(line.known):
        word = _TIMER.match(line.plain, end)
        if word and unit_of(line.text[:end], line.vocabulary) == "min":
            timer = TimerStart if word[1].lower() == "start" else TimerStop
            return timer(on_one_line(line.text[:end]), line.notes(word.end()), (), None)
    return None


def _entry(line: Line, *, today: date, source: str) -> Entry:
    text, day = _take_date(line.text, today)
    line = replace(line, text=text, plain=line.plain[: len(text)])
    amount = first_amount(line)
    if amount is None:
        raise NoAmount(source)
    type_, notes = _type_and_notes(line, amount)
    if not type_:
        raise NoType(source)
    if len(type_) > MAX_TYPE or len(name_key(type_)) > MAX_TYPE * KEY_GROWTH:
        raise TypeTooLong(source)
    if day is None:
        notes, day = _take_date(notes, today)  # rule 8 may have put a date together
    unit = (unit_of(type_, line.vocabulary) or "") if amount.unit is None else amount.unit
    return Entry(on_one_line(type_), amount.value, unit, amount.rate, notes, (), None, day)


def _type_and_notes(line: Line, amount: Amount) -> tuple[str, str]:
    """Rules 5, 6 and 8. The type is empty where there is none."""
    before = line.before(amount.start)
    if before:
        type_ = typed(line, before)
        if type_ == before:
            return type_, line.notes(amount.end)
        return type_, line.with_asides(trimmed(before[len(type_) :] + line.text[amount.end :]))
    # Read as words are cut elsewhere: a number of several words is no type of one.
    word = _BEHIND_AMOUNT.match(plainly(line.text), line.behind(amount.end))
    if word is None or CANDIDATE.fullmatch(word["type"]):
        return "", ""
    return line.text[slice(*word.span("type"))], line.notes(word.end())
