"""What the lines of an archive say: a JSON object in each, its members in the order of the tuples below.

Numbers with decimals are texts, exact; instants are in UTC, to the microsecond; an expense's ``date`` has no zone.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final, Generic, NamedTuple, TypeVar

import orjson

_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]{1,12}))?")
RECEIPT: Final = re.compile(r"receipts/[0-9]{1,9}-[0-9]{1,5}\.[A-Za-z]{3,4}")
"""How the parts that hold receipts are called: by the place of the expense, and theirs among its own."""

L = TypeVar("L", bound=NamedTuple)


class PersonLine(NamedTuple):
    """What a person set for the ledger. ``language`` is "" for whichever the browser asks for."""

    zone: str
    currency: str
    language: str
    hourly_rate: Decimal
    mileage_unit: str


class MileageLine(NamedTuple):
    """What a person gets per ``unit`` driven, from a day on."""

    unit: str
    valid_from: date
    rate: Decimal


class RateLine(NamedTuple):
    """What a person says that one unit of ``base`` buys of ``quote``, from a day on."""

    base: str
    quote: str
    day: date
    rate: Decimal


class ReportLine(NamedTuple):
    """A report; ``status`` is a letter of ``reports.status.Status``."""

    name: str
    status: str
    is_default: bool
    created: datetime
    modified: datetime


class CategoryLine(NamedTuple):
    """An accounting category."""

    name: str


class TypeLine(NamedTuple):
    """What the ledger knows of a type; ``category`` is the name of one, or ""."""

    name: str
    category: str
    unit: str
    rate: Decimal | None


class TagLine(NamedTuple):
    """A tag, its case kept."""

    name: str


class ReceiptLine(NamedTuple):
    """A receipt of an expense: the name of its part, which may be missing, and when it came."""

    file: str
    created: datetime


class ExpenseLine(NamedTuple):
    """An expense; ``status`` is 1, or -1 where it was deleted. ``timer``: when the clock that runs for it was started.

    ``report`` and ``tags`` are names, the latter in the order in which they were given.
    """

    report: str
    status: int
    type: str
    amount: Decimal
    raw_amount: Decimal
    unit: str
    rate: Decimal | None
    notes: str
    tags: tuple[str, ...]
    receipts: tuple[ReceiptLine, ...]
    timer: datetime | None
    sourceid: str
    date: datetime
    created: datetime
    modified: datetime


class Kind(NamedTuple, Generic[L]):
    """A file of lines: its name, what each is, and how the members of one are read."""

    name: str
    line: Callable[..., L]
    members: Mapping[str, Callable[[Any], Any]]

    @property
    def part(self) -> str:
        return f"data/{self.name}.jsonl"

    def read(self, text: bytes) -> L:
        """Raises ValueError or TypeError where the text is no such line."""
        said = orjson.loads(text)
        if not isinstance(said, dict) or said.keys() != self.members.keys():
            raise ValueError(text)
        return self.line(**{name: read(said[name]) for name, read in self.members.items()})


def written(line: NamedTuple) -> bytes:
    """Return a line as text, with its end."""
    return orjson.dumps(line._asdict(), default=_plain, option=orjson.OPT_APPEND_NEWLINE)


def _plain(value: "Decimal | NamedTuple") -> Any:
    return f"{value:f}" if isinstance(value, Decimal) else value._asdict()


def _text(said: Any) -> str:
    if not isinstance(said, str) or "\0" in said:  # PostgreSQL takes no NUL
        raise ValueError(said)
    return said


def _whole(said: Any) -> int:
    if type(said) is not int:
        raise ValueError(said)
    return said


def _flag(said: Any) -> bool:
    if type(said) is not bool:
        raise ValueError(said)
    return said


def _number(places: int) -> Callable[[Any], Decimal]:
    def read(said: Any) -> Decimal:
        found = _NUMBER.fullmatch(said)
        if found is None or len(found[1] or "") > places:
            raise ValueError(said)
        return Decimal(said)

    return read


def _day(said: Any) -> date:
    return date.fromisoformat(said)


def _wall_clock(said: Any) -> datetime:
    read = datetime.fromisoformat(said)
    if read.tzinfo is not None or read.microsecond:
        raise ValueError(said)
    return read


def _instant(said: Any) -> datetime:
    read = datetime.fromisoformat(said)
    if read.tzinfo is None:
        raise ValueError(said)
    try:
        return read.astimezone(UTC)
    except OverflowError:  # there it is the year 0 or 10000
        raise ValueError(said) from None


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda said: None if said is None else read(said)


def _each(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def all_read(said: Any) -> tuple[Any, ...]:
        if not isinstance(said, list):
            raise TypeError(said)
        return tuple(map(read, said))

    return all_read


def _receipt(said: Any) -> ReceiptLine:
    if not isinstance(said, dict) or said.keys() != {"file", "created"} or not RECEIPT.fullmatch(said["file"]):
        raise ValueError(said)
    return ReceiptLine(said["file"], _instant(said["created"]))


_amount, _rate = _number(3), _number(12)

PERSON: Final = Kind(
    "person",
    PersonLine,
    {"zone": _text, "currency": _text, "language": _text, "hourly_rate": _rate, "mileage_unit": _text},
)
MILEAGE_RATES: Final = Kind("mileage_rates", MileageLine, {"unit": _text, "valid_from": _day, "rate": _rate})
CURRENCY_RATES: Final = Kind("currency_rates", RateLine, {"base": _text, "quote": _text, "day": _day, "rate": _rate})
REPORTS: Final = Kind(
    "reports",
    ReportLine,
    {"name": _text, "status": _text, "is_default": _flag, "created": _instant, "modified": _instant},
)
CATEGORIES: Final = Kind("categories", CategoryLine, {"name": _text})
TYPES: Final = Kind("types", TypeLine, {"name": _text, "category": _text, "unit": _text, "rate": _or_none(_rate)})
TAGS: Final = Kind("tags", TagLine, {"name": _text})
EXPENSES: Final = Kind(
    "expenses",
    ExpenseLine,
    {
        "report": _text, "status": _whole, "type": _text, "amount": _amount, "raw_amount": _amount, "unit": _text,
        "rate": _or_none(_rate), "notes": _text, "tags": _each(_text), "receipts": _each(_receipt),
        "timer": _or_none(_instant), "sourceid": _text, "date": _wall_clock, "created": _instant, "modified": _instant,
    },
)  # fmt: skip
KINDS: Final[tuple[Kind[Any], ...]] = (
    PERSON, MILEAGE_RATES, CURRENCY_RATES, REPORTS, CATEGORIES, TYPES, TAGS, EXPENSES,
)  # fmt: skip
