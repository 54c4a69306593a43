"""``python -m bench.peer``: ihatemoney beside us, on the jobs that both do.

It comes from PyPI, into an environment of its own below .cache, and is served by gunicorn on two workers, with SQLite.
Both hold 10 000 entries, and get a new connection for each request, since its server keeps none.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench import PASSWORD
from bench.client import SLICE, body_of, request
from bench.host import Ways, basic, hosted
from bench.jobs import FORM, LIST
from bench.measure import medians, milliseconds, table
from tests.live import PROJECT, free_port

VERSION, GUNICORN = "7.2.1", "27.0.1"
COUNT = 10_000
STARTS_WITHIN = 60
PYTHON = PROJECT / ".cache" / f"ihatemoney-{VERSION}" / "bin" / "python"
PROJECT_PATH = "/api/projects/bench"
BILL = "date=2026-11-26&what=lunch+with+jack&payer=1&payed_for=1&payed_for=2&amount=45"
_SETTINGS = """
SECRET_KEY = "bench"
SQLALCHEMY_DATABASE_URI = "sqlite:///{database}"
MAIL_SUPPRESS_SEND = True
ACTIVATE_DEMO_PROJECT = False
"""
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)"


class Asked(NamedTuple):
    name: str
    ours: bytes
    theirs: bytes
    goal: str


def main() -> None:
    installed()
    with hosted(COUNT, 1) as (_, ways), peer() as port:
        rows = []
        for job in jobs(ways, port):
            print(f"peer: {job.name}", file=sys.stderr, flush=True)
            runs = {"ours": partial(run, ways.port, job.ours), "theirs": partial(run, port, job.theirs)}
            for once in runs.values():
                once()
            taken = medians(runs)
            ours, theirs = taken["ours"], taken["theirs"]
            rows.append((job.name, f"{ours:.2f}", f"{theirs:.2f}", f"{theirs / ours:.1f}", job.goal))
    print(table(("job", "ms", f"ihatemoney {VERSION}, ms", "times as quick", "goal"), rows))


def installed() -> None:
    """Install the peer, unless it is there."""
    if PYTHON.exists():
        return
    subprocess.run([sys.executable, "-m", "venv", PYTHON.parent.parent], check=True)
    packages = [f"ihatemoney=={VERSION}", f"gunicorn=={GUNICORN}"]
    try:
        subprocess.run(
            [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True
        )
    except subprocess.CalledProcessError:
        PYTHON.unlink()  # half of it is no peer
        raise


@contextmanager
def peer() -> Iterator[int]:
    """Give the port of a peer with a project of COUNT bills."""
    with tempfile.TemporaryDirectory(prefix="xpenser-peer-") as folder:
        database, settings, port = Path(folder, "peer.sqlite3"), Path(folder, "settings.py"), free_port()
        settings.write_text(_SETTINGS.format(database=database))
        serving = ("gunicorn", "--preload", "-w", "2", "-b", f"127.0.0.1:{port}", "ihatemoney.wsgi:application")
        process = subprocess.Popen(
            [PYTHON, "-m", *serving],
            cwd=folder, env={**os.environ, "IHATEMONEY_SETTINGS_FILE_PATH": str(settings)}, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            fill(port, database)
            yield port
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN)


def fill(port: int, database: Path) -> None:
    """Wait for the server, make a project with two members by its own API, and its bills by SQL."""
    made = f"name=bench&id=bench&password={PASSWORD.replace(' ', '+')}&contact_email=bench@example.com"
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            body_of(port, request("/api/projects", body=f"{made}&default_currency=XXX"))
            break
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    for name in ("jack", "jill"):
        body_of(port, request(f"{PROJECT_PATH}/members", basic("bench", PASSWORD), body=f"name={name}"))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            f"{_NUMBERS} INSERT INTO bill (payer_id, amount, date, creation_date, what, bill_type, external_link,"
            " original_currency, converted_amount)"
            " SELECT 1, n % 90000 / 100.0, date('2010-01-01', '+' || n || ' days'),"
            " '2026-11-20', 'lunch with jack', 'EXPENSE', '', 'XXX', n % 90000 / 100.0 FROM numbers",
            [COUNT],
        )
        connection.execute("INSERT INTO billowers (bill_id, person_id) SELECT id, 1 + id % 2 FROM bill")


def jobs(ways: Ways, port: int) -> Iterator[Asked]:
    bills, expense = f"{PROJECT_PATH}/bills", "/api/v1.0/expense/"
    token = body_of(port, request(f"{PROJECT_PATH}/token", basic("bench", PASSWORD))).split(b'"')[3].decode()
    bearer = f"Authorization: Bearer {token}"
    yield Asked("list of all", request(LIST, ways.bearer), request(bills, bearer), "")
    for name, mine, its in (("bearer", ways.bearer, bearer), ("Basic", ways.basic, basic("bench", PASSWORD))):
        yield Asked(f"insert, {name}", request(expense, mine, body=FORM), request(bills, its, body=BILL), "≥ 10")


def run(port: int, sent: bytes) -> float:
    """Return the median of what the requests of one run took, in milliseconds."""
    job: Callable[[], object] = partial(body_of, port, sent)
    until = time.perf_counter() + SLICE
    taken = [milliseconds(job)]
    while time.perf_counter() < until:
        taken.append(milliseconds(job))
    return median(taken)


if __name__ == "__main__":
    main()
