r"""The free text: ``lunch 45 with jack #clientx``. One grammar behind every door. Source: wire §3, design §3.12.

::

    text     = [ "exp" ] ( timer | entry )     tags and one filing @report may stand anywhere between
    timer    = time-type ( "start" | "stop" ) [ [ "," ] notes ]
    entry    = ( type [ "," ] amount [ [ "," ] notes ]
               | amount [ "," ] [ "for" | "on" ] word [ [ "," ] notes ] ) [ tail ]
    amount   = money [ "at" rate ] | time | distance [ "at" rate ]
    money    = [ mark ] number | number [ mark ]        a mark is glued on or the neighbouring word
    time     = number [ "h" | "m" … ] | H ":" MM | 1h30 | 1h 30m           where the type is counted in minutes
    distance = number [ "mi" | "km" … ]                                    where the type is counted in mi or km
    tag      = "#" non-blanks, less trailing ",;:."
    report   = "@" non-blanks, if they are the name of an open report; five such words are looked up
    tail     = "date" ( any form of dates.read_date | "today" | "yesterday" )

The steps are taken in the order of the rules in wire §3: tags (rule 2), ``@report`` (7), ``exp`` (1), timer, the date
at the end (3), the first stand-alone number (4), the type before or behind it (5, 6, 8), what belongs to the number
(9, 10). What no step takes is notes, kept as typed with its inner blanks; only the ends are trimmed, and a tag
or report that is taken out goes with the blanks before it.

- A number stands alone between blanks and commas. One separator with exactly three digits after it sets off thousands,
  other counts of digits are decimals; of two different separators the last is the decimal point. In a rate a single
  separator is always the point: ``at 1.085`` is an exchange rate, no price.
- A currency is a symbol, or an ISO code in capitals ("all", "top" and "try" are words); glued behind the number
  (``20eur``) a code may have any case. ``$`` is the owner's own dollar, or the US one. A code before the number
  is no mark where the words including it are a known type ("PEN 20").
- Nothing behind a comma belongs to the number: ``20, EUR cash`` has the notes "EUR cash". ``format_entry`` uses this.
- The signs of full-width keyboards and the decimal digits of every script count. They are read in a copy of the text
  of the same length; type, notes and tags are cut from the original.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from typing import Final, Self

from accounts.currencies import MINOR_DIGITS
from accounts.names import name_key, route_key
from expenses.dates import BadDate, read_date
from expenses.money import LIMIT

MAX_TEXT: Final = 2000
MAX_TYPE: Final = 200
MAX_TAG: Final = 100
MAX_DIGITS: Final = 15
MAX_ATS: Final = 5
_KEY_GROWTH: Final = 4  # a name's key has a column of four times its length; one ligature may fold into 18 letters

_BUILT_IN: Final = {"time": "min", "mileage": "mi"}
_DISTANCES: Final = frozenset({"mi", "km"})
_DOLLARS: Final = frozenset({
    "USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "NAD", "NZD",
    "SBD", "SGD", "SRD", "TTD", "TWD", "XCD",
})  # fmt: skip
_CROWNS: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_SYMBOLS: Final = {
    "US$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "NT$": "TWD", "R$": "BRL", "MX$": "MXN", "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY",
    "₪": "ILS", "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP", "₵": "GHS", "₸": "KZT", "₾": "GEL",
    "₼": "AZN", "₮": "MNT", "₭": "LAK", "₡": "CRC", "₲": "PYG", "ZŁ": "PLN",
}  # fmt: skip
"""Whose sign it is, in capitals. ``$``, ``¥`` and ``kr`` depend on the owner and are in ``_currency``."""

_CODE = "|".join(MINOR_DIGITS)
_SYMBOL = "|".join([*map(re.escape, _SYMBOLS), r"\$", "¥", "(?i:zł|kr)"])
_NUMBER = r"(?:[0-9]+(?:[.,'][0-9]+)*\.?|\.[0-9]+)"
_END = r"(?=[\s,]|\Z)"
_HOUR = "(?:hours?|hrs?|h)"
_MINUTE = "(?:minutes?|mins?|m)"
_DISTANCE_UNIT = "(?:miles?|mi|kms?|kilomet(?:er|re)s?)"

_WORD: Final = re.compile(r"(\s*)(\S+)")
_EXP: Final = re.compile(r"exp(?:\s+|\Z)", re.IGNORECASE)
_TIMER: Final = re.compile(rf"\s+(start|stop){_END}", re.IGNORECASE)
_PREPOSITION: Final = re.compile(r"\s+(?:with|at|for|from|to)(?!\S)", re.IGNORECASE)
_TYPE_END: Final = re.compile(rf"(?<=\S){_END}")
_GAP: Final = re.compile(r"\s*,?\s*")
_PIECE: Final = re.compile(r"[^\s,]+")
_DATE: Final = re.compile(r"(?<!\S)date\s+", re.IGNORECASE)
_BEHIND_AMOUNT: Final = re.compile(r"(?:(?:for|on)\s+(?=[^\s,#@]))?(?P<type>[^\s,#@][^\s,]*)", re.IGNORECASE)
_CANDIDATE: Final = re.compile(
    rf"(?<![^\s,])(?P<sign>[-+]?)(?:(?P<symbol>{_SYMBOL})(?P<inner>[-+]?)|(?P<code>{_CODE}))?(?P<number>{_NUMBER})"
    rf"(?:(?P<mark>{_SYMBOL}|(?i:{_CODE}))|(?P<measure>(?i:{_HOUR}(?:[0-9]{{1,2}}{_MINUTE}?)?|{_MINUTE}|{_DISTANCE_UNIT}"
    rf"|:[0-5][0-9]{_HOUR}?)))?{_END}"
)
_MARK: Final = re.compile(f"{_SYMBOL}|{_CODE}")
_MARK_BEHIND: Final = re.compile(rf"\s+({_SYMBOL}|{_CODE}){_END}")
_RATE: Final = re.compile(rf"\s+at\s+({_NUMBER}){_END}", re.IGNORECASE)
_TIME: Final = re.compile(
    rf"(?:(?P<clock>[0-9]+):(?P<past>[0-5][0-9])(?:\s*{_HOUR})?"
    rf"|(?P<hours>{_NUMBER})\s*{_HOUR}(?:(?P<glued>[0-9]{{1,2}}){_MINUTE}?|\s+(?P<apart>[0-9]{{1,2}})\s?{_MINUTE})?"
    rf"|(?P<minutes>{_NUMBER})(?:\s*{_MINUTE})?){_END}",
    re.IGNORECASE,
)
_DISTANCE: Final = re.compile(rf"(?P<number>{_NUMBER})(?:\s*(?P<unit>{_DISTANCE_UNIT}))?{_END}", re.IGNORECASE)
_GROUPED: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<comma>[.,'])[0-9]{3}(?:(?P=comma)[0-9]{3})*)(?:(?!(?P=comma))[.,](?P<fraction>[0-9]*))?"
)
_SIMPLE: Final = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<fraction>[0-9]*))?")
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_EXACT: Final = Context(prec=3 * MAX_DIGITS)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the owner's words mean."""

    base_currency: str
    """The owner's ISO 4217 code."""
    types: Mapping[str, str]
    """By ``name_key`` of the type its unit: "" for money, "min", "mi", "km", or any other."""
    reports: Mapping[str, int]
    """By ``route_key`` of the name the ids of the open reports."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An expense as it was typed."""

    type: str
    raw_amount: Decimal
    """In ``unit``; hours are minutes already."""
    unit: str
    """"" for the base currency, "min", "mi", "km", the unit of the type, or a foreign currency's ISO 4217 code."""
    rate: Decimal | None
    """Base currency per unit where ``at`` gave it, positive; only for a foreign currency or a distance."""
    notes: str
    tags: tuple[str, ...]
    """As typed and in that order, without ``#``; no two with one ``name_key``."""
    report_id: int | None
    date: date | datetime | None


