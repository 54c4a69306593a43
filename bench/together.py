"""``python -m bench.together``: who waits for whom, and what stays in memory, when many use one server.

SQLite, 110 000 expenses of 100 owners, one of whom has 100 000. He exports on two connections at once, which is as many
as the server lets one owner have, while a neighbour reads his own list; and so that it is seen what of his waiting is
for a core, two processes that have nothing to do with the server take as much of the cores.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench import PASSWORD
from bench.client import Client, load, request
from bench.host import Ways, basic, hosted
from bench.jobs import FORM, LIST, WARM
from bench.measure import medians, table
from bench.memory import held
from tests.live import LiveServer

COUNT, OWNERS = 110_000, 100
ROUNDS, SECONDS = 4, 8.0
"""Of the soak, each with 8 connections that read and write; the first is what a server needs to get going."""
CONNECTIONS = 8
"""On which a neighbour asks, one after the other, so that each worker answers some."""
EXPORTS = 2
PATIENCE = 60


def main() -> None:
    with hosted(COUNT, OWNERS) as (server, ways):
        neighbour = request(LIST, basic("owner1@example.com", PASSWORD))
        export = request(f"{LIST}&format=csv", ways.basic)
        for sent in (neighbour, export):
            for _ in range(WARM):
                load(server.port, sent, connections=1, seconds=0)
        alone, beside, crowded = fairness(ways, neighbour, export)
        memory = soak(server, ways, neighbour, export)
    grown = memory[-1] / memory[0]
    rows = [
        (f"a neighbour's list, the slowest of {CONNECTIONS} connections, alone, ms", f"{alone:.2f}", "", ""),
        ("the same, while the heavy owner exports, ms", f"{beside:.2f}", f"{beside / alone:.1f}", "≤ 2"),
        (
            f"the same, while {EXPORTS} processes do nothing but loop, ms",
            f"{crowded:.2f}",
            f"{crowded / alone:.1f}",
            "",
        ),
        (f"a worker after {SECONDS:.0f} s of lists, inserts and exports, MB", f"{memory[0]:.0f}", "", ""),
        (f"after {ROUNDS * SECONDS:.0f} s, MB", f"{memory[-1]:.0f}", f"{grown:.2f}", "≤ 1.1"),
    ]
    print(table(("together", "figure", "ratio", "goal"), rows))


def fairness(ways: Ways, neighbour: bytes, export: bytes) -> tuple[float, float, float]:
    """Return the milliseconds of a neighbour's list, on the slowest of some connections: alone, beside exports, and
    beside what only takes the cores.

    A connection belongs to one worker, and beside whom one works is luck: on one alone it was 1 to 12 times.
    """

    def slowest() -> float:
        return max(_asked(ways.port, neighbour) for _ in range(CONNECTIONS))

    alone = slowest()
    with exporting(ways.port, export):
        beside = slowest()
    with looping():
        return alone, beside, slowest()


def _asked(port: int, sent: bytes) -> float:
    with Client(port) as client:
        return medians({"": partial(client.run, lambda: sent)})[""]


@contextmanager
def exporting(port: int, export: bytes) -> Iterator[None]:
    """Export on so many connections for as long as the block lasts."""
    ended, begun = threading.Event(), threading.Barrier(EXPORTS + 1)
    answered: list[int] = []

    def work() -> None:
        with Client(port) as client:
            begun.wait(PATIENCE)
            while not ended.is_set():
                answered.append(len(client.ask(export)))

    threads = [threading.Thread(target=work) for _ in range(EXPORTS)]
    for thread in threads:
        thread.start()
    begun.wait(PATIENCE)
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(PATIENCE)
    assert len(answered) >= len(threads), "an export failed, so nobody was beside the neighbour"


@contextmanager
def looping() -> Iterator[None]:
    """Keep as many cores busy as exports do, with nothing, for as long as the block lasts."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(EXPORTS)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait(PATIENCE)


def soak(server: LiveServer, ways: Ways, neighbour: bytes, export: bytes) -> list[float]:
    """Return what the larger worker holds after each round, in MB."""
    insert = request("/api/v1.0/expense/", ways.bearer, body=FORM)
    page = request("/", ways.cookie)
    memory = []
    for _ in range(ROUNDS):
        print("together: a round of the soak", file=sys.stderr, flush=True)
        for sent in (neighbour, page, insert):
            load(server.port, sent, connections=8, seconds=SECONDS / 4)
        load(server.port, export, connections=2, seconds=SECONDS / 4)
        memory.append(max(held(server).values()) / 1024)
    return memory


if __name__ == "__main__":
    main()
