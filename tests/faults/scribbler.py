"""``python -m tests.faults.scribbler PORT AUTHORIZATION SEED SECONDS``: a busy program on a shared ledger.

It writes, edits, re-dates, moves, re-tags, deletes and restores until its time is over, and prints how often it did
what. An answer that no client should get ends it.
"""

import http.client
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

API = "/api/v1.0/"
TAGS = ("cash", "personal", "clientx", "clienty")


class Scribbler:
    def __init__(self, port: int, authorization: str, seed: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.headers = {"Authorization": authorization, "Content-Type": "application/x-www-form-urlencoded"}
        self.chance = random.Random(seed)
        self.reports = [row["id"] for row in self.ask("GET", "reports/")]

    def ask(self, method: str, path: str, body: str = "", also: tuple[int, ...] = ()) -> Any:
        """Send a request and return the JSON that came; ``also`` are statuses that another's deed may lead to."""
        self.connection.request(method, API + path, body, self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status not in {200, 204, *also}:
            message = f"{method} {path} {body}: {response.status} {answer!r}"
            raise SystemExit(message)
        return json.loads(answer) if response.status == 200 else None

    def somebodys(self) -> int:
        """Return the id of an expense, whoever made it, deleted or not."""
        return int(self.chance.choice(self.ask("GET", "expenses/?report=*&status=all"))["id"])

    def tags(self) -> str:
        return "+".join(self.chance.sample(TAGS, self.chance.randint(0, 3)))

    def day(self) -> str:
        return f"20{self.chance.randint(10, 25)}-0{self.chance.randint(1, 9)}-{self.chance.randint(10, 28)}+12:00:00"

    def write(self) -> None:
        self.ask("POST", "expense/", f"q=lunch+{self.chance.randint(1, 99)}+%23{self.chance.choice(TAGS)}")

    def edit(self, fields: str) -> None:
        self.ask("POST", f"expense/{self.somebodys()}", fields, also=(404,))

    def rename_a_tag(self) -> None:
        tags = self.ask("GET", "tags/")
        if tags:
            tag = self.chance.choice(tags)
            self.ask("POST", f"tag/{tag['id']}", f"name={self.chance.choice(TAGS).swapcase()}", also=(404, 409))

    def drop_a_tag(self) -> None:
        tags = self.ask("GET", "tags/")
        if len(tags) == len(TAGS):
            self.ask("DELETE", f"tag/{self.chance.choice(tags)['id']}", also=(404,))

    def empty_a_report(self) -> None:
        """Make a report, move an expense there, and delete it under the expense's feet."""
        report = self.ask("POST", "report/", f"name={self.chance.random()}")["id"]
        self.edit(f"report={report}")
        self.ask("POST", f"report/{report}?action=delete")

    def deeds(self) -> dict[str, Callable[[], None]]:
        return {
            "write": self.write,
            "change": lambda: self.edit(f"amount={self.chance.randint(1, 99)}&notes=no+{self.chance.random()}"),
            "re-date": lambda: self.edit(f"date={self.day()}"),
            "move": lambda: self.edit(f"report={self.chance.choice(self.reports)}"),
            "re-tag": lambda: self.edit(f"tags={self.tags()}"),
            "delete": lambda: self.ask("POST", f"expense/{self.somebodys()}?action=delete"),
            "restore": lambda: self.edit("status=1"),
            "rename a tag": self.rename_a_tag,
            "drop a tag": self.drop_a_tag,
            "empty a report": self.empty_a_report,
        }


def main(port: str, authorization: str, seed: str, seconds: str) -> None:
    scribbler, done, until = (
        Scribbler(int(port), authorization, int(seed)),
        Counter[str](),
        time.monotonic() + float(seconds),
    )
    deeds = scribbler.deeds()
    while time.monotonic() < until:
        name = scribbler.chance.choice(list(deeds))
        deeds[name]()
        done[name] += 1
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
