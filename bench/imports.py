"""``python -m bench.imports [COUNT]``: what an import of so many lines costs, from the file to the commit.

The file is a bank's: two decimals behind a comma, days first, two tags a line, a fifth of the lines in a report of
their own, and the ledger that it comes to has as many expenses already. Looking it through, taking it in and taking it
back are timed one by one; the database is a file, written as the server writes it. SQLite only, so far.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bench import EMAIL, PASSWORD

COUNT = 10_000
LIMIT = 1.5  # seconds for the whole of a first import: ../shared/speed.md
COLUMNS = "Buchungstag;Verwendungszweck;Kategorie;Betrag;Tags;Projekt\n"


def bank_file(count: int, *, year: int) -> bytes:
    lines = (
        f"{1 + n % 28:02}.{1 + n % 12:02}.{year};Lunch no. {n} with jack;{('Lunch', 'Hotel', 'Taxi')[n % 3]};"
        f'{1 + n % 900},{n % 100:02};"clientx, t{n % 40}";{f"Trip {n % 20}" if n % 5 == 0 else ""}\n'
        for n in range(count)
    )
    return (COLUMNS + "".join(lines)).encode()


def timed(what: str, act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    took = time.perf_counter() - begin
    print(f"{what:<40} {took:6.2f} s")
    return took


def measured(count: int) -> float:
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
        import_plan(owner=owner, reading=file_read(file, mapping))

    import_take(owner=owner, upload_id=kept(2025), now=now)
    number = kept(2026)
    timed("looked through", lambda: looked_through(number))
    took = timed("taken in", lambda: import_take(owner=owner, upload_id=number, now=now))
    again = kept(2026)
    timed("looked through, all of it there", lambda: looked_through(again))
    timed("taken back", lambda: import_undo(owner=owner, import_id=import_rows(user_id=owner.id)[0].id, now=now))
    return took


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "xpenser.settings", "XPENSER_DATA": folder}
        import django
        from django.core.management import call_command
        from django.db import connection

        django.setup()
        call_command("migrate", verbosity=0)
        with closing(connection):
            took = measured(count)
        print(f"{count} lines, {Path(connection.settings_dict['NAME']).stat().st_size / 1e6:.1f} MB")
    return 0 if took <= LIMIT * max(count, COUNT) / COUNT else 1


if __name__ == "__main__":
    sys.exit(main())
