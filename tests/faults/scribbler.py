"""A person's busy program: it does whatever can be done to a ledger, through all of its doors, and keeps a copy of it.

It writes, edits, re-dates, moves, re-tags, deletes, restores and imports, as classic client, as one of v1.0 and as a
browser would.
"""

import random
from collections.abc import Callable
from itertools import count
from typing import Any

from tests.callers import EVERYTHING, Caller
from tests.cast import FORM
from tests.faults.copies import Copy, Wire
from tests.live import LiveServer

V1, CLASSIC = "/api/v1.0", "/api"
TAGS = ("cash", "personal", "clientx", "clienty")


class Scribbler:
    """``browser`` are the headers of a browser in which the person has signed in."""

    def __init__(self, server: LiveServer, email: str, seed: int, *, wire: Wire, browser: dict[str, str]) -> None:
        self.caller, self.pages = Caller(server, email), Caller(server, None)
        self.pages.headers = browser
        self.name, self.chance, self.numbers = f"scribbler{seed}", random.Random(seed), count(1000 * seed + 1000)
        self.copy = Copy(wire, lambda path: self.ask("GET", path))
        self.reports = [row["id"] for row in self.ask("GET", f"{V1}/reports/")]

    def work(self, rounds: int) -> None:
        """Do everything so many times, in any order, and look each time what the others have done."""
        deeds = self.deeds() * rounds
        for deed in self.chance.sample(deeds, len(deeds)):
            deed()
            self.copy.poll()

    def deeds(self) -> list[Callable[[], object]]:
        return [
            lambda: self.ask("POST", f"{V1}/expense/", f"q={self.line()}"),
            lambda: self.edit(f"{V1}/expense", f"amount={self.chance.randint(1, 99)}&notes=no+{next(self.numbers)}"),
            lambda: self.edit(f"{V1}/expense", f"date={self.day()}"),
            lambda: self.edit(f"{V1}/expense", f"report={self.chance.choice(self.reports)}"),
            lambda: self.edit(f"{V1}/expense", f"tags={'+'.join(self.tags())}"),
            lambda: self.edit(f"{V1}/expense", "status=1"),
            lambda: self.ask("POST", f"{V1}/expense/{self.somebodys()}?action=delete"),
            self.rename_a_tag,
            self.drop_a_tag,
            self.empty_a_report,
            lambda: self.ask("POST", f"{CLASSIC}/expense/", f"type=dinner&amount={self.chance.randint(1, 99)}"),
            lambda: self.ask("GET", f"{CLASSIC}/simple/?format=json&q={self.line()}"),
            lambda: self.edit(f"{CLASSIC}/expense", f"type=supper&date={self.day()}"),
            lambda: self.ask("DELETE", f"{CLASSIC}/expense/{self.somebodys()}"),
            lambda: self.page("/add/", f"q={self.line()}&once={self.name}-{next(self.numbers)}"),
            lambda: self.pick("delete"),
            lambda: self.pick("restore"),
            lambda: self.pick("move", f"report={self.chance.choice(self.reports)}"),
            lambda: self.pick("tag", f"tag={self.chance.choice(TAGS)}"),
            lambda: self.pick("untag", f"tag={self.chance.choice(TAGS)}"),
            self.import_a_file,
        ]

    def ask(self, method: str, path: str, body: str | None = None, *, also: tuple[int, ...] = ()) -> Any:
        """Send a request and return the JSON that came; ``also`` are statuses that another's deed may lead to."""
        heard = self.caller.ask(method, path, body)
        assert heard.status in {200, 204, *also}, (method, path, body, heard)
        return heard.json if heard.status == 200 else None

    def somebodys(self) -> int:
        """Return the id of an expense, whoever made it, deleted or not."""
        return int(self.chance.choice(self.ask("GET", EVERYTHING))["id"])

    def line(self) -> str:
        return f"lunch+{self.chance.randint(1, 99)}+%23{self.chance.choice(TAGS)}"

    def tags(self) -> list[str]:
        return self.chance.sample(TAGS, self.chance.randint(0, 3))

    def day(self) -> str:
        return f"20{self.chance.randint(10, 25)}-0{self.chance.randint(1, 9)}-{self.chance.randint(10, 28)}+12:00:00"

    def edit(self, items: str, fields: str) -> None:
        self.ask("POST", f"{items}/{self.somebodys()}", fields, also=(404,))

    def rename_a_tag(self) -> None:
        tags = self.ask("GET", f"{V1}/tags/")
        if tags:
            name = self.chance.choice(TAGS).swapcase()
            self.ask("POST", f"{V1}/tag/{self.chance.choice(tags)['id']}", f"name={name}", also=(404, 409))

    def drop_a_tag(self) -> None:
        tags = self.ask("GET", f"{V1}/tags/")
        if len(tags) == len(TAGS):
            self.ask("DELETE", f"{V1}/tag/{self.chance.choice(tags)['id']}", also=(404,))

    def empty_a_report(self) -> None:
        """Make a report, move an expense there, and delete it under the expense's feet."""
        report = self.ask("POST", f"{V1}/report/", f"name={self.name}-{next(self.numbers)}")["id"]
        self.edit(f"{V1}/expense", f"report={report}")
        self.ask("POST", f"{V1}/report/{report}?action=delete")

    def page(self, path: str, body: str | bytes, kind: str = FORM) -> str:
        """Send a page's form, and return where it leads to."""
        heard = self.pages.post(path, body, Content_Type=kind)
        assert heard.status == 302, (path, body, heard)
        return str(heard.headers["Location"])

    def pick(self, act: str, beside: str = "") -> None:
        self.page("/picked/", f"act={act}&id={self.somebodys()}&id={self.somebodys()}&{beside}")

    def import_a_file(self) -> None:
        file = f"Date,Category,Amount\n2026-11-01,Hotel,{next(self.numbers)}\n2026-11-02,Taxi,{next(self.numbers)}\n"
        head = '--ends\r\nContent-Disposition: form-data; name="file"; filename="trip.csv"\r\n\r\n'
        there = self.page("/import/", f"{head}{file}\r\n--ends--\r\n".encode(), "multipart/form-data; boundary=ends")
        assert self.page(there, "act=take") == "/import/"

    def close(self) -> None:
        for caller in (self.caller, self.pages):
            caller.connection.close()
