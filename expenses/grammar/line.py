"""A text without its tags, and the known types at its start."""

import re
from dataclasses import dataclass
from typing import Final, Self

from accounts.names import name_key
from expenses.grammar.marks import grouped
from expenses.grammar.spelling import END, on_one_line, plainly
from expenses.grammar.values import MAX_TYPE, Vocabulary

BUILT_IN: Final = {"time": "min", "mileage": "mi"}
"""Types that everybody has, by ``name_key``, with their units; the owner may give them others."""
DISTANCES: Final = frozenset({"mi", "km"})
_TYPE_END: Final = re.compile(rf"(?<=\S){END}")
_GAP: Final = re.compile(r"\s*,?\s*")
_PREPOSITION: Final = re.compile(r"\s+(?:with|at|for|from|to)(?!\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A text without its tags, in two spellings of one length, and where known types at its start end.

    ``asides`` are the @words that stood before the amount; its notes begin with them.
    """

    text: str
    plain: str
    vocabulary: Vocabulary
    known: tuple[int, ...]
    asides: str

    @classmethod
    def of(cls, text: str, vocabulary: Vocabulary, asides: str) -> Self:
        known = tuple(end for end in type_ends(text) if unit_of(text[:end], vocabulary) is not None)
        return cls(text, grouped(plainly(text)), vocabulary, known, asides)

    def before(self, position: int) -> str:
        """Return what stands before a number, less one comma."""
        end = len(self.plain[:position].rstrip())
        return self.text[: len(self.plain[: end - self.plain.endswith(",", 0, end)].rstrip())]

    def behind(self, position: int) -> int:
        """Return where the text goes on after blanks and at most one comma."""
        gap = _GAP.match(self.plain, position)
        return gap.end() if gap else position

    def notes(self, position: int) -> str:
        """Return the notes that begin behind a type or an amount."""
        start = self.behind(position)
        # "5,#x" is no tag, and behind a blank of ours it would be one to who reads the notes again: the comma stays.
        comma = self.text[start - 1] if self.plain[:start].endswith(",") else " "
        return self.with_asides(self.text[start:], comma)

    def with_asides(self, notes: str, between: str = " ") -> str:
        return between.join(filter(None, (self.asides, notes)))


def typed(line: Line, before: str) -> str:
    """Rule 8: a known type before "with" and the like, else all of the words."""
    if len(before) in line.known:
        return before
    ends = (end for end in reversed(line.known) if _PREPOSITION.match(line.plain, end, len(before)))
    return before[: next(ends, len(before))]


def type_ends(text: str) -> list[int]:
    """Return where a type that opens the text may end: before a blank or a comma."""
    ends = (match.end() for match in _TYPE_END.finditer(plainly(text[: MAX_TYPE + 1])))
    return [end for end in ends if end <= MAX_TYPE]


def unit_of(type_: str, vocabulary: Vocabulary) -> str | None:
    """Return the unit of a known type, "" for money; None for others."""
    if len(type_) > MAX_TYPE:  # none is known, and folding page after page takes time
        return None
    key = name_key(on_one_line(type_))
    unit = vocabulary.types.get(key, BUILT_IN.get(key))
    return "" if unit == vocabulary.base_currency else unit
