"""What stands out: expenses far above what their type usually costs."""

from collections.abc import Iterable, Iterator
from statistics import median
from typing import Final, NamedTuple

from django.db import connection

from expenses.selectors.ledger import LedgerRow, ledger_rows
from expenses.selectors.searching import LedgerFilter, ledger_conditions

JUDGED: Final = 2000
"""How many of the newest expenses are looked at: all would take seconds, and prices of long ago mislead."""
ENOUGH: Final = 8
"""How many expenses of a type it takes to say what is usual for it."""
FACTOR: Final = 5
"""How many times the usual distance from the median is far. Iglewicz and Hoaglin (1993) call 3.5 / 0.6745 = 5.2 so."""
_LEAST_SPREAD: Final = 10
"""A tenth of the median counts as its usual distance at least: else a rent would be unusual that rose by a cent."""


class Unusual(NamedTuple):
    """An expense that stands out, and what half of the expenses of its type cost at most, in thousandths."""

    row: LedgerRow
    usual: int


def ledger_unusual(*, user_id: int, matching: LedgerFilter, limit: int) -> list[Unusual]:
    """Return expenses that are far above what is usual for their type, the most unusual first.

    Judged are the JUDGED newest of those that are meant, among each other: see ``outliers``.
    """
    where, values = ledger_conditions(user_id, matching)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.id, e.type_key, e.amount FROM expenses_expense e"
            f" WHERE {where} ORDER BY e.date DESC, e.id DESC LIMIT {JUDGED}",
            values,
        )
        found = outliers(cursor.fetchall())[:limit]
    rows = {row.expense.id: row for row in ledger_rows(user_id=user_id, ids=[expense_id for expense_id, _ in found])}
    return [Unusual(rows[expense_id], usual) for expense_id, usual in found if expense_id in rows]


def outliers(amounts: Iterable[tuple[int, str, int]]) -> list[tuple[int, int]]:
    """Return the ids whose amount is far above their type's, with its median, the farthest first.

    Takes id, type and amount. Far: by more than FACTOR times the median distance from the median. Refunds don't count,
    and a type of which there are fewer than ENOUGH is not judged.
    """
    by_type: dict[str, list[tuple[int, int]]] = {}
    for expense_id, kind, amount in amounts:
        if amount > 0:
            by_type.setdefault(kind, []).append((expense_id, amount))
    found = [each for priced in by_type.values() if len(priced) >= ENOUGH for each in _far(priced)]
    return [(expense_id, usual) for _, expense_id, usual in sorted(found, reverse=True)]


def _far(priced: list[tuple[int, int]]) -> Iterator[tuple[float, int, int]]:
    """Yield how far, id and median of what is far above the others."""
    usual = median(amount for _, amount in priced)
    distance = max(median(abs(amount - usual) for _, amount in priced), usual / _LEAST_SPREAD)
    for expense_id, amount in priced:
        if amount - usual > FACTOR * distance:
            yield (amount - usual) / distance, expense_id, int(usual)
