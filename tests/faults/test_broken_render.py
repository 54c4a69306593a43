"""A row that can't be printed is a 500, never a list that looks complete and is not (design §3.9)."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from bench import EMAIL, PASSWORD
from tests.callers import Caller
from tests.faults.ledgers import LISTS, fill
from tests.live import LiveServer, start_server

COUNT = 8000


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server with a ledger in whose middle stands something that is no amount."""
    with start_server(tmp_path_factory.mktemp("broken")) as server:
        fill(server, [EMAIL], COUNT)
        ((middle,),) = server.sql(f"SELECT id FROM expenses_expense ORDER BY date, id LIMIT 1 OFFSET {COUNT // 2}")
        spoil(server, middle)
        yield server


def spoil(server: LiveServer, expense_id: int) -> None:
    """Put into the database what none of our code would, and no database lets in that is asked in earnest."""
    if "DATABASE_URL" in server.env:
        server.sql("ALTER TABLE expenses_expense ALTER COLUMN amount DROP NOT NULL")
        server.sql(f"UPDATE expenses_expense SET amount = NULL WHERE id = {expense_id}")
        return
    with closing(sqlite3.connect(server.data / "xpenser.sqlite3", timeout=120)) as database, database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        database.execute(f"UPDATE expenses_expense SET amount = 'no number' WHERE id = {expense_id}")


@pytest.mark.parametrize("path", LISTS)
def test_it_works(broken: LiveServer, path: str) -> None:
    workers = broken.workers()
    # More often than there are places for long answers: each is given back.
    for _ in range(5):
        with Caller(broken, EMAIL, PASSWORD) as caller:
            answer = caller.get(path)

            assert answer.status == 500
            assert int(answer.headers["Content-Length"]) == len(answer.body) < 100
            # The connection is as good as before, and what stands before the broken row can be had.
            assert caller.get(f"{path}&date_op=lt&date=2010-02-01").status == 200
            assert caller.post("/api/v1.0/expense/", "q=lunch+45&d=2020-02-02").status == 200
    assert broken.workers() == workers


def test_the_operator_hears_of_it_and_the_client_does_not(broken: LiveServer) -> None:
    with Caller(broken, EMAIL, PASSWORD) as caller:
        before = len(broken.log.read_text())

        answer = caller.get("/api/v1.0/expenses/?report=*")

    assert answer.body == b"Internal Server Error"
    said = broken.log.read_text()[before:]
    assert re.search(r"ERROR api\.dialect \[\S+\]: GET /\S*expenses", said)
    assert "Traceback (most recent call last)" in said
