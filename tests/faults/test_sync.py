"""The delta client: it asks for what has changed since the last second that it saw, and misses nothing."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

from tests.callers import Caller
from tests.faults.copies import CLASSIC, V1, Copy
from tests.faults.scribbler import Scribbler
from tests.faults.tabs import signed_in_headers
from tests.live import LiveServer

ROUNDS = 2
WIRES = (V1, CLASSIC, V1, CLASSIC)
SEEN_BY_BOTH = (
    ("status", "status"), ("amount", "amount"), ("rawamount", "rawamount"), ("notes", "notes"), ("date", "date"),
    ("created", "created"), ("modified", "modified"), ("type", "type"), ("report_id", "report"),
)  # fmt: skip
"""What both wires tell of an expense: its name on the one, and on the other."""


def test_clients_that_do_what_they_like_through_all_doors_end_with_the_same_ledger(server: LiveServer) -> None:
    email = server.newcomer()
    browser = signed_in_headers(server, email)
    with ExitStack() as opened, ThreadPoolExecutor(len(WIRES)) as pool:
        caller = opened.enter_context(Caller(server, email))
        for name in ("Trip", "Home"):
            caller.post("/api/v1.0/report/", f"name={name}")
        scribblers = [
            opened.enter_context(closing(Scribbler(server, email, seed, wire=wire, browser=browser)))
            for seed, wire in enumerate(WIRES)
        ]
        for working in [pool.submit(scribbler.work, ROUNDS) for scribbler in scribblers]:
            working.result()
        for scribbler in scribblers:
            scribbler.copy.poll()

        everything = {wire: Copy(wire, lambda path: caller.get(path).json).everything() for wire in (V1, CLASSIC)}

    for scribbler in scribblers:
        assert scribbler.copy.rows == everything[scribbler.copy.wire]
    new, old = everything[V1], everything[CLASSIC]
    assert {number: [row[name] for name, _ in SEEN_BY_BOTH] for number, row in new.items()} == {
        number: [row["fields"][name] for _, name in SEEN_BY_BOTH] for number, row in old.items()
    }


def test_each_change_is_seen_by_the_very_next_poll(server: LiveServer) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        report = caller.post("/api/v1.0/report/", "name=Trip").json["id"]
        made = caller.spend("lunch 45 #cash", r=report)
        item, tag = f"/api/v1.0/expense/{made['id']}", f"/api/v1.0/tag/{made['tags'][0]['id']}"
        copy = Copy(V1, lambda path: caller.get(path).json)
        changes = [
            (item, "amount=46"),
            (item, "date=1999-01-01"),
            (item, "tags=cash+personal"),
            (tag, "name=Cash!"),
            (f"{tag}?action=delete", ""),
            (f"/api/v1.0/report/{report}?action=delete", ""),
            (f"{item}?action=delete", ""),
            (item, "status=1"),
        ]
        for path, body in changes:
            copy.poll()

            assert caller.post(path, body).status in {200, 204}
            stale = dict(copy.rows)
            copy.poll()

            assert copy.rows == copy.everything()
            assert copy.rows != stale
