"""What a part of the ledger comes to: over time, by type, by report and by tag.

Amounts are sums in thousandths of the owner's base currency. Deleted expenses count where the filter means them alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from django.db import connection

from expenses.selectors.filters import joined
from expenses.selectors.ledger import TOTAL, Total, total_made
from expenses.selectors.searching import LedgerFilter, ledger_conditions

Step = Literal["day", "month", "year"]
_LENGTH: Final[Mapping[Step, int]] = {"day": 10, "month": 7, "year": 4}
# PostgreSQL truncates a date in a tenth of the time that its text takes.
_MOMENT: Final = {
    "sqlite": ("substr(e.date, 1, {length})", "{0}"),
    "postgresql": ("date_trunc('{step}', e.date)", "left({0}::text, {1})"),
}
_FROM: Final = "FROM expenses_expense e"


class TypeSum(NamedTuple):
    """A type, spelled as its first by characters is, and what its expenses come to."""

    name: str
    total: Total


class ReportSum(NamedTuple):
    id: int
    total: Total


class TagSum(NamedTuple):
    name: str
    total: Total


class Spread(NamedTuple):
    """What expenses come to, in three ways; each of them adds up to ``total``.

    ``steps`` are by their day, month or year as ``2026-11-20``, ``2026-11`` or ``2026``, without those in which there
    is nothing. Types and reports: the largest sum first.
    """

    total: Total
    steps: Mapping[str, Total]
    types: Sequence[TypeSum]
    reports: Sequence[ReportSum]


def ledger_spread(*, user_id: int, matching: LedgerFilter, step: Step) -> Spread:
    """Return what the expenses that are meant come to, over time, by type and by report.

    All of it is folded from the rows of one statement.
    """
    moment, text = _moment(step)
    where, values = ledger_conditions(user_id, matching)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {text}, e.type_key, e.report_id, min(e.type), {TOTAL} {_FROM} WHERE {where}"
            f" GROUP BY {moment}, e.type_key, e.report_id",
            values,
        )
        return _folded(cursor.fetchall())


def ledger_by_step(*, user_id: int, matching: LedgerFilter, step: Step) -> dict[str, Total]:
    """Return the steps of ``ledger_spread`` alone."""
    moment, text = _moment(step)
    where, values = ledger_conditions(user_id, matching)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {text}, {TOTAL} {_FROM} WHERE {where} GROUP BY {moment}", values)
        return {key: total_made(*total) for key, *total in cursor.fetchall()}


def ledger_by_tag(*, user_id: int, matching: LedgerFilter) -> list[TagSum]:
    """Return what the expenses of each tag come to, the largest sum first. One with two tags counts under both."""
    where, values = ledger_conditions(user_id, matching)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.name, {TOTAL} {_FROM} JOIN expenses_expensetag l ON l.expense_id = e.id"
            f" JOIN expenses_tag t ON t.id = l.tag_id WHERE {where} GROUP BY t.id, t.name",
            values,
        )
        sums = [TagSum(name, total_made(*total)) for name, *total in cursor.fetchall()]
    return sorted(sums, key=lambda each: (-each.total.amount, each.name))


def ledger_totals(*, user_id: int, matching: LedgerFilter, periods: Sequence[tuple[date, date]]) -> list[Total]:
    """Return what is meant in each of some periods, whatever days ``matching`` names; one statement."""
    parts = []
    for place, (first, last) in enumerate(periods):
        where, values = ledger_conditions(user_id, replace(matching, first_day=first, last_day=last))
        parts.append((f"SELECT {place}, {TOTAL} {_FROM} WHERE {where}", values))
    sql, values = joined(parts, " UNION ALL ")
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [total_made(*total) for _, *total in sorted(cursor.fetchall())]


def ledger_extent(*, user_id: int, matching: LedgerFilter) -> tuple[date, date] | None:
    """Return the days of the first and the last expense that is meant; None where there is none."""
    where, values = ledger_conditions(user_id, matching)
    ends = [
        f"SELECT (SELECT substr(CAST(e.date AS text), 1, 10) {_FROM} WHERE {where} ORDER BY e.date {order} LIMIT 1)"
        for order in ("", "DESC")
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(ends), [*values, *values])
        days = [date.fromisoformat(day) for (day,) in cursor.fetchall() if day is not None]
    return (min(days), max(days)) if days else None


def _moment(step: Step) -> tuple[str, str]:
    """Return the SQL of the step that an expense is in, to group by, and that of its text."""
    moment, text = _MOMENT[connection.vendor]
    grouped = moment.format(step=step, length=_LENGTH[step])
    return grouped, text.format(grouped, _LENGTH[step])


def _folded(rows: Iterable[tuple[Any, ...]]) -> Spread:
    steps: dict[str, Total] = defaultdict(lambda: Total(0, 0))
    types: dict[str, Total] = defaultdict(lambda: Total(0, 0))
    reports: dict[int, Total] = defaultdict(lambda: Total(0, 0))
    names: dict[str, str] = {}
    whole = Total(0, 0)
    for step, type_key, report_id, name, *columns in rows:
        total = total_made(*columns)
        steps[step], types[type_key] = _added(steps[step], total), _added(types[type_key], total)
        reports[report_id], whole = _added(reports[report_id], total), _added(whole, total)
        names[type_key] = min(name, names.get(type_key, name))
    by_type = [TypeSum(names[key], total) for key, total in types.items()]
    by_report = [ReportSum(report_id, total) for report_id, total in reports.items()]
    return Spread(
        whole,
        dict(sorted(steps.items())),
        sorted(by_type, key=lambda each: (-each.total.amount, each.name)),
        sorted(by_report, key=lambda each: (-each.total.amount, each.id)),
    )


def _added(one: Total, other: Total) -> Total:
    return Total(one.expenses + other.expenses, one.amount + other.amount)
