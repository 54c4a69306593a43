"""What holds for every text. Examples are in ``test_grammar``."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Context, Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from accounts.currencies import MINOR_DIGITS
from expenses.dates import BadDate, read_date
from expenses.grammar import (
    Entry,
    GrammarError,
    TimerStart,
    TimerStop,
    Vocabulary,
    format_entry,
    lookups,
    parse,
)
from expenses.money import LIMIT

pytestmark = pytest.mark.once

TODAY = date(2010, 9, 1)
LAW = settings(max_examples=200)
VOCABULARIES = [
    Vocabulary("USD", {}, {}),
    Vocabulary(
        "USD",
        {
            "time": "min", "mileage": "mi", "dinner": "", "client dinner": "", "exp": "", "exp work": "min", "pen": "",
            "consulting": "min", "time start": "min", "copies": "page", "abo": "EUR", "top 5": "km", "dinner,": "km",
            "昼食": "",
        },
        {"clientx": 76, "projectx": 5, "acmeinc.": 9, "five": 12, "クライアント": 7},
    ),
    Vocabulary("CAD", {"time": "", "dinner": "min", "eur": "mi", "5": "min", "at": "km"}, {"jim": 1, "5": 2}),
    Vocabulary("SEK", {"dinner": "km", "mileage": "km", "for": "min"}, {"date": 1}),
]  # fmt: skip

WORDS = [
    "lunch", "Dinner", "Client", "dinner,", "exp", "EXP", "Time", "time", "mileage", "consulting", "work", "copies",
    "abo",
    "start", "stop", "Stop,", "with", "at", "for", "from", "to", "on", "date", "Date", "today", "2010-08-31", "05:14",
    "31",
    "Aug", "2010", "08/31/2010", "date 2010-08-31", "5", "45", "45.", ".5", "-5", "−5", "1,234.56", "1.234,56",
    "1,23,456", "1 234,50 €", "EUR 1 234,5", "1\u00a0234", "$1\u202f234.50", "234,50",
    "0.125", "1.125", "1'234", "12,50", "１２", "٤٥", "²", "5%", "07-08", "37Signals.com", "1A2B3C", "$", "€", "kr",
    "zł",
    "EUR", "USD", "CAD", "PEN", "eur", "all", "$5", "-$5", "$-5", "5€", "€5", "5eur", "EUR5", "US$5", "20kr", "$5CAD",
    "€5£", "¢", "5 usd", "5Ft", "Kč", "Rs.",
    "h", "m", "min", "mins", "km", "mi", "miles", "2h", "1h30", "30m", "1:30", "5km", "0.01875h", "#cash", "#Cash,",
    "#", "##x",
    "#clientx", "＃経費", "#5", "@clientx", "@projectx,", "@jim", "@acmeinc.", "＠five", "@", "@nobody", "clientx",
    "ProjectX.",
    "five", "クライアント", "昼食", "🍕", "ﷺ", "غداء", "e\u0301",
    "١٬٢٣٤٫٥", "45\u200f", "\u200e-5", "₪\u200f5", "\ufeff",
    "lunch\u200b", "\u2067#cash", "@clientx\u2069", "\u200edate", ",", ",,", "，", "-", "(x)", "999999999999999",
    "1000000000000000",
]  # fmt: skip
BLANKS = [" ", "\u200f ", "، ", " ", " ", "  ", "\t", "\n", "　", ", ", ",", " ,", ""]
composed = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BLANKS)), max_size=14).map(
    lambda parts: "".join(word + blank for word, blank in parts)
)
sparse = st.text(alphabet="a5.,'-+$€# @:hmkEUR\t", max_size=40)
anything = st.text(st.characters(codec=None, categories=None), max_size=120)
texts = st.one_of(composed, sparse, anything)
vocabularies = st.sampled_from(VOCABULARIES)


def read(text: str, vocabulary: Vocabulary, *, spoken: bool = False) -> Entry | TimerStart | TimerStop | None:
    try:
        return parse(text, vocabulary=vocabulary, today=TODAY, spoken=spoken)
    except GrammarError:
        return None


@given(texts, vocabularies, st.booleans())
@LAW
@example("\ud800 5", VOCABULARIES[0], False)
@example("lunch\0 5", VOCABULARIES[0], True)
@example("999999999999999,999999999999999 lunch ", VOCABULARIES[0], False)
def test_any_text_is_read_or_refused(text: str, vocabulary: Vocabulary, spoken: bool) -> None:
    value = read(text, vocabulary, spoken=spoken)

    assert value == read(text, vocabulary, spoken=spoken)
    if value is None:
        return
    assert value.type
    assert value.type == value.type.strip()
    assert value.notes == value.notes.strip()
    assert all(tag and not set(tag) & set(" \t\n") for tag in value.tags)
    if isinstance(value, Entry):
        assert value.raw_amount.copy_abs() < LIMIT  # abs() rounds to 28 digits
        assert value.rate is None or value.rate > 0


@given(texts, vocabularies, st.booleans())
@LAW
@example("5 ,#x 7 lunch", VOCABULARIES[0], False)
@example("Dinner with Jim 5,#x", VOCABULARIES[1], False)
@example("Dinner with a date 5 2010-08-31", VOCABULARIES[1], False)
@example("€20 taxi at 5", VOCABULARIES[0], False)
@example("time 0.01875h", VOCABULARIES[0], False)
@example("5 EUR EUR", VOCABULARIES[0], False)
@example("lunch,@clientx 5 @projectx @clientx", VOCABULARIES[1], False)
@example("@clientx,5", VOCABULARIES[1], False)
@example("exp exp work start", VOCABULARIES[1], False)
@example("lunch @ 5", VOCABULARIES[0], False)
@example("eur1 234,50 € ", VOCABULARIES[0], False)
@example("lunch #,\u200edate 5 ", VOCABULARIES[0], False)
@example("lunch @clientx 5,#cash ", VOCABULARIES[0], False)
def test_what_is_formatted_reads_back(text: str, vocabulary: Vocabulary, spoken: bool) -> None:
    value = read(text, vocabulary, spoken=spoken)
    if value is None:
        return

    written = format_entry(value, vocabulary=vocabulary)

    assert parse(written, vocabulary=vocabulary, today=TODAY) == value
    assert parse(written, vocabulary=vocabulary, today=TODAY, spoken=True) == value


@given(texts, vocabularies, st.booleans())
@LAW
@example("@clientx exp Dinner, @nobody 5", VOCABULARIES[1], False)
@example("exp @five 123,456,789,012,345 for copies", VOCABULARIES[1], True)
@example("$5 ₪\u200f5 ", VOCABULARIES[2], False)
@example("$5 1\u00a0234x", VOCABULARIES[2], False)
@example("a@ @ b 5 for @jim dinner,jim", VOCABULARIES[2], False)
def test_lookups_are_enough(text: str, vocabulary: Vocabulary, spoken: bool) -> None:
    try:
        found = lookups(text)
    except GrammarError:
        assert read(text, vocabulary, spoken=spoken) is None
        return

    known = Vocabulary(
        vocabulary.base_currency,
        {key: unit for key, unit in vocabulary.types.items() if key in found.types},
        {key: number for key, number in vocabulary.reports.items() if key in found.reports},
    )

    assert read(text, known, spoken=spoken) == read(text, vocabulary, spoken=spoken)


@given(texts, vocabularies, st.booleans())
@LAW
@example("lunch @clientx 5 ，, ", VOCABULARIES[0], False)
def test_nothing_is_invented(text: str, vocabulary: Vocabulary, spoken: bool) -> None:
    value = read(text, vocabulary, spoken=spoken)
    if value is None:
        return

    kept = _signs("".join([value.type, value.notes, *value.tags]))

    assert kept <= _signs(text)


NUMBER = r"(?:\d[\d.,']*(?: \d{3})*(?:[.,]\d*)?|\.\d+)"
SIGN = r"[^\w\s,.'+#@:;%()-]|[A-Z]{1,2}\$|kr|zł|kč|ft|r[sp]\.?"
AMOUNT = re.compile(
    rf"[-+]?(?:(?P<before>{SIGN}|[a-z]{{3}})\s*)?[-+]?(?P<number>{NUMBER})"
    rf"(?:(?:\s*(?P<behind>{SIGN}|[a-z]{{3}}))?(?:\s+(?P<last>{SIGN}|[a-z]{{3}}))?"
    r"|:(?P<past>\d\d)(?:\s*(?:hours?|hrs?|h))?"
    r"|\s*(?P<hour>hours?|hrs?|h)(?:\s*(?P<more>\d\d?)\s?(?:minutes?|mins?|m)?)?"
    r"|\s*(?:minutes?|mins?|m|miles?|mi|kms?|kilomet(?:er|re)s?))"
    rf"(?:\s+at\s+(?P<rate>{NUMBER}))?",
    re.IGNORECASE,
)
GAP = r"\s*[,，،、､]?\s*"
PREPOSITION = re.compile(r"\s+(?:with|at|for|from|to)(?!\S)", re.IGNORECASE)


@given(composed, vocabularies, st.booleans())
@LAW
@example("Time start ", VOCABULARIES[0], False)
@example("lunch\u200b، lunch 5", VOCABULARIES[0], False)
@example("lunch 999999999999999 #cash,₪\u200f5 ", VOCABULARIES[0], False)
@example("@jack lunch @five 5 @bob 7", VOCABULARIES[1], False)
@example("@ @clientx 5 ", VOCABULARIES[0], False)
@example("lunch 45\u200f$5 ", VOCABULARIES[0], False)
@example("lunch 5 lunch #cash,\u200e-5 ", VOCABULARIES[0], False)
@example("lunch 5 lunch \u200edate date 2010-08-31 ", VOCABULARIES[0], False)
@example("₪\u200f5,234,50 5 ", VOCABULARIES[0], False)
@example("exp @five dinner at Joe's, €1.234,50 at 1.085 on 7 #x date 31 Aug 2010", VOCABULARIES[1], False)
def test_every_character_is_accounted_for(text: str, vocabulary: Vocabulary, spoken: bool) -> None:
    """What is in no field is "exp", a tag, the report, the date, the amount with what belongs to it, a comma, "for"."""
    value = read(text, vocabulary, spoken=spoken)
    if value is None:
        return

    seen = replace(value, type=_seen(value.type), notes=_seen(value.notes))
    assert any(_is_told(rest, said, vocabulary) for rest, said in _rests(_seen(text), seen)), (text, value)


UNSEEN = "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+"


def _seen(text: str) -> str:
    """Return a text without what nobody sees: around a word, and between a mark and a number, that is a blank."""
    at_a_mark = rf"(?<=[₪$€¢]){UNSEEN}(?=\d)|(?<=\d){UNSEEN}(?=[₪$€¢])"
    text = re.sub(rf"(?<![^\s,，،、､]){UNSEEN}|{UNSEEN}(?![^\s,，،、､])|{at_a_mark}", " ", text)
    return re.sub(UNSEEN, "", text).strip()


Value = Entry | TimerStart | TimerStop
Words = list[tuple[str, str]]


def _rests(text: str, value: Value) -> Iterator[tuple[str, Value]]:
    """Yield what may be left of a text without its tags, its report, "exp", and what it says then.

    The notes are less the words with "@" that stood before the amount.
    """
    words = re.findall(r"(\s*)(\S+)", text.strip())
    kept = [word for word in words if not (word[1][0] in "#＃" and word[1].lstrip("#＃").rstrip(",;:."))]
    ats = [index for index in _ats(kept) if value.report_id is not None]
    for words in [kept, *(kept[:index] + kept[index + 1 :] for index in ats)]:
        for count in range(len(_ats(words)) + 1):
            asides = _ats(words)[:count]
            notes = _joined([words[index] for index in asides])
            rest = _joined([word for index, word in enumerate(words) if index not in asides])
            if value.notes.startswith(notes):
                told = value.notes.removeprefix(notes)
                less = replace(value, notes=told[1:] if notes else told)  # between them is a blank or a comma
                yield rest, less
                yield re.sub(r"^exp\s+", "", rest, flags=re.IGNORECASE), less


def _ats(words: Words) -> list[int]:
    return [index for index, (_, word) in enumerate(words) if re.match("[@＠][,;:.]*[^,;:.]", word)]


def _joined(words: Words) -> str:
    return "".join(blank + word for blank, word in words).strip()


def _is_told(rest: str, value: Value, vocabulary: Vocabulary) -> bool:
    type_ = _spread(value.type)
    if not isinstance(value, Entry):
        return re.fullmatch(rf"{type_}\s+(?i:start|stop){GAP}{re.escape(value.notes)}", rest) is not None
    starts = [match.start() for match in re.finditer(r"(?<![^\s,，،、､])\S", rest)]
    ends = [match.end() for match in re.finditer(r"\S(?=[\s,，،、､]|$)", rest)]
    return any(
        _is_about(rest[:start], rest[end:], value) and _is_worth(rest[start:end], value, vocabulary)
        for start in starts
        for end in ends
        if start < end
    )


def _is_about(before: str, after: str, entry: Entry) -> bool:
    """Tell whether type and notes are what stands before and behind an amount; rules 5, 6 and 8."""
    head = re.sub(r"\s*[,，،、､]?\s*$", "", before)
    type_ = re.match(_spread(entry.type), head)
    if type_ and type_[0] == head:
        return _is_said(re.sub(f"^{GAP}", "", after), entry)
    if head:
        middle = head[type_.end() :] if type_ else ""
        return PREPOSITION.match(middle) is not None and _is_said((middle + after).strip(), entry)
    type_ = re.match(rf"{GAP}(?:(?i:for|on)\s+)?{_spread(entry.type)}(?=[\s,，،、､]|$){GAP}", after)
    return type_ is not None and _is_said(after[type_.end() :], entry)


def _is_said(text: str, entry: Entry) -> bool:
    if entry.date is None:
        return text == entry.notes
    said = re.fullmatch(r"(?:date)\s+(.*)", text.removeprefix(entry.notes).strip(), re.IGNORECASE | re.DOTALL)
    days = {"today": TODAY, "yesterday": TODAY - timedelta(days=1)}
    if said is None:
        return False
    with suppress(BadDate):  # "date date 2010-08-31": the last of the two is meant
        return entry.date == (days.get(said[1].lower()) or read_date(said[1]))
    return False


def _is_worth(said: str, entry: Entry, vocabulary: Vocabulary) -> bool:
    plain = re.sub(r"\d", lambda digit: str(int(digit[0])), unicodedata.normalize("NFKC", said)).translate(
        {ord("−"): "-", ord("’"): "'", ord("٬"): "'", ord("٫"): "."}
    )
    match = AMOUNT.fullmatch(plain)
    if match is None:
        return False
    number = entry.raw_amount.copy_abs()
    if match["hour"] or match["past"]:
        number = Context(prec=60).divide(number - int(match["past"] or match["more"] or 0), Decimal(60))
    codes = {mark.upper() for mark in match.group("before", "behind", "last") if mark} & set(MINOR_DIGITS)
    return (
        _digits(match["number"]) == _digits(f"{number:f}")
        and _digits(match["rate"] or "") == _digits(f"{entry.rate or 0:f}")
        and codes <= {entry.unit or vocabulary.base_currency}
    )


def _spread(type_: str) -> str:
    """Return a pattern of the type as it was typed, perhaps over lines and with unseen signs."""
    parts = re.findall(r"\s+|[,，،、､]|[^\s,，،、､]+", type_)
    return "".join(
        r"\s+" if part.isspace() else rf"\s*{part}\s*" if part in ",，،、､" else re.escape(part).replace("₪", r"₪\s*")
        for part in parts
    )


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number).strip("0")


def _signs(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


PLACES = st.permutations(["#tag", "@clientx", "lunch", "fifty", "bus", "taxi"])


@given(PLACES, st.integers(0, 10**15 - 1), st.integers(0, 6), st.sampled_from(["", "$", "€", "-"]))
def test_every_word_goes_where_its_place_says(words: list[str], whole: int, place: int, mark: str) -> None:
    text = " ".join([*words[:place], f"{mark}{whole}", *words[place:]])
    plain = [word for word in words[:place] if word[0] not in "#@"]
    after = [word for word in words[place:] if word[0] not in "#@"]

    value = read(text, VOCABULARIES[1])

    assert isinstance(value, Entry)
    assert value.type == (" ".join(plain) or after[0])
    assert value.notes == " ".join(after if plain else after[1:])
    assert value.tags == ("tag",)
    assert value.report_id == 76
    assert value.raw_amount == Decimal(-whole if mark == "-" else whole)


@given(
    st.decimals(min_value=-LIMIT + 1, max_value=LIMIT - 1, places=3, allow_nan=False),
    st.sampled_from([",.", ".,", "'.", "',"]),
)
def test_grouped_numbers(number: Decimal, signs: str) -> None:
    text = f"{number:,.4f}".translate({ord(","): signs[0], ord("."): signs[1]})

    value = read(f"lunch {text}", VOCABULARIES[0])

    assert isinstance(value, Entry)
    assert value.raw_amount == number


@pytest.mark.parametrize(
    "fragment",
    [
        "1", "1,", "1.", "1'", "1m ", "1h ", "1h 3", "1x,", "1,23,456 ", "1.1h ", "# ", "#a ", "#", "@ ", "@a ",
        "time ", "exp ",
        "dinner with ", "with ", "date ", "date 1 ", "EUR ", "EUR 1, ", "$", "-", ",", "， ", "é1m ", "٣", "ﷺ", "\t",
        " ",
    ],
)  # fmt: skip
@pytest.mark.parametrize("start", ["", "time 1h", "dinner with "])
@pytest.mark.parametrize("end", ["", "x 5"])
@settings(max_examples=1, deadline=20_000)
@given(vocabulary=st.just(VOCABULARIES[1]))
def test_the_longest_texts_take_no_time(start: str, fragment: str, end: str, vocabulary: Vocabulary) -> None:
    """They take some milliseconds; the deadline is for a step that backtracks over the text again and again."""
    text = start + (fragment * 2000)[: 2000 - len(start) - len(end)] + end

    read(text, vocabulary)
    try:
        found = lookups(text)
    except GrammarError:
        return
    assert len(found.types) <= 700
    assert len(found.reports) <= 2100
