"""``python -m bench.overview [COUNT]``: what the overview of a ledger costs, by how much of it is looked at.

In one process, without a server: the whole page as a signed-in browser gets it, and for each part of the ledger, as
the limit, what the bare driver takes to count and add up those rows once. The goal is 100 ms of work: with SQLite all
of it is done in this process, whose own time is taken, to which other programs add little; with PostgreSQL it is the
time that passes. The database is a new one in SQLite, or the empty one that DATABASE_URL names
(``python -m tests.postgres python -m bench.overview``).
"""

import os
import sys
import time
from collections.abc import Iterator
from functools import partial

import django
from django.core.management import call_command
from django.db import connection

from bench import EMAIL
from bench.ledger_page import MINE, Job, fetched

RUNS = 10
# What the address says, and the days of it: those of bench.ledger's expenses are 2010 to 2016.
PARTS = (
    ("a month", "period=2016-11", ("2016-11-01", "2016-12-01")),
    ("a year", "period=2016", ("2016-01-01", "2017-01-01")),
    ("a year, one tag", "period=2016&tag=clientx", ("2016-01-01", "2017-01-01")),
    ("three years", "period=2014..2016", ("2014-01-01", "2017-01-01")),
    ("everything", "period=all", ("2010-01-01", "2027-01-01")),
)


def jobs() -> Iterator[tuple[str, Job, Job]]:
    """Yield what is asked: the page, and the count and sum of its rows by hand."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model().objects.get(email=EMAIL))
    for name, query, (first, beyond) in PARTS:
        sql = f"SELECT count(*), sum(e.amount) {MINE} AND e.date >= '{first}' AND e.date < '{beyond}'"
        yield name, partial(client.get, f"/overview/?{query}"), partial(fetched, sql)


def least_ms(job: Job) -> float:
    """Return what the quickest of some runs took."""
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    job()  # what is prepared once is not the question
    times = []
    for _ in range(RUNS):
        start = clock()
        job()
        times.append(clock() - start)
    return min(times) * 1000


def main(count: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from bench.ledger import ledger_make

    call_command("migrate", verbosity=0)
    ledger_make(count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(f"{count} expenses, {connection.vendor}, {os.cpu_count()} cores")
    print(f"{'part':20}{'page ms':>9}{'by hand':>9}{'ratio':>7}")
    for name, page, by_hand in jobs():
        asked, limit = least_ms(page), least_ms(by_hand)
        print(f"{name:20}{asked:9.1f}{limit:9.2f}{asked / limit:7.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
