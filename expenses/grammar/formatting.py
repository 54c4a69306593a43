"""The way back: a text for what was read."""

from datetime import date, datetime

from expenses.grammar.filing import report_named
from expenses.grammar.line import DISTANCES, unit_of
from expenses.grammar.spelling import EXP, is_at, plainly, words_in
from expenses.grammar.values import Entry, TimerStart, TimerStop, Vocabulary


def format_entry(entry: Entry | TimerStart | TimerStop, *, vocabulary: Vocabulary) -> str:
    """Return a text that ``parse`` reads as ``entry`` again, at any door, with the vocabulary that it was read with.

    It has the commas of wire §3 (client C4), behind which nothing is taken for a part of the number. Near the limit
    of length it may be longer than what was typed, and too long.
    """
    report = [f"@{key}" for key, number in vocabulary.reports.items() if number == entry.report_id][:1]
    exp = ["exp"] if EXP.match(entry.type) else []
    tail: list[str] = []
    if isinstance(entry, Entry):
        # "@x,5" is how a type came to end with what would be a report before a blank.
        comma = "," if is_at(words_in(entry.type)[-1][1]) else ", "
        said = f"{entry.type}{comma}{_formatted_amount(entry, vocabulary)}"
        if entry.date is not None:
            tail = ["date", _formatted_date(entry.date)]
    else:
        said = f"{entry.type} {'start' if isinstance(entry, TimerStart) else 'stop'}"
    return " ".join(
        [*report, *exp, said + _formatted_notes(entry.notes, vocabulary), *(f"#{tag}" for tag in entry.tags), *tail]
    )


def _formatted_notes(notes: str, vocabulary: Vocabulary) -> str:
    if not notes:
        return ""
    word = words_in(notes)[0][1]
    files = is_at(word) and report_named(word[1:], vocabulary.reports) is not None
    # "5 ,#x" is how notes came to start with what would be a tag or a report behind a blank.
    return f" ,{notes}" if files or plainly(word[0]) == "#" else f", {notes}"


def _formatted_amount(entry: Entry, vocabulary: Vocabulary) -> str:
    number = f"{entry.raw_amount:f}"
    if number[-4:-3] == ".":
        number += "0"  # three digits would be thousands
    own = unit_of(entry.type, vocabulary) or ""
    unit = entry.unit or (vocabulary.base_currency if own else "")
    if unit == own and entry.rate is None and unit not in {"min", *DISTANCES}:
        return number
    return f"{number} {unit}" if entry.rate is None else f"{number} {unit} at {entry.rate:f}"


def _formatted_date(day: date | datetime) -> str:
    return day.isoformat(" ", "seconds") if isinstance(day, datetime) else day.isoformat()
