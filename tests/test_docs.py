"""What the documentation shows is what the code does."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from expenses.grammar import Entry, Vocabulary, parse

pytestmark = pytest.mark.once

DOCS = Path(__file__).resolve().parent.parent / "docs"
WORDS = Vocabulary(base_currency="USD", types={}, reports={"clientx": 1})
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*)\| ([^|]*)\| ([^|]*)\|([^|]*)\|$")
TABLE = [match.groups() for line in (DOCS / "typing.md").read_text().splitlines() if (match := ROW.match(line))]


def test_the_table_is_found() -> None:
    lines = [line for line in (DOCS / "typing.md").read_text().splitlines() if line.startswith("| `")]

    assert len(TABLE) == len(lines) > 10


@pytest.mark.parametrize(("typed", "type_", "amount", "notes", "tags"), TABLE)
def test_what_may_be_typed_is_understood(typed: str, type_: str, amount: str, notes: str, tags: str) -> None:
    number, _, unit = amount.strip().partition(" ")
    unit, _, rate = unit.partition(" at ")

    entry = parse(typed, vocabulary=WORDS, today=date(2026, 11, 20))

    assert isinstance(entry, Entry)
    assert (entry.type, entry.raw_amount, entry.unit) == (type_.strip(), Decimal(number), unit)
    assert entry.rate == (Decimal(rate) if rate else None)
    assert (entry.notes, entry.tags) == (notes.strip(), tuple(tags.split()))
