"""The delta client: it asks for what has changed since the last second that it saw, and misses nothing."""

import json
import subprocess
import sys
from collections import Counter
from typing import Any
from urllib.parse import quote_plus

from tests.callers import EVERYTHING, Caller
from tests.cast import basic
from tests.live import PROJECT, LiveServer

SCRIBBLERS = 4
SECONDS = 4


class Copy:
    """What a client has on its own disk of a ledger on the server."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.rows: dict[int, Any] = {}
        self.last = "2000-01-01 00:00:00"

    def poll(self) -> None:
        """Ask for what is new since the last second that was printed, and take it in."""
        answer = self.caller.get(f"{EVERYTHING}&modified_op=gt&modified={quote_plus(self.last, safe=':')}")
        assert answer.status == 200
        for row in answer.json:
            self.rows[row["id"]] = row
            self.last = max(self.last, row["modified"])

    def printed(self) -> bytes:
        """Return the copy as the server would print it."""
        rows = sorted(self.rows.values(), key=lambda row: (row["date"], row["id"]))
        return json.dumps(rows, indent=4, separators=(", ", ": "), ensure_ascii=False).encode()


def test_it_works(server: LiveServer) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        for name in ("Trip", "Home"):
            caller.post("/api/v1.0/report/", f"name={name}")
        copy, polls = Copy(caller), 0
        command = [sys.executable, "-m", "tests.faults.scribbler", str(server.port), basic(email)]
        scribblers = [
            subprocess.Popen(
                [*command, str(seed), str(SECONDS)],
                cwd=PROJECT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for seed in range(SCRIBBLERS)
        ]
        try:
            while any(scribbler.poll() is None for scribbler in scribblers):
                copy.poll()
                polls += 1
            said = [scribbler.communicate(timeout=120) for scribbler in scribblers]
        finally:
            for scribbler in scribblers:
                scribbler.kill()
                scribbler.wait()

        copy.poll()
        everything = caller.get(EVERYTHING)

    assert [errors for _, errors in said] == [""] * SCRIBBLERS
    done = sum((Counter(json.loads(output)) for output, _ in said), Counter[str]())
    assert len(done) == 10, done
    assert min(polls, done["write"]) > 5
    assert copy.printed() == everything.body


def test_each_change_is_seen_by_the_very_next_poll(server: LiveServer) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        report = caller.post("/api/v1.0/report/", "name=Trip").json["id"]
        made = caller.spend("lunch 45 #cash", r=report)
        item, tag = f"/api/v1.0/expense/{made['id']}", f"/api/v1.0/tag/{made['tags'][0]['id']}"
        copy = Copy(caller)
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
            stale = copy.printed()
            copy.poll()

            assert copy.printed() == caller.get(EVERYTHING).body
            assert copy.printed() != stale
