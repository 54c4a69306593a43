"""``python -m bench.imports SIZE:OWNERS …``: what an import of 10 000 lines costs, from the file to the commit.

The file is a bank's: two decimals behind a comma, days first, two tags a line, a fifth of the lines in reports of
their own; as many lines of an earlier one are there. Looking it through, taking it in and taking it back are timed one
by one, in a process beside the server, which does the same once its worker has heard of a file. The limit is as many
expenses and tags, put in by the bare driver in one transaction: no file is read, and nothing compared.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from statistics import median
from typing import Any

from bench import EMAIL
from bench.host import PATIENCE, hosted
from bench.measure import RUNS, grouped, milliseconds, table
from bench.raw import POSTGRESQL, Database
from tests.live import PROJECT

COUNT = 10_000
LIMIT = 1.5
"""Seconds for the whole of a first import."""
COLUMNS = "Buchungstag;Verwendungszweck;Kategorie;Betrag;Tags;Projekt\n"
EXPENSE = (
    "id, user_id, report_id, status, type, type_key, amount, raw_amount, unit, notes, notes_key, sourceid, date,"
    " created, modified"
)
STEPS = ("looked through", "taken in", "limit", "looked through, all of it there", "taken back")


def bank_file(*, year: int) -> bytes:
    lines = (
        f"{1 + n % 28:02}.{1 + n % 12:02}.{year};Lunch no. {n} with jack;{('Lunch', 'Hotel', 'Taxi')[n % 3]};"
        f'{1 + n % 900},{n % 100:02};"clientx, t{n % 40}";{f"Trip {n % 20}" if n % 5 == 0 else ""}\n'
        for n in range(COUNT)
    )
    return (COLUMNS + "".join(lines)).encode()


def put_by_hand(database: Database) -> None:
    """Put as many expenses with two tags into the heavy owner's ledger, in a year that no file has."""
    zone = database.words.zone
    database.driver.execute(database.words.begin)
    ((last,),) = database.rows(
        f"UPDATE expenses_clock SET last = {database.words.largest}(last, {time.time_ns() // 1000}) + {COUNT}"
        " WHERE user_id = 1 RETURNING last"
    )
    ((report,),) = database.rows("SELECT id FROM reports_report WHERE user_id = 1 AND is_default")
    first, second = database.rows("SELECT id FROM expenses_tag WHERE user_id = 1 ORDER BY id LIMIT 2")
    ids = _new_ids(database)
    expenses = (
        (id_, 1, report, 1, "Lunch", "lunch", 45000, 45000, "", f"Lunch no. {n} with jack", f"lunch no. {n} with jack",
         "", f"1990-{1 + n % 12:02}-{1 + n % 28:02} 00:00:00{zone}", last - COUNT + n, last - COUNT + n)
        for n, id_ in enumerate(ids, 1)
    )  # fmt: skip
    _put(database, "expenses_expense", EXPENSE, expenses)
    _put(database, "expenses_expensetag", "user_id, expense_id, tag_id", (
        (1, id_, tag) for id_ in ids for (tag,) in (first, second)
    ))  # fmt: skip
    database.driver.execute("COMMIT")


def _new_ids(database: Database) -> list[int]:
    if database.words is POSTGRESQL:
        drawn = "SELECT nextval(pg_get_serial_sequence('expenses_expense', 'id')) FROM generate_series(1, {count})"
    else:
        drawn = (
            "WITH RECURSIVE numbers(n) AS (SELECT max(id) + 1 FROM expenses_expense UNION ALL SELECT n + 1 FROM numbers"
            " LIMIT {count}) SELECT n FROM numbers"
        )
    return [id_ for (id_,) in database.rows(drawn.format(count=COUNT))]


def _put(database: Database, name: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    if database.words is POSTGRESQL:
        with database.driver.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" for _ in columns.split(","))
        database.driver.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", rows)


def measured(address: str) -> list[float]:
    """Return the median seconds of each step, of five files that are new to the ledger."""
    from django.utils import timezone

    from accounts.selectors import account
    from expenses.imports.files import file_read
    from expenses.selectors import import_rows, upload_row
    from expenses.services import import_plan, import_take, import_undo, upload_keep, upload_opened

    now, owner, database = timezone.now(), account(email=EMAIL), Database(address)

    def kept(year: int) -> int:
        return upload_keep(user_id=owner.id, name="bank.csv", data=bank_file(year=year), now=now)

    def looked_through(number: int) -> None:
        upload = upload_row(user_id=owner.id, upload_id=number, now=now)
        file, mapping = upload_opened(user_id=owner.id, upload=upload)
        import_plan(owner=owner, readings=[file_read(file, mapping)])

    import_take(owner=owner, upload_id=kept(2025), now=now)
    taken: list[list[float]] = [[] for _ in STEPS]
    for year in range(2026, 2026 + RUNS):
        number, again = kept(year), kept(year)
        steps: tuple[Callable[[], object], ...] = (
            partial(looked_through, number),
            partial(import_take, owner=owner, upload_id=number, now=now),
            partial(put_by_hand, database),
            partial(looked_through, again),
            lambda: import_undo(owner=owner, import_id=import_rows(user_id=owner.id)[0].id, now=now),
        )
        for times, step in zip(taken, steps, strict=True):
            times.append(milliseconds(step) / 1000)
    database.close()
    return [median(times) for times in taken]


_MEASURE = "import json; from bench.imports import measured; print(json.dumps(measured({address!r})))"


def beside(environ: dict[str, str], address: str) -> list[float]:
    """Return what a process of Django's measures on a server's database."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", _MEASURE.format(address=address)],
        cwd=PROJECT, env=environ, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE,
    )  # fmt: skip
    seconds: list[float] = json.loads(done.stdout)
    return seconds


def main(ledgers: Sequence[str]) -> None:
    lines = []
    for ledger in ledgers:
        size, owners = map(int, ledger.split(":"))
        with hosted(size, owners) as (server, ways):
            seconds = beside(server.environ(), ways.address)
        _, taken, limit, _, _ = seconds
        lines.append((grouped(size), *(f"{each:.2f}" for each in seconds), f"{taken / limit:.1f}", f"≤ {LIMIT:g} s"))
    print(table(("expenses there", *(f"{step}, s" for step in STEPS), "taken in, of the limit", "goal"), lines))


if __name__ == "__main__":
    main(sys.argv[1:])
