"""Amounts as banks and spreadsheets write them."""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

MARKS: Final = (".", ",")
"""What may stand before the decimals."""

_NUMBER: Final = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")
_MINUS: Final = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"))
_BLANKS: Final = re.compile(r"[\s'\N{RIGHT SINGLE QUOTATION MARK}]")  # Swiss and French thousands, too
_BESIDE: Final = re.compile(r"[^-+0-9.,()]")  # the name of a currency
_MOST_BESIDE: Final = 5
# No more digits than any amount has: Decimal overflows where a million of them get a sign.
_PLAIN: Final = re.compile(r"[0-9]{1,40}(?:[.][0-9]{0,40})?|[.][0-9]{1,40}")
_SHAPE: Final = re.compile(r"(?P<below>\()?(?P<before>[-+]?)(?P<number>[0-9.,]+)(?P<after>[-+]?)(?(below)\))")


def decimal_mark(cells: Iterable[str], *, unsure: str = MARKS[0]) -> str:
    """Return the sign before the decimals in a column: the one that the first cell which tells, tells of.

    ``1.234,56`` and ``12,5`` tell of a comma, ``1.234`` of none. ``unsure``, where no cell does.
    """
    for cell in cells:
        found = _NUMBER.search(_BLANKS.sub("", cell))
        mark = _mark_in(found[0]) if found else ""
        if mark:
            return mark
    return unsure


def _mark_in(number: str) -> str:
    last = max(number.rfind("."), number.rfind(","))
    if last < 0:
        return ""
    mark, other = number[last], "," if number[last] == "." else "."
    if number.count(mark) > 1:
        return other
    if other in number or len(number) - last - 1 != 3 or last == 0:
        return mark
    return ""


def read_amount(cell: str, *, mark: str) -> Decimal:
    """Return the amount in a cell: with a sign before or after it, in parentheses where it is below zero, with the
    name of a currency beside it, and with thousands set off. Raises ValueError.
    """
    text = _BLANKS.sub("", cell).translate(_MINUS)
    match = _SHAPE.fullmatch(_BESIDE.sub("", text))
    if match is None or match["number"] not in text or len(_BESIDE.findall(text)) > _MOST_BESIDE:
        raise ValueError(cell)
    sign = ("-" if match["below"] else "") + match["before"] + match["after"]
    whole, point, rest = match["number"].partition(mark)
    digits = _joined(whole.split("," if mark == "." else ".")) + ("." if point else "") + rest
    if len(sign) > 1 or not _PLAIN.fullmatch(digits):
        raise ValueError(cell)
    return -Decimal(digits) if sign == "-" else Decimal(digits)


def _joined(groups: Sequence[str]) -> str:
    """Return digits that stood in groups as one; "?" where that is no way to set off thousands, or lakhs.

    With a point before decimals ``12,50`` is no 1250, but a cell that is written otherwise.
    """
    is_grouped = all(len(group) in {2, 3} for group in groups[1:]) and 0 < len(groups[0]) <= 3 == len(groups[-1])
    return "".join(groups) if len(groups) == 1 or is_grouped else "?"
