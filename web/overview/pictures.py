"""Sums as pictures: SVG of shapes and classes only, so that the stylesheet's colours, themes and print reach them.

Widths are stretched to the page, hence no text in them. svg.py writes what it is given: texts are escaped here.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import svg
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_WIDE: Final = 100  # units of each column
_HIGH: Final = 100
_INTERVALS: Final = 5  # between the marks of a scale, at most
_STRETCHED: Final = svg.PreserveAspectRatio("none")


class Bar(NamedTuple):
    """A sum, what is said of it, and where it leads, "" for nowhere."""

    amount: int
    told: str
    href: str


class Column(NamedTuple):
    """A step in time: its sum, and what it was a year before, if that is to be seen."""

    now: Bar
    before: Bar | None


class Scale(NamedTuple):
    """Round amounts, from the highest to the lowest; 0 is one of them."""

    marks: Sequence[int]

    @property
    def high(self) -> int:
        return self.marks[0]

    @property
    def low(self) -> int:
        return self.marks[-1]

    def height(self, amount: int) -> float:
        """Return how far from the top of a picture an amount is."""
        return round(_HIGH * (self.high - amount) / (self.high - self.low), 2)


def scale_of(amounts: Iterable[int]) -> Scale:
    """Return the finest scale of few marks that has room for some amounts, in thousandths."""
    known = [0, *amounts]
    low, high = min(known), max(known)
    if low == high:
        high = 1000
    # The first may be too fine by a mark at either end, the last never is.
    finest = 10 ** (len(str((high - low) // _INTERVALS)) - 1)
    steps = [finest * times for times in (1, 2, 5, 10, 20)]
    step = next(step for step in steps if -(-high // step) - low // step <= _INTERVALS)
    return Scale([place * step for place in range(-(-high // step), low // step - 1, -1)])


def columns(sums: Sequence[Column], *, scale: Scale, name: str) -> SafeString:
    """Draw sums side by side, each a link, over lines at the marks of a scale."""
    width = len(sums) * _WIDE
    lines: list[svg.Element] = [
        svg.Line(x1=0, x2=width, y1=scale.height(mark), y2=scale.height(mark), class_=["zero" if not mark else "grid"])
        for mark in scale.marks
    ]
    bars = [bar for place, column in enumerate(sums) for bar in _column(column, place * _WIDE, scale)]
    return _drawn(
        svg.SVG(
            viewBox=svg.ViewBoxSpec(0, 0, width, _HIGH),
            preserveAspectRatio=_STRETCHED,
            elements=[*lines, *bars],
            extra={"role": "group", "aria-label": escape(name)},
        )
    )


def strip(amount: int, most: int) -> SafeString:
    """Draw a sum as a strip, as long as its part of the largest; one below zero is an outline."""
    width = round(_WIDE * abs(amount) / most, 2) if most else 0
    shape = svg.Rect(width=width, height=8, class_=["then" if amount < 0 else "now"])
    return _drawn(
        svg.SVG(
            viewBox=svg.ViewBoxSpec(0, 0, _WIDE, 8),
            preserveAspectRatio=_STRETCHED,
            class_=["hbar"],
            elements=[shape],
            extra={"aria-hidden": "true"},
        )
    )


def _column(column: Column, left: int, scale: Scale) -> list[svg.Element]:
    if column.before is None:
        return _bar(column.now, "now", left + 16, 68, scale)
    return [*_bar(column.before, "then", left + 14, 36, scale), *_bar(column.now, "now", left + 50, 36, scale)]


def _bar(bar: Bar, kind: Literal["now", "then"], left: int, width: int, scale: Scale) -> list[svg.Element]:
    """Return a bar, and the room above it, which leads to the same place: a low one would be hard to hit."""
    if not bar.href:
        return []
    top, bottom = sorted([scale.height(bar.amount), scale.height(0)])
    told = escape(bar.told)
    link = svg.A(
        href=escape(bar.href),
        # The table has both years: who goes by the keyboard is spared half of the stops.
        tabindex=-1 if kind == "then" else None,
        elements=[
            svg.Title(text=told),
            svg.Rect(x=left, y=0, width=width, height=_HIGH, class_=["room"]),
            svg.Rect(x=left + 2, y=top, width=width - 4, height=round(bottom - top, 2), class_=[kind]),
        ],
        extra={"aria-label": told},
    )
    return [link]


def _drawn(picture: svg.SVG) -> SafeString:
    return mark_safe(picture.as_str())  # noqa: S308 - made of numbers, and of texts that were escaped
