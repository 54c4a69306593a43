"""``CI=1 python -m bench.connections``: what psycopg's pool costs and saves beside connections that threads keep.

The same server on the same ledger in PostgreSQL, with connections in three ways (``bench.connected``), which take
turns: the median of five runs is the figure. A pool of 40 connections is what the product has as it comes.
"""

import os
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from bench.client import Client, load, request
from bench.host import Ways, hosted
from bench.jobs import FORM, LIST, WARM, newest
from bench.measure import RUNS, table
from bench.raw import Database
from tests.live import LiveServer
from tests.postgres import refusal, started

COUNT, OWNERS = 110_000, 1000
WAYS: Final = ("pool", "kept", "new")
LOADS: Final = (8, 64)
SECONDS: Final = 1.5
Figures = dict[tuple[str, str, str], list[float]]
"""By job, way and what was measured: one number of each run."""


def main() -> None:
    with (
        _postgresql(),
        hosted(COUNT, OWNERS, DJANGO_SETTINGS_MODULE="bench.connected", BENCH_CONNECTIONS="pool") as (
            server,
            ways,
        ),
    ):
        server.stop()
        figures: Figures = defaultdict(list)
        for turn in range(RUNS):
            for way in WAYS:
                print(f"connections: run {turn + 1}, {way}", file=sys.stderr, flush=True)
                server.env["BENCH_CONNECTIONS"] = way
                server.start()
                measure(server, ways, way, figures)
                server.stop()
    print(table(("job", "connections", "ms alone", *_head()), _rows(figures)))


def measure(server: LiveServer, ways: Ways, way: str, figures: Figures) -> None:
    """Ask a server that has just been started, alone and in a crowd, and count the connections that it then holds."""
    for job, sent in _jobs(ways).items():
        for _ in range(WARM):
            load(server.port, sent, connections=1, seconds=0)
        with Client(server.port) as client:
            figures[job, way, "alone"].append(client.run(lambda sent=sent: sent))  # type: ignore[misc]
        for count in LOADS:
            reached = load(server.port, sent, connections=count, seconds=SECONDS)
            figures[job, way, f"rate {count}"].append(reached.rate)
            figures[job, way, f"p99 {count}"].append(reached.p99)
            figures[job, way, f"refused {count}"].append(reached.refused)
        figures[job, way, "held"].append(_held(ways))


def _jobs(ways: Ways) -> dict[str, bytes]:
    database = Database(ways.address)
    hundred = newest(database, 100)[0]
    database.close()
    return {
        "empty delta": request(f"{LIST}&modified_op=gt&modified=2030-01-01", ways.bearer),
        "page of 100": request(f"{LIST}&{hundred}", ways.bearer),
        "insert": request("/api/v1.0/expense/", ways.bearer, body=FORM),
    }


def _held(ways: Ways) -> int:
    database = Database(ways.address)
    mine = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    ((count,),) = database.rows(f"SELECT count(*) FROM pg_stat_activity WHERE {mine}")
    database.close()
    return int(count)


def _head() -> Iterator[str]:
    for count in LOADS:
        yield from (f"per second, {count} clients", f"p99 ms, {count}", f"refused, {count}")
    yield "held"


def _rows(figures: Figures) -> Iterator[list[str]]:
    medians = {name: statistics.median(each) for name, each in figures.items()}
    for job, way in dict.fromkeys((job, way) for job, way, _ in medians):
        row = [job, way, f"{medians[job, way, 'alone']:.2f}"]
        for count in LOADS:
            row += [f"{medians[job, way, f'{what} {count}']:.0f}" for what in ("rate", "p99", "refused")]
        yield [*row, f"{medians[job, way, 'held']:.0f}"]


@contextmanager
def _postgresql() -> Iterator[None]:
    """Let DATABASE_URL name a PostgreSQL that waits for the disk, as it comes, unless it names one already."""
    if "DATABASE_URL" in os.environ:
        yield
        return
    if why := refusal():
        sys.exit(why)
    with started(settings=()) as url:
        os.environ["DATABASE_URL"] = url
        yield
        del os.environ["DATABASE_URL"]


if __name__ == "__main__":
    main()