@dataclass(frozen=True, slots=True)
class TimerStart:
    """The clock of a type starts to run."""

    type: str
    notes: str
    tags: tuple[str, ...]
    report_id: int | None


@dataclass(frozen=True, slots=True)
class TimerStop:
    """The clock of a type stops. What else was typed is to be added to what its start said."""

    type: str
    notes: str
    tags: tuple[str, ...]
    report_id: int | None


@dataclass(frozen=True, slots=True)
class Lookups:
    """The keys that ``parse`` may look up for a text: a vocabulary cut down to them gives the same result."""

    types: frozenset[str]
    reports: frozenset[str]


class GrammarError(ValueError):
    """The text can't be read. The message may be shown: it quotes the text and shows the shape wanted."""

    def __init__(self, text: str, reason: str) -> None:
        shown = f"{text[:60]!r}{'…' if len(text) > 60 else ''}"  # repr: control characters come out escaped
        super().__init__(f"{shown}: {reason}; write it like: lunch 45 with jack #clientx")


class TextEmpty(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, "there is no text")


class TextTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, f"at most {MAX_TEXT} characters are read, these are {len(text)}")


class TextUnstorable(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, "a NUL or half of a surrogate pair can't be kept")


class NoAmount(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, "there is no amount, a number between blanks or commas")


class AmountTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, f"a number has at most {MAX_DIGITS} digits before and {MAX_DIGITS} after the point")


class NoType(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, "there is no type, a word before or behind the amount")


class TypeTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, f"a type, the words before the amount, has at most {MAX_TYPE} characters")


class TagTooLong(GrammarError):
    def __init__(self, text: str) -> None:
        super().__init__(text, f"a tag has at most {MAX_TAG} characters")


def parse(text: str, *, vocabulary: Vocabulary, today: date, spoken: bool = False) -> Entry | TimerStart | TimerStop:
    """Return what ``text`` says. Raises GrammarError and nothing else.

    ``today`` is the owner's, for ``date today`` and ``date yesterday``. ``spoken`` is true at doors for short messages,
    where a leading ``exp`` is an address and always dropped; elsewhere it is dropped before a timer, or before a type
    and an amount (rule 1). ``report_id`` is that of an ``@word``, else of a tag, else of the last word of the notes.
    """
    _check(text)
    rest, tags = _take_tags(text)
    rest, report_id = _take_report(rest, vocabulary.reports)
    line = _without_exp(_Line.of(rest, vocabulary), spoken=spoken)
    entry = _timer(line) or _entry(line, today=today, source=text)
    if report_id is None:
        report_id = _routed(tags, entry.notes, vocabulary.reports)
    return replace(entry, tags=tags, report_id=report_id)


def lookups(text: str) -> Lookups:
    """Return the keys that ``parse`` may look up for ``text``, whatever they would mean.

    A dozen for a common text; at most some two thousand for the longest. Raises GrammarError where ``parse`` would
    not look at the text either.
    """
    _check(text)
    rest, tags = _take_tags(text)
    words = _WORD.findall(rest)
    opening = words[: MAX_TYPE // 2 + 2]  # as many as a type can have, an "exp" and an @word
    # The first @word that files is taken out, and nobody knows yet which that is.
    variants = [opening, *(opening[:index] + opening[index + 1 :] for index in _ats(opening))]
    types = {key for variant in variants for key in _type_keys(_joined(variant))}
    pieces = _pieces(rest)
    # A type behind the amount: before it there is no more than exp, an @word, two marks, "at", "for" and two numbers of
    # five groups each.
    types.update(map(name_key, pieces[:20]))
    names = [*tags, *pieces, *(words[index][1][1:] for index in _ats(words))]
    return Lookups(frozenset(types), frozenset(route_key(spelled) for name in names for spelled in _spellings(name)))


def _type_keys(text: str) -> Iterator[str]:
    exp = _EXP.match(text)
    for opened in (text, text[exp.end() :]) if exp else (text,):
        yield from (name_key(opened[:end]) for end in _type_ends(opened))


def format_entry(entry: Entry | TimerStart | TimerStop, *, vocabulary: Vocabulary) -> str:
    """Return a text that ``parse`` reads as ``entry`` again, at any door, with the vocabulary that it was read with.

    It has the commas of wire §3 (client C4), behind which nothing is taken for a part of the number. Near the limit
    of length it may be longer than what was typed, and too long.
    """
    report = [f"@{key}" for key, number in vocabulary.reports.items() if number == entry.report_id][:1]
    exp = ["exp"] if _EXP.match(entry.type) else []
    tail: list[str] = []
    if isinstance(entry, Entry):
        # "@x,5" is how a type came to end with what would be a report before a blank.
        comma = "," if _is_at(entry.type.split()[-1]) else ", "
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
    word = notes.split(maxsplit=1)[0]
    files = _is_at(word) and _report_named(word[1:], vocabulary.reports) is not None
    # "5 ,#x" is how notes came to start with what would be a tag or a report behind a blank.
    return f" ,{notes}" if files or _plain(word[0]) == "#" else f", {notes}"


def _formatted_amount(entry: Entry, vocabulary: Vocabulary) -> str:
    number = f"{entry.raw_amount:f}"
    if number[-4:-3] == ".":
        number += "0"  # three digits would be thousands
    own = _unit(entry.type, vocabulary) or ""
    unit = entry.unit or (vocabulary.base_currency if own else "")
    if unit == own and entry.rate is None and unit not in {"min", *_DISTANCES}:
        return number
    return f"{number} {unit}" if entry.rate is None else f"{number} {unit} at {entry.rate:f}"


def _formatted_date(day: date | datetime) -> str:
    return day.isoformat(" ", "seconds") if isinstance(day, datetime) else day.isoformat()


@dataclass(frozen=True, slots=True)
class _Line:
    """A text without its tags, in two spellings of one length, and where known types at its start end."""

    text: str
    plain: str
    vocabulary: Vocabulary
    known: tuple[int, ...]

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary) -> Self:
        known = tuple(end for end in _type_ends(text) if _unit(text[:end], vocabulary) is not None)
        return cls(text, _plain(text), vocabulary, known)

    def before(self, position: int) -> str:
        """Return what stands before a number, less one comma."""
        end = len(self.plain[:position].rstrip())
        return self.text[: end - self.plain.endswith(",", 0, end)].rstrip()

    def behind(self, position: int) -> int:
        """Return where the text goes on after blanks and at most one comma."""
        gap = _GAP.match(self.plain, position)
        return gap.end() if gap else position


