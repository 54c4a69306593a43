"""Rules 4, 9 and 10: the first number that stands alone, and what belongs to it."""

import re
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from itertools import accumulate
from typing import Final

from expenses.grammar.line import DISTANCES, Line, typed, unit_of
from expenses.grammar.marks import CODE, MARK, SYMBOL, agreed, currency_of, grouped
from expenses.grammar.spelling import END, is_at, joined, less, plainly, words_in
from expenses.grammar.values import MAX_DIGITS, AmountTooLong, UnclearMark
from expenses.money import LIMIT

_NUMBER = r"(?:[0-9]+(?:[.,'][0-9]+)*\.?|\.[0-9]+)"
_HOUR = "(?:hours?|hrs?|h)"
_MINUTE = "(?:minutes?|mins?|m)"
_DISTANCE_UNIT = "(?:miles?|mi|kms?|kilomet(?:er|re)s?)"
CANDIDATE: Final = re.compile(
    rf"(?<![^\s,])(?P<sign>[-+]?)(?:(?P<symbol>{SYMBOL})(?P<inner>[-+]?)|(?P<code>{CODE}))?(?P<number>{_NUMBER})"
    rf"(?:(?P<mark>{SYMBOL}|(?i:{CODE}))|(?P<measure>(?i:{_HOUR}(?:[0-9]{{1,2}}{_MINUTE}?)?|{_MINUTE}|{_DISTANCE_UNIT}"
    rf"|:[0-5][0-9]{_HOUR}?)))?{END}"
)
_MARK: Final = re.compile(MARK)
_MARK_BEHIND: Final = re.compile(rf"\s+({MARK}){END}")
_RATE: Final = re.compile(rf"\s+at\s+({_NUMBER}){END}", re.IGNORECASE)
_RATE_WITH_DECIMALS: Final = re.compile(rf"\s+at\s+([0-9]*[.,][0-9]+){END}", re.IGNORECASE)
_TIME: Final = re.compile(
    rf"(?:(?P<clock>[0-9]+):(?P<past>[0-5][0-9])(?:\s*{_HOUR})?"
    rf"|(?P<hours>{_NUMBER})\s*{_HOUR}(?:(?P<glued>[0-9]{{1,2}}){_MINUTE}?|\s+(?P<apart>[0-9]{{1,2}})\s?{_MINUTE})?"
    rf"|(?P<minutes>{_NUMBER})(?:\s*{_MINUTE})?){END}",
    re.IGNORECASE,
)
_DISTANCE: Final = re.compile(rf"(?P<number>{_NUMBER})(?:\s*(?P<unit>{_DISTANCE_UNIT}))?{END}", re.IGNORECASE)
_GROUPED: Final = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<comma>[.,'])[0-9]{3}(?:(?P=comma)[0-9]{3})*)(?:(?!(?P=comma))[.,](?P<fraction>[0-9]*))?"
)
_SIMPLE: Final = re.compile(r"(?P<whole>[0-9]*)(?:[.,](?P<fraction>[0-9]*))?")
_EXACT: Final = Context(prec=3 * MAX_DIGITS)


@dataclass(frozen=True, slots=True)
class Amount:
    start: int
    end: int
    value: Decimal
    unit: str | None  # None: none was written
    rate: Decimal | None = None


def without_asides(text: str) -> tuple[str, str]:
    """Rule 7: an ``@word`` that does not file is notes, so those before the first number are no part of the type."""
    plain = plainly(text)
    first = CANDIDATE.search(grouped(plain)) if "@" in plain else None
    if first is None:
        return text, ""
    words = words_in(text)
    ends = accumulate(len(gap) + len(word) for gap, word in words)
    asides = {index for index, end in enumerate(ends) if end <= first.start() and is_at(words[index][1])}
    others = set(range(len(words))) - asides
    return joined(less(words, asides)), joined(less(words, others))


def first_amount(line: Line) -> Amount | None:
    """Rule 4: the first number that stands alone, with what belongs to it."""
    for match in CANDIDATE.finditer(line.plain):
        amount = _money(match, line) or _measured(match, line)
        if amount:
            return _rated(amount, line)
    return None


