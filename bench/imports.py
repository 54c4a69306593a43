"""``python -m bench.imports [COUNT]``: what an import of so many lines costs, from the file to the commit.

The file is a bank's: two decimals behind a comma, days first, two tags a line, a fifth of the lines in a report of
their own, and the ledger that it comes to has as many expenses already. Looking it through, taking it in and taking it
back are timed one by one; the database is a file, written as the server writes it. SQLite only, so far.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from statistics import median

from bench import EMAIL, PASSWORD
from bench.measure import RUNS, milliseconds, table

COUNT = 10_000
LIMIT = 1.5
"""Seconds for the whole of a first import."""
SEEN = "looked through, all of it there"
COLUMNS = "Buchungstag;Verwendungszweck;Kategorie;Betrag;Tags;Projekt\n"


def bank_file(count: int, *, year: int) -> bytes:
    lines = (
        f"{1 + n % 28:02}.{1 + n % 12:02}.{year};Lunch no. {n} with jack;{('Lunch', 'Hotel', 'Taxi')[n % 3]};"
        f'{1 + n % 900},{n % 100:02};"clientx, t{n % 40}";{f"Trip {n % 20}" if n % 5 == 0 else ""}\n'
        for n in range(count)
    )
    return (COLUMNS + "".join(lines)).encode()


def measured(count: int) -> dict[str, float]:
    """Return the median seconds of each step, of five files that are new to the ledger."""
    from django.utils import timezone

    from accounts.selectors import account
    from expenses.imports.files import file_read
    from expenses.selectors import import_rows, upload_row
    from expenses.services import account_open, import_plan, import_take, import_undo, upload_keep, upload_opened

    now = timezone.now()
    account_open(email=EMAIL, password=PASSWORD, now=now, currency="EUR")
    owner = account(email=EMAIL)

    def kept(year: int) -> int:
        return upload_keep(user_id=owner.id, name="bank.csv", data=bank_file(count, year=year), now=now)

    def looked_through(number: int) -> None:
        upload = upload_row(user_id=owner.id, upload_id=number, now=now)
        file, mapping = upload_opened(user_id=owner.id, upload=upload)
        import_plan(owner=owner, readings=[file_read(file, mapping)])

    import_take(owner=owner, upload_id=kept(2025), now=now)
    taken: dict[str, list[float]] = {"looked through": [], "taken in": [], SEEN: [], "taken back": []}
    for year in range(2026, 2026 + RUNS):
        number, again = kept(year), kept(year)
        steps: tuple[Callable[[], object], ...] = (
            partial(looked_through, number),
            partial(import_take, owner=owner, upload_id=number, now=now),
            partial(looked_through, again),
            lambda: import_undo(owner=owner, import_id=import_rows(user_id=owner.id)[0].id, now=now),
        )
        for times, step in zip(taken.values(), steps, strict=True):
            times.append(milliseconds(step) / 1000)
    return {step: median(times) for step, times in taken.items()}


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "xpenser.settings", "XPENSER_DATA": folder}
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        with closing(connection):
            taken = measured(count)
    goals = {"taken in": f"≤ {LIMIT:g}"}
    rows = [(step, f"{seconds:.2f}", goals.get(step, "")) for step, seconds in taken.items()]
    print(table((f"{count} lines of a bank", "seconds", "goal"), rows))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
