"""A write with a key that arrives twice at once, on two processes, by any door: it is made once, and both hear so."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier
from typing import Any, NamedTuple

import pytest

from tests.callers import EVERYTHING, PATIENCE, Caller, Heard, worker_of
from tests.cast import FORM
from tests.faults.killing import multipart
from tests.live import LiveServer

V1, CLASSIC = "/api/v1.0", "/api"
TABLES = ("expenses_expense", "expenses_expensetag", "expenses_receipt", "expenses_tag", "reports_report")


class Door(NamedTuple):
    """A way to write. ``made`` are the rows that it adds to TABLES; names in braces stand for things that are there."""

    method: str
    path: str
    body: str = ""
    made: tuple[int, int, int, int, int] = (0, 0, 0, 0, 0)
    with_picture: bool = False


DOORS = [
    Door("POST", f"{V1}/expense/", "q=lunch+45+%23cash", (1, 1, 0, 0, 0)),
    Door("GET", f"{V1}/expense/?q=lunch+46", made=(1, 0, 0, 0, 0)),
    Door("POST", f"{V1}/expense/", "type=lunch&amount=47&tags=cash", (1, 1, 0, 0, 0)),
    Door("POST", f"{V1}/expense/", "lunch 48", (1, 0, 1, 0, 0), with_picture=True),
    Door("POST", f"{V1}/expense/{{expense}}", "notes=changed&tags=cash", (0, 1, 0, 0, 0)),
    Door("PUT", f"{V1}/expense/{{expense}}", "amount=3"),
    Door("POST", f"{V1}/expense/{{expense}}", "report={report}"),
    Door("POST", f"{V1}/expense/{{expense}}", "", (0, 0, 1, 0, 0), with_picture=True),
    Door("POST", f"{V1}/expense/{{gone}}", "status=1"),
    Door("POST", f"{V1}/expense/{{expense}}", "action=delete"),
    Door("DELETE", f"{V1}/expense/{{expense}}"),
    Door("POST", f"{V1}/tag/", "name=fresh{number}", (0, 0, 0, 1, 0)),
    Door("POST", f"{V1}/tag/{{tag}}", "name=other{number}"),
    Door("DELETE", f"{V1}/tag/{{tag}}", made=(0, 0, 0, -1, 0)),
    Door("POST", f"{V1}/report/", "name=fresh{number}", (0, 0, 0, 0, 1)),
    Door("POST", f"{V1}/report/{{report}}", "name=other{number}"),
    Door("POST", f"{V1}/report/{{report}}", "status=submitted"),
    Door("DELETE", f"{V1}/report/{{report}}", made=(0, 0, 0, 0, -1)),
    Door("POST", f"{CLASSIC}/expense/", "q=dinner+45", (1, 0, 0, 0, 0)),
    Door("POST", f"{CLASSIC}/expense/{{expense}}", "notes=changed"),
    Door("DELETE", f"{CLASSIC}/expense/{{expense}}"),
    Door("POST", f"{CLASSIC}/simple/?format=json", "q=dinner+46", (1, 0, 0, 0, 0)),
    Door("POST", f"{CLASSIC}/simple/", "q=dinner+47", (1, 0, 0, 0, 0)),
    Door("GET", f"{CLASSIC}/simple/?q=dinner+48", made=(1, 0, 0, 0, 0)),
    Door("POST", f"{CLASSIC}/simple/?format=json", "q=Time+start+clientx", (1, 0, 0, 0, 0)),
    Door("POST", f"{CLASSIC}/simple/?format=json", "q=Time+stop"),
]


class Pair(NamedTuple):
    """A person's two programs, each at another process."""

    server: LiveServer
    callers: Sequence[Caller]

    def ask(self, caller: Caller, barrier: Barrier, door: Door, key: str) -> Heard:
        body, kind = multipart({"q": door.body} if door.body else {}) if door.with_picture else (door.body, FORM)
        barrier.wait(PATIENCE)
        return caller.ask(door.method, door.path, body, Content_Type=kind, Idempotency_Key=key)

    def at_once(self, door: Door, key: str) -> list[Heard]:
        barrier = Barrier(len(self.callers))
        with ThreadPoolExecutor(len(self.callers)) as pool:
            return list(pool.map(lambda caller: self.ask(caller, barrier, door, key), self.callers))

    def counts(self) -> tuple[int, ...]:
        ((*counts,),) = self.server.sql(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in TABLES)}")
        return tuple(counts)

    def everything(self) -> bytes:
        return b"".join(self.callers[0].get(path).body for path in (EVERYTHING, f"{V1}/tags/", f"{V1}/reports/"))


@pytest.fixture(scope="module")
def pair(server: LiveServer) -> Iterator[Pair]:
    email, found = server.newcomer(), dict[int, Caller]()
    with ExitStack() as opened:
        while found.keys() != set(server.workers()):
            caller = opened.enter_context(Caller(server, email))
            assert caller.get(f"{V1}/user/").status == 200
            found.setdefault(worker_of(server, caller.connection.sock), caller)
        found_first = next(iter(found.values()))
        found_first.post(f"{V1}/tag/", "name=cash")
        yield Pair(server, list(found.values()))


def things(caller: Caller, number: int) -> dict[str, Any]:
    """Make what a door may be about."""
    gone = caller.spend("lunch 2")["id"]
    assert caller.post(f"{V1}/expense/{gone}", "action=delete").status == 204
    return {
        "number": number,
        "expense": caller.spend("lunch 1")["id"],
        "gone": gone,
        "tag": caller.post(f"{V1}/tag/", f"name=tag{number}").json["id"],
        "report": caller.post(f"{V1}/report/", f"name=report{number}").json["id"],
    }


@pytest.mark.parametrize("number", range(len(DOORS)), ids=[f"{door.method} {door.path} {door.body}" for door in DOORS])
def test_it_works(pair: Pair, number: int) -> None:
    about = things(pair.callers[0], number)
    door = DOORS[number]._replace(path=DOORS[number].path.format(**about), body=DOORS[number].body.format(**about))
    before = pair.counts()

    first, *others = pair.at_once(door, f"key {number}")

    assert first.status in {200, 204}
    assert {(heard.status, heard.body) for heard in others} == {(first.status, first.body)}
    assert tuple(after - was for after, was in zip(pair.counts(), before, strict=True)) == door.made
    left = pair.everything()
    assert {(heard.status, heard.body) for heard in pair.at_once(door, f"key {number}")} == {(first.status, first.body)}
    assert pair.everything() == left