def read_number(text: str) -> Decimal | None:
    """Return the number that ``text`` is, with or without a currency's mark on it; None where it is none, or too long.

    It is read as it would be in free text: 1,234 is a thousand and more, 1,23 is less than two.
    """
    match = CANDIDATE.fullmatch(plainly(text))
    try:
        return None if match is None or match["measure"] else _value(match, match["number"])
    except AmountTooLong:
        return None


def _money(match: re.Match[str], line: Line) -> Amount | None:
    """Rule 9: a number with a currency. A second mark that agrees ("$20 CAD") belongs to it as well."""
    value = _value(match, match["number"])
    if match["measure"] or value is None:
        return None
    base = line.vocabulary.base_currency
    marks, start, end = _marked(match, line)
    currency = agreed(marks, base)
    if currency:
        return Amount(start, end, value, "" if currency == base else currency)
    if unclear := next((mark for mark in marks if currency_of(mark, base) is None), None):
        raise UnclearMark(line.text[start:end], unclear, match["number"])
    return None


def _marked(match: re.Match[str], line: Line) -> tuple[list[str], int, int]:
    """Return the marks that belong to a number, and where it begins and ends with them."""
    start, end = match.span()
    marks = [mark for mark in (match["symbol"] or match["code"], match["mark"]) if mark]
    if not marks and (word := _mark_before(match, line)):
        marks, start = [word], len(line.plain[:start].rstrip()) - len(word)
    behind = _MARK_BEHIND.match(line.plain, end)
    if behind and (not marks or (len(marks) < 2 and agreed([*marks, behind[1]], line.vocabulary.base_currency))):
        marks, end = [*marks, behind[1]], behind.end()
    return marks, start, end


def _mark_before(match: re.Match[str], line: Line) -> str | None:
    head = line.plain[: match.start()]
    words = head.replace(",", ", ").split()
    if not words or not head[-1].isspace() or not _MARK.fullmatch(words[-1]):
        return None
    # "PEN 20" of someone who buys pens: what is known as a type is no currency.
    return words[-1] if len(head.rstrip()) not in line.known else None


def _measured(match: re.Match[str], line: Line) -> Amount | None:
    """Rule 10 and its like for distances; a number alone for any other type."""
    if match["symbol"] or match["code"] or match["mark"]:
        return None
    before = line.before(match.start())
    kind = unit_of(typed(line, before), line.vocabulary)
    if kind == "min":
        return _time(match, line)
    if kind in DISTANCES:
        return _distance(match, line)
    value = _value(match, match["number"])
    return None if match["measure"] or value is None else Amount(*match.span(), value, None)


def _time(match: re.Match[str], line: Line) -> Amount | None:
    time = _TIME.match(line.plain, match.start("number"))
    if time is None:
        return None
    if time["minutes"]:
        value = _value(match, time["minutes"])
    else:
        value = _value(
            match, time["clock"] or time["hours"], 60, int(time["past"] or time["glued"] or time["apart"] or 0)
        )
    return None if value is None else Amount(match.start(), time.end(), value, "min")


def _distance(match: re.Match[str], line: Line) -> Amount | None:
    distance = _DISTANCE.match(line.plain, match.start("number"))
    value = _value(match, distance["number"]) if distance else None
    if distance is None or value is None:
        return None
    unit = distance["unit"] and ("km" if distance["unit"][0] in "kK" else "mi")
    return Amount(match.start(), distance.end(), value, unit)


def _rated(amount: Amount, line: Line) -> Amount:
    """Take ``at NUMBER`` behind a foreign currency or a distance; where no unit was written, only with decimals.

    "mileage 20 at 5" may be at five o'clock, "at 0.30" is not.
    """
    if amount.unit is None:
        is_rated = unit_of(typed(line, line.before(amount.start)), line.vocabulary) in DISTANCES
        rate = _RATE_WITH_DECIMALS.match(line.plain, amount.end) if is_rated else None
    else:
        rate = _RATE.match(line.plain, amount.end) if amount.unit not in {"", "min"} else None
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
