"""``python -m bench.ledger_page [COUNT]``: what a page of the ledger costs, as a ratio to the same SQL by hand.

In one process, without a server: rows as a template gets them, against what the bare driver fetches for SQL that was
written for the one question. Both take turns on one connection. The database is a new one in SQLite, or the empty one
that DATABASE_URL names (``python -m tests.postgres python -m bench.ledger_page``).
"""

import os
import statistics
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import django
from django.core.management import call_command
from django.db import connection

from bench.measure import medians, milliseconds, table

CALLS = 10
Job = Callable[[], object]
TAGS = {
    "sqlite": "SELECT json_group_array(json_array(t.id, t.name))",
    "postgresql": "SELECT json_agg(json_build_array(t.id, t.name) ORDER BY l.id)::text",
}
LINKS = "FROM expenses_expensetag l JOIN expenses_tag t ON t.id = l.tag_id WHERE l.expense_id = e.id"
COLUMNS = (
    "e.id, e.status, e.type, e.amount, e.raw_amount, e.unit, e.rate, e.notes, e.date, r.id, r.name, r.status,"
    " (SELECT count(*) FROM expenses_receipt q WHERE q.expense_id = e.id), e.modified"
)
MINE = "FROM expenses_expense e WHERE e.user_id = 1 AND e.status = 1"
PART = {"sqlite": "instr", "postgresql": "strpos"}


def fetched(sql: str) -> list[tuple[Any, ...]]:
    cursor = connection.connection.cursor()
    cursor.execute(sql)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    cursor.close()
    return rows


def page_by_hand(where: str) -> Job:
    columns = f"{COLUMNS}, ({TAGS[connection.vendor]} {LINKS})"
    joined = MINE.replace("WHERE", "JOIN reports_report r ON r.id = e.report_id WHERE")
    return lambda: fetched(f"SELECT {columns} {joined} {where} ORDER BY e.date DESC, e.id DESC LIMIT 100")


def total_by_hand(where: str, key: str = "1") -> Job:
    return lambda: fetched(f"SELECT {key}, count(*), sum(e.amount) {MINE} {where} GROUP BY 1")


def holding(word: str) -> str:
    """Return the condition that a word which is no part of a tag is in the type or the notes."""
    part = PART[connection.vendor]
    return f"AND ({part}(e.type_key, '{word}') > 0 OR {part}(e.notes_key, '{word}') > 0)"


def place(depth: int) -> tuple[datetime, int]:
    day = "substr(CAST(e.date AS text), 1, 19)"
    ((moment, expense_id),) = fetched(
        f"SELECT {day}, e.id {MINE} ORDER BY e.date DESC, e.id DESC LIMIT 1 OFFSET {depth}"
    )
    return datetime.fromisoformat(moment), expense_id


def jobs(user_id: int, count: int) -> Iterator[tuple[str, Job, Job]]:
    """Yield what is asked: by our selectors, and by hand."""
    from expenses.selectors import LedgerFilter, Position, ledger_page, ledger_total, ledger_totals_by_day

    def page(after: Position | None = None, **meant: Any) -> Job:
        return lambda: ledger_page(user_id=user_id, matching=LedgerFilter(**meant), after=after)

    def total(**meant: Any) -> Job:
        return lambda: ledger_total(user_id=user_id, matching=LedgerFilter(**meant))

    yield "first page", page(), page_by_hand("")
    for depth in (count // 2, count - 100):
        moment, expense_id = place(depth)
        older = f"AND (e.date, e.id) < ('{moment}', {expense_id})"
        yield f"page at {depth}", page(Position(moment, expense_id)), page_by_hand(older)
    for word in ("office", "xyzzy"):
        yield f"search {word}", page(text=word), page_by_hand(holding(word))
    either = f"{holding('123.45')[:-1]} OR 123450 IN (e.amount, e.raw_amount))"
    yield "search 123.45", page(text="123.45"), page_by_hand(either)
    yield "total", total(), total_by_hand("")
    yield "total office", total(text="office"), total_by_hand(holding("office"))
    newest, oldest = place(0)[0], place(100)[0]
    yield (
        "days of a page",
        lambda: ledger_totals_by_day(user_id=user_id, matching=LedgerFilter(), first=oldest.date(), last=newest.date()),
        total_by_hand(f"AND e.date >= '{oldest:%Y-%m-%d}'", "substr(CAST(e.date AS text), 1, 10)"),
    )


def main(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from bench.ledger import ledger_make

    call_command("migrate", verbosity=0)
    owner = ledger_make(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = []
    for name, ours, by_hand in jobs(owner.id, count):
        taken = medians({"ours": partial(run, ours), "by hand": partial(run, by_hand)})
        asked, limit = taken.values()
        goal = "≤ 2.2" if "page" in name and "days" not in name else ""
        rows.append((name, f"{asked:.2f}", f"{limit:.2f}", f"{asked / limit:.2f}", goal))
    print(table((f"question, {connection.vendor}", "ours ms", "by hand ms", "ratio", "goal"), rows))


def run(job: Job) -> float:
    """Return the median of what one run takes, in milliseconds."""
    return statistics.median(milliseconds(job) for _ in range(CALLS))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
