"""``python -m bench.jobs SIZE:OWNERS …``: what the server does for its callers, each job as a ratio to the raw limit.

A real server process answers over a real socket. The limit stands beside it, on the same database: the same HTTP
server, with SQL by hand through the bare driver that writes the same bytes (``bench.raw``), without Django and without
asking who calls. The bytes of both are compared before anything is timed. The database is a new one in SQLite, or on
the server that DATABASE_URL names. Printed is a line of JSON for each job: the fields of ``Figures``.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

from oauthlib.oauth1 import Client as Signer

from bench.client import SLICE, Client, Load, body_of, load, request
from bench.host import Ways, hosted
from bench.measure import RUNS, medians
from bench.memory import forget, peaks
from bench.raw import INSERTED, Database
from tests.live import PROJECT, LiveServer, free_port

WARM = 8
"""Requests by which each worker has loaded what it needs, and knows the password."""
LIST = "/api/v1.0/expenses/?report=*"
FORM = f"q={quote(INSERTED)}"
STARTS_WITHIN = 30


class Job(NamedTuple):
    """``raw``: format and condition of the limit; ``goal``: at most so many times the limit; ``busy``: many may ask.

    ``same``: the bytes are the limit's. Of a page they aren't, and what is inserted is each time another expense.
    """

    name: str
    asked: Callable[[], bytes]
    raw: tuple[str, str]
    goal: float | None = None
    busy: bool = True
    same: bool = True


class Figures(NamedTuple):
    """``ours`` and ``limit`` are the milliseconds of an answer on one connection; ``grown`` is in MB, or None.

    ``loads``: connections, what was reached on them, and by the limit. Of 1 000 000 expenses the owner who asks has
    100 000, where he is not the only one.
    """

    database: str
    expenses: int
    owners: int
    job: str
    goal: float | None
    ours: float
    limit: float
    loads: list[tuple[int, Load, Load]]
    grown: float | None

    @property
    def ratio(self) -> float:
        return self.ours / self.limit


def jobs(ways: Ways, database: Database) -> Iterator[Job]:
    """Yield them, those that change nothing first. To add one, say how it is asked, and what its limit is."""

    def asking(path: str, *headers: str, body: str | None = None) -> Callable[[], bytes]:
        sent = request(path, *(headers or [ways.basic]), body=body)
        return lambda: sent

    def listed(name: str, bound: tuple[str, str], goal: float | None, *, busy: bool = True) -> Job:
        return Job(name, asking(f"{LIST}&{bound[0]}"), ("v1_json", bound[1]), goal, busy)

    yield listed("empty delta", ("modified_op=gt&modified=2030-01-01", "AND e.modified > 1893456000000000"), 1.6)
    yield listed("delta of 20", changed(database, 20), None)
    yield listed("delta of 1 000", changed(database, 1000), None)
    yield listed("page of 100", newest(database, 100), 2.2)
    yield listed("list of 10 000", newest(database, 10_000), 1.8, busy=False)
    for format_, raw, goal in (("csv", "csv_file", 1 / 0.7), ("qif", "qif", 1 / 0.7), ("xml", "v1_xml", 1 / 0.6)):
        yield Job(f"export as {format_}", asking(f"{LIST}&format={format_}"), (raw, ""), goal, busy=False)
    yield Job("export as json", asking(LIST), ("v1_json", ""), 1 / 0.6, busy=False)
    first = "/api/expenses/?report=*&status=all&format=json"
    yield Job("first sync, classic", asking(first), ("classic_json", ""), 1 / 0.6, busy=False)
    yield Job("ledger's page", asking("/", ways.cookie), ("ledger_page", ""), same=False)

    path, signer = "/api/v1.0/expense/", Signer(*ways.signing)

    def signed() -> bytes:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        sent = signer.sign(f"http://localhost{path}", "POST", FORM, headers)[1]["Authorization"]
        return request(path, f"Authorization: {sent}", body=FORM)

    inserted = ("insert", "")
    yield Job("insert, Basic", asking(path, ways.basic, body=FORM), inserted, 4, same=False)
    yield Job("insert, bearer", asking(path, ways.bearer, body=FORM), inserted, 4, same=False)
    yield Job("insert, OAuth 1.0a", signed, inserted, 4, busy=False, same=False)


def changed(database: Database, count: int) -> tuple[str, str]:
    """Return what asks for the ``count`` that changed last: of the wire, and in SQL."""
    rows = database.rows(
        f"SELECT modified FROM expenses_expense WHERE user_id = 1 ORDER BY modified DESC LIMIT 1 OFFSET {count}"
    )
    instant = rows[0][0] // 1_000_000 if rows else 0
    text = datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"modified_op=gt&modified={quote(text)}", f"AND e.modified > {instant * 1_000_000}"


def newest(database: Database, count: int) -> tuple[str, str]:
    """Return what asks for the ``count`` of the latest dates, and those of the last of them."""
    rows = database.rows(
        f"SELECT {database.words.date} FROM expenses_expense e WHERE user_id = 1 ORDER BY e.date DESC"
        f" LIMIT 1 OFFSET {count - 1}"
    )
    date = rows[0][0] if rows else "2000-01-01 00:00:00"
    return f"date_op=gte&date={quote(date)}", f"AND e.date >= '{date}{database.words.zone}'"


@contextmanager
def limit(address: str, questions: dict[str, tuple[str, str]], folder: Path) -> Iterator[int]:
    """Give the port of the server that has the raw limits at these paths."""
    file, port = folder / "questions.json", free_port()
    file.write_text(json.dumps(questions))
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.raw_server", str(port), address, str(file)], cwd=PROJECT,
    )  # fmt: skip
    try:
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                body_of(port, request("/nothing"))
                break
            except ConnectionError:
                if time.monotonic() > until or process.poll() is not None:
                    raise
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(STARTS_WITHIN)


def measured(expenses: int, owners: int, names: Sequence[str], loads: Sequence[int]) -> Iterator[Figures]:
    """Yield the figures of every job, or of those whose name has one of ``names`` in it."""
    with hosted(expenses, owners) as (server, ways):
        database = Database(ways.address)
        chosen = [job for job in jobs(ways, database) if not names or any(name in job.name for name in names)]
        questions = {f"/{place}": job.raw for place, job in enumerate(chosen)} | {"/nothing": ("nothing", "")}
        vendor = "PostgreSQL" if "DATABASE_URL" in server.env else "SQLite"
        with limit(ways.address, questions, server.folder) as port:
            for place, job in enumerate(chosen):
                print(f"{vendor}, {expenses}:{owners}: {job.name}", file=sys.stderr, flush=True)
                taken = figures(server, job, port, request(f"/{place}"), loads if job.busy else ())
                yield Figures(vendor, expenses, owners, job.name, job.goal, *taken)
        database.close()


def figures(
    server: LiveServer, job: Job, port: int, raw: bytes, loads: Sequence[int]
) -> tuple[float, float, list[tuple[int, Load, Load]], float | None]:
    for _ in range(WARM):
        load(server.port, job.asked(), connections=1, seconds=0)
    if job.same:
        compare(job, body_of(server.port, job.asked()), body_of(port, raw))
    grown = None if job.busy else growth_mb(server, job.asked())
    with Client(server.port) as ours, Client(port) as theirs:
        taken = medians({"ours": lambda: ours.run(job.asked), "limit": lambda: theirs.run(lambda: raw)})
    many = [(count, *both_loaded(server.port, job.asked(), port, raw, count)) for count in loads]
    return taken["ours"], taken["limit"], many, grown


def both_loaded(ours: int, asked: bytes, port: int, raw: bytes, connections: int) -> tuple[Load, Load]:
    """Return the runs of the median rates; the two take turns."""
    runs: dict[int, list[Load]] = {ours: [], port: []}
    for _ in range(RUNS):
        for at, sent in ((ours, asked), (port, raw)):
            runs[at].append(load(at, sent, connections=connections, seconds=SLICE))
    both = [sorted(each, key=lambda run: run.rate)[RUNS // 2] for each in runs.values()]
    return both[0], both[1]


def compare(job: Job, ours: bytes, limit: bytes) -> None:
    if hashlib.sha256(ours).digest() != hashlib.sha256(limit).digest():
        message = f"{job.name}: the raw limit writes other bytes: {ours[:300]!r} {limit[:300]!r}"
        raise AssertionError(message)


def growth_mb(server: LiveServer, asked: bytes) -> float:
    """Return how far the worker that answers grows above what it held before, in MB."""
    before = forget(server)
    load(server.port, asked, connections=1, seconds=0)
    after = peaks(server)
    return max(after[pid] - before[pid] for pid in before) / 1024


def figures_read(said: list[Any]) -> Figures:
    """Return the figures that were printed as JSON."""
    figures = Figures._make(said)
    return figures._replace(loads=[(count, Load(*ours), Load(*limit)) for count, ours, limit in figures.loads])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ledgers", nargs="+", help="expenses and owners, like 1000000:1000")
    parser.add_argument("--job", action="append", default=[], help="only those with this in their name")
    parser.add_argument("--load", action="append", type=int, default=[], help="also on so many connections at once")
    asked = parser.parse_args()
    for ledger in asked.ledgers:
        expenses, _, owners = ledger.partition(":")
        for each in measured(int(expenses), int(owners), asked.job, asked.load):
            print(json.dumps(each), flush=True)


if __name__ == "__main__":
    main()
