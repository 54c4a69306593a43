"""A ledger of any length comes out whole, and the process that writes it stays as small as it was."""

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bench import EMAIL, PASSWORD
from bench.memory import forget, peaks
from tests.callers import Caller, worker_of
from tests.faults.ledgers import LISTS, fill
from tests.live import LiveServer, start_server

COUNT = 100_000
MOST_KB = 16 * 1024


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with a long ledger; both workers have answered every kind of request."""
    with start_server(tmp_path_factory.mktemp("long")) as server:
        fill(server, [EMAIL], COUNT)
        warm: set[int] = set()
        while warm != set(server.workers()):
            with Caller(server, EMAIL, PASSWORD) as caller:
                for path in LISTS:
                    assert caller.get(f"{path}&date_op=lt&date=2010-01-03").status == 200
                warm.add(worker_of(server, caller.connection.sock))
        yield server


def json_amounts(file: Path) -> Iterator[str]:
    for row in json.loads(file.read_bytes()):
        yield row.get("fields", row)["amount"]


def xml_amounts(file: Path) -> Iterator[str]:
    yield from re.findall("<amount>(.*?)</amount>", file.read_text())


def csv_amounts(file: Path) -> Iterator[str]:
    with file.open(newline="") as text:
        yield from (row["amount"] for row in csv.DictReader(text))


def qif_amounts(file: Path) -> Iterator[str]:
    with file.open() as lines:
        yield from (str(-Decimal(line[1:])) for line in lines if line.startswith("T"))


AMOUNTS: dict[str, Callable[[Path], Iterator[str]]] = {
    "json": json_amounts,
    "xml": xml_amounts,
    "csv": csv_amounts,
    "qif": qif_amounts,
}


def test_it_works(long: LiveServer, tmp_path: Path) -> None:
    ((rows, thousandths),) = long.sql("SELECT count(*), sum(amount) FROM expenses_expense")
    wanted = (200, COUNT + 1, Decimal(int(thousandths)) / 1000)
    assert rows == COUNT + 1

    # One after the other in one test: the ledger is made once, however many processes run the tests.
    for path in LISTS:
        file = tmp_path / "answer"
        before = forget(long)
        status = download(long, path, file)
        after = peaks(long)

        amounts = list(AMOUNTS[path.rpartition("=")[2]](file))
        assert (status, len(amounts), sum(map(Decimal, amounts))) == wanted, path
        assert max(after[pid] - before[pid] for pid in before) < MOST_KB, path


def download(server: LiveServer, path: str, file: Path) -> int:
    """Fetch a list into a file as it comes, and return its status."""
    with Caller(server, EMAIL, PASSWORD) as caller, file.open("wb") as kept:
        caller.send("GET", path)
        answer = caller.connection.getresponse()
        shutil.copyfileobj(answer, kept, 1 << 16)
        assert kept.tell() == int(answer.headers["Content-Length"])
        return answer.status