@dataclass(frozen=True, slots=True)
class _Amount:
    start: int
    end: int
    value: Decimal
    unit: str | None  # None: none was written
    rate: Decimal | None = None


def _check(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise TextTooLong(text)
    if _UNSTORABLE.search(text):
        raise TextUnstorable(text)
    if not text.strip():
        raise TextEmpty(text)


def _plain(text: str) -> str:
    """Return ``text`` with digits and full-width signs in ASCII, each in its place."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.decomposition(character).startswith(("<wide>", "<small>")):
        return unicodedata.normalize("NFKC", character)[0]
    return {"−": "-", "’": "'"}.get(character, character)


def _is_at(word: str) -> bool:
    return len(word) > 1 and _plain(word[0]) == "@"


def _ats(words: list[tuple[str, str]]) -> list[int]:
    """Return the places of the @words that are asked whether they file: the first few, which bounds ``lookups``."""
    return [index for index, (_, word) in enumerate(words) if _is_at(word)][:MAX_ATS]


def _joined(words: list[tuple[str, str]]) -> str:
    return "".join(gap + word for gap, word in words).strip()


def _pieces(text: str) -> list[str]:
    return [text[slice(*match.span())] for match in _PIECE.finditer(_plain(text))]


def _spellings(name: str) -> tuple[str, str]:
    """Return the forms in which a word may name a report: as it stands, or before a full stop."""
    return name, name.rstrip(",;:.")


def _report_named(name: str, reports: Mapping[str, int]) -> int | None:
    return next((reports[key] for key in map(route_key, _spellings(name)) if key in reports), None)


def _take_tags(text: str) -> tuple[str, tuple[str, ...]]:
    """Rule 2. A ``#`` with nothing behind it is a word."""
    kept: list[tuple[str, str]] = []
    tags: dict[str, str] = {}
    for gap, word in _WORD.findall(text.strip()):  # unstripped, it would try every blank at the end
        plain = _plain(word)
        name = word[len(plain) - len(plain.lstrip("#")) :].rstrip(",;:.") if plain[0] == "#" else ""
        if not name:
            kept.append((gap, word))
            continue
        key = name_key(name)
        if len(name) > MAX_TAG or len(key) > MAX_TAG * _KEY_GROWTH:
            raise TagTooLong(word)
        tags.setdefault(key, name)
    return _joined(kept), tuple(tags.values())


def _take_report(text: str, reports: Mapping[str, int]) -> tuple[str, int | None]:
    """Rule 7: the first ``@word`` that files goes, others stay."""
    words = _WORD.findall(text)
    for index in _ats(words):
        report_id = _report_named(words[index][1][1:], reports)
        if report_id is not None:
            return _joined(words[:index] + words[index + 1 :]), report_id
    return text, None


def _routed(tags: tuple[str, ...], notes: str, reports: Mapping[str, int]) -> int | None:
    """Rule 7: a tag or the last word of the notes files, and stays."""
    found = (_report_named(name, reports) for name in [*tags, *_pieces(notes)[-1:]])
    return next((report_id for report_id in found if report_id is not None), None)


def _take_date(text: str, today: date) -> tuple[str, date | datetime | None]:
    """Rule 3."""
    starts = list(_DATE.finditer(text))
    if not starts:
        return text, None
    said = text[starts[-1].end() :]
    relative = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        day = relative.get(said.lower()) or read_date(said)
    except BadDate:
        return text, None
    return text[: starts[-1].start()].rstrip(), day


def _without_exp(line: _Line, *, spoken: bool) -> _Line:
    """Rule 1."""
    exp = _EXP.match(line.text)
    if exp is None:
        return line
    rest = _Line.of(line.text[exp.end() :], line.vocabulary)
    if spoken or _timer(rest):
        return rest
    amount = _amount(rest)
    return rest if amount and rest.before(amount.start) else line


def _type_ends(text: str) -> list[int]:
    """Return where a type that opens the text may end: before a blank or a comma."""
    ends = (match.end() for match in _TYPE_END.finditer(_plain(text[: MAX_TYPE + 1])))
    return [end for end in ends if end <= MAX_TYPE]


def _unit(type_: str, vocabulary: Vocabulary) -> str | None:
    """Return the unit of a known type, "" for money; None for others."""
    if len(type_) > MAX_TYPE:  # none is known, and folding page after page takes time
        return None
    key = name_key(type_)
    unit = vocabulary.types.get(key, _BUILT_IN.get(key))
    return "" if unit == vocabulary.base_currency else unit


def _timer(line: _Line) -> TimerStart | TimerStop | None:
    for end in reversed(line.known):
        word = _TIMER.match(line.plain, end)
        if word and _unit(line.text[:end], line.vocabulary) == "min":
            timer = TimerStart if word[1].lower() == "start" else TimerStop
            return timer(line.text[:end], line.text[line.behind(word.end()) :], (), None)
    return None


def _entry(line: _Line, *, today: date, source: str) -> Entry:
    text, day = _take_date(line.text, today)
    line = replace(line, text=text, plain=line.plain[: len(text)])
    amount = _amount(line)
    if amount is None:
        raise NoAmount(source)
    type_, notes = _type_and_notes(line, amount)
    if not type_:
        raise NoType(source)
    if len(type_) > MAX_TYPE or len(name_key(type_)) > MAX_TYPE * _KEY_GROWTH:
        raise TypeTooLong(source)
    if day is None:
        notes, day = _take_date(notes, today)  # rule 8 may have put a date together
    unit = (_unit(type_, line.vocabulary) or "") if amount.unit is None else amount.unit
    return Entry(type_, amount.value, unit, amount.rate, notes, (), None, day)


def _type_and_notes(line: _Line, amount: _Amount) -> tuple[str, str]:
    """Rules 5, 6 and 8. The type is empty where there is none."""
    before = line.before(amount.start)
    if before:
        type_ = _typed(line, before)
        if type_ == before:
            return type_, line.text[line.behind(amount.end) :]
        return type_, (before[len(type_) :] + line.text[amount.end :]).strip()
    word = _BEHIND_AMOUNT.match(line.plain, line.behind(amount.end))
    if word is None or _CANDIDATE.fullmatch(word["type"]):
        return "", ""
    return line.text[slice(*word.span("type"))], line.text[line.behind(word.end()) :]


def _typed(line: _Line, before: str) -> str:
    """Rule 8: a known type before "with" and the like, else all of the words."""
    if len(before) in line.known:
        return before
    ends = (end for end in reversed(line.known) if _PREPOSITION.match(before, end))
    return before[: next(ends, len(before))]


def _amount(line: _Line) -> _Amount | None:
    """Rule 4: the first number that stands alone, with what belongs to it."""
    for match in _CANDIDATE.finditer(line.plain):
        amount = _money(match, line) or _measured(match, line)
        if amount:
            return _rated(amount, line)
    return None


def _money(match: re.Match[str], line: _Line) -> _Amount | None:
    """Rule 9: a number with a currency. A second mark that agrees ("$20 CAD") belongs to it as well."""
    marks = [mark for mark in (match["symbol"] or match["code"], match["mark"]) if mark]
    start, end = match.span()
    value = _value(match, match["number"])
    if match["measure"] or value is None:
        return None
    base = line.vocabulary.base_currency
    if not marks and (word := _mark_before(match, line)):
        marks, start = [word], len(line.plain[:start].rstrip()) - len(word)
    behind = _MARK_BEHIND.match(line.plain, end)
    if behind and len(marks) < 2 and _agreed([*marks, behind[1]], base):
        marks, end = [*marks, behind[1]], behind.end()
    currency = _agreed(marks, base)
    return _Amount(start, end, value, "" if currency == base else currency) if currency else None


def _mark_before(match: re.Match[str], line: _Line) -> str | None:
    head = line.plain[: match.start()]
    words = head.replace(",", ", ").split()
    if not words or not head[-1].isspace() or not _MARK.fullmatch(words[-1]):
        return None
    # "PEN 20" of someone who buys pens: what is known as a type is no currency.
    return words[-1] if len(head.rstrip()) not in line.known else None


def _agreed(marks: list[str], base: str) -> str | None:
    """Return the one currency that the marks mean; None for none, or several."""
    currencies = [_currency(mark, base) for mark in marks]
    if marks[0:1] == ["$"] and currencies[-1] in _DOLLARS:
        return currencies[-1]
    return currencies[0] if len(set(currencies)) == 1 else None


def _currency(mark: str, base: str) -> str | None:
    mark = mark.upper()
    if mark == "$":
        return base if base in _DOLLARS else "USD"
    if mark == "¥":
        return base if base == "CNY" else "JPY"
    if mark == "KR":
        return base if base in _CROWNS else None
    return _SYMBOLS.get(mark, mark)


def _measured(match: re.Match[str], line: _Line) -> _Amount | None:
    """Rule 10 and its like for distances; a number alone for any other type."""
    if match["symbol"] or match["code"] or match["mark"]:
        return None
    before = line.before(match.start())
    kind = _unit(_typed(line, before), line.vocabulary)
    if kind == "min":
        return _time(match, line)
    if kind in _DISTANCES:
        return _distance(match, line)
    value = _value(match, match["number"])
    return None if match["measure"] or value is None else _Amount(*match.span(), value, None)


def _time(match: re.Match[str], line: _Line) -> _Amount | None:
    time = _TIME.match(line.plain, match.start("number"))
    if time is None:
        return None
    if time["minutes"]:
        value = _value(match, time["minutes"])
    else:
        value = _value(
            match, time["clock"] or time["hours"], 60, int(time["past"] or time["glued"] or time["apart"] or 0)
        )
    return None if value is None else _Amount(match.start(), time.end(), value, "min")


def _distance(match: re.Match[str], line: _Line) -> _Amount | None:
    distance = _DISTANCE.match(line.plain, match.start("number"))
    value = _value(match, distance["number"]) if distance else None
    if distance is None or value is None:
        return None
    unit = distance["unit"] and ("km" if distance["unit"][0] in "kK" else "mi")
    return _Amount(match.start(), distance.end(), value, unit)


def _rated(amount: _Amount, line: _Line) -> _Amount:
    """Take ``at NUMBER`` behind a foreign currency or a distance whose unit was written."""
    rate = _RATE.match(line.plain, amount.end) if amount.unit not in {None, "", "min"} else None
    value = _decimal(rate[1], _SIMPLE, _GROUPED) if rate else None
    return replace(amount, end=rate.end(), rate=value) if rate and value else amount


def _value(match: re.Match[str], number: str, factor: int = 1, more: int = 0) -> Decimal | None:
    """Return the number with the sign that stands before it; None if its groups are no groups of thousands."""
    value = _decimal(number, _GROUPED, _SIMPLE)
    signs = match["sign"] + (match["inner"] or "")
    if value is None or len(signs) > 1:
        return None
    value = _EXACT.fma(value, factor, more)
    if value >= LIMIT:
        raise AmountTooLong(match[0])
    return _EXACT.minus(value) if signs == "-" else value


def _decimal(number: str, *shapes: re.Pattern[str]) -> Decimal | None:
    match = next(filter(None, (shape.fullmatch(number) for shape in shapes)), None)
    if match is None:
        return None
    whole = "".join(filter(str.isdigit, match["whole"])).lstrip("0")
    fraction = match["fraction"] or ""
    if max(len(whole), len(fraction)) > MAX_DIGITS:
        raise AmountTooLong(number)
    return Decimal(f"{whole or 0}.{fraction}")
