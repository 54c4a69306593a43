"""People who write while processes die under them.

Who gets no answer repeats his request, with its key, until there is one. In the end all that was answered must be
there, once and whole, with its tags and receipts.
"""

import hashlib
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from threading import Event
from typing import NamedTuple, Self
from urllib.parse import urlencode

import psycopg

from tests.callers import EVERYTHING, PATIENCE, Caller, Heard, eventually
from tests.cast import FORM
from tests.expenses.pictures import jpeg
from tests.live import LiveServer, on_postgresql

ITEM = "/api/v1.0/expense/"
TAGS = ("cash", "personal", "clientx")
PICTURE = jpeg()
WRITERS = 6
OWNERS = 3
BETWEEN = 3
"""Answers at least between one death and the next."""


class Told(NamedTuple):
    """What the server has said of an expense."""

    notes: str
    amount: str
    tags: tuple[str, ...]
    status: int
    receipts: int


class Writer:
    """Writes to a ledger, each time until it is answered, and remembers what it was told."""

    def __init__(self, server: LiveServer, email: str, name: str, chance: random.Random) -> None:
        self.caller = Caller(server, email)
        self.email = email
        self.name = name
        self.chance = chance
        self.told: dict[int, Told] = {}
        self.asked = self.answered = self.repeated = 0

    def work(self, until: Event) -> Self:
        deeds: Sequence[Callable[[], None]] = (self.add, self.add_with_receipt, self.change, self.attach, self.delete)
        while not until.is_set():
            self.chance.choice(deeds)()
        self.caller.connection.close()
        return self

    def ask(self, path: str, fields: dict[str, str], *, picture: bool = False) -> Heard:
        """Send a request until it is answered, each time with the same key."""
        body, kind = multipart(fields) if picture else (urlencode(fields), FORM)
        self.asked += 1
        headers = {"Idempotency-Key": f"{self.name}-{self.asked}", "Content-Type": kind}
        until = time.monotonic() + PATIENCE
        while (heard := self.once(path, body, headers)) is None:
            assert time.monotonic() < until, f"{self.name}: no answer to {path} {fields}"
            self.repeated += 1
            time.sleep(0.05)
        assert heard.status in {200, 204}, (path, fields, heard)
        self.answered += 1
        return heard

    def once(self, path: str, body: str | bytes, headers: dict[str, str]) -> Heard | None:
        """Return the answer, or None where there is none, or one that says to come again."""
        try:
            heard = self.caller.post(path, body, **headers)
        except (OSError, HTTPException):
            self.caller.connection.close()
            return None
        return None if heard.status == 503 and "Retry-After" in heard.headers else heard

    def add(self, *, picture: bool = False) -> None:
        tag, cents = self.chance.choice(TAGS), self.chance.randint(100, 9999)
        notes, amount = f"{self.name} {self.asked}", f"{cents / 100:.2f}"
        row = self.ask(ITEM, {"q": f"lunch {amount} {notes} #{tag}"}, picture=picture).json
        self.told[row["id"]] = Told(notes, amount, (tag,), 1, int(picture))

    def add_with_receipt(self) -> None:
        self.add(picture=True)

    def mine(self) -> int | None:
        live = [number for number, told in self.told.items() if told.status == 1]
        return self.chance.choice(live) if live else None

    def change(self) -> None:
        if number := self.mine():
            tags, amount = tuple(sorted(self.chance.sample(TAGS, 2))), f"{self.chance.randint(100, 9999) / 100:.2f}"
            self.ask(f"{ITEM}{number}", {"amount": amount, "tags": " ".join(tags)})
            self.told[number] = self.told[number]._replace(amount=amount, tags=tags)

    def attach(self) -> None:
        if number := self.mine():
            self.ask(f"{ITEM}{number}", {"status": "1"}, picture=True)
            self.told[number] = self.told[number]._replace(receipts=self.told[number].receipts + 1)

    def delete(self) -> None:
        if len(self.told) > 5 and (number := self.mine()):
            self.ask(f"{ITEM}{number}", {"action": "delete"})
            self.told[number] = self.told[number]._replace(status=-1)


def multipart(fields: dict[str, str], picture: bytes = PICTURE) -> tuple[bytes, str]:
    """Return a form with a picture, and its Content-Type."""
    parts = [f'--ends\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    head = b'--ends\r\nContent-Disposition: form-data; name="receipt"; filename="a.jpg"\r\n\r\n'
    return b"".join([*parts, head, picture, b"\r\n--ends--\r\n"]), "multipart/form-data; boundary=ends"


Way = Callable[[LiveServer, random.Random], None]


def all_die(server: LiveServer, chance: random.Random) -> None:
    """End all processes of the server outright, and start it anew."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)  # nobody is born meanwhile
    workers = server.workers()
    for pid in chance.sample(workers, len(workers)):
        os.kill(pid, signal.SIGKILL)
    server.stop(signal.SIGKILL)
    server.start()


def worker_dies(server: LiveServer, chance: random.Random) -> None:
    """End one worker outright; nobody but the server itself does something about it."""
    os.kill(chance.choice(server.workers()), signal.SIGKILL)


def worker_dies_twice(server: LiveServer, chance: random.Random) -> None:
    """End a worker outright, and the one that comes in its place, too, at its birth."""
    before = set(server.workers())
    worker_dies(server, chance)
    assert eventually(lambda: bool(set(server.workers()) - before))
    os.kill((set(server.workers()) - before).pop(), signal.SIGKILL)


def task_worker_dies(server: LiveServer, chance: random.Random) -> None:
    """Let the hourly clearing be due, and end who is to do it outright."""
    alive: list[int] = []

    def it_lives() -> bool:
        alive[:] = server.task_workers()
        return bool(alive)

    server.sql("UPDATE django_tasks_database_dbtaskresult SET run_after = enqueued_at WHERE status = 'READY'")
    assert eventually(it_lives)
    time.sleep(chance.uniform(0, 1))  # it looks once a second what is to be done
    with suppress(ProcessLookupError):
        os.kill(alive[0], signal.SIGKILL)


def backend_dies(server: LiveServer, chance: random.Random) -> None:
    """End what serves one of the server's connections in PostgreSQL."""
    on_postgresql(f"SELECT pg_terminate_backend({_backend(server, chance)})")


def _backend(server: LiveServer, chance: random.Random) -> int:
    alive: list[tuple[int]] = []

    def some_are_alive() -> bool:
        alive[:] = on_postgresql(f"SELECT pid FROM pg_stat_activity WHERE datname = '{server.database}'")
        return bool(alive)

    assert eventually(some_are_alive)
    return chance.choice(alive)[0]


def postgresql_crashes(server: LiveServer, chance: random.Random) -> None:
    """Kill a process of PostgreSQL, which ends all the others, too, and starts from its log; for who has it alone."""
    os.kill(_backend(server, chance), signal.SIGKILL)
    assert eventually(_postgresql_is_back)


def _postgresql_is_back() -> bool:
    with suppress(psycopg.OperationalError):
        return bool(on_postgresql("SELECT 1"))
    return False


class Figures(NamedTuple):
    """What came of it. ``stray`` files are what requests that died had written, and no row names."""

    seed: int
    deaths: dict[str, int]
    writes: int
    repeated: int
    lost: list[str]
    unsound: list[str]
    stray: int

    def __str__(self) -> str:
        deaths = ", ".join(f"{count} × {name.replace('_', ' ')}" for name, count in sorted(self.deaths.items()))
        return (
            f"seed {self.seed}: {deaths}; {self.writes} writes answered, {self.repeated} requests repeated, "
            f"{len(self.lost)} lost, {len(self.unsound)} unsound, {self.stray} stray files"
        )


def killed(server: LiveServer, *, ways: Sequence[Way], seed: int) -> Figures:
    """Let people write while processes die, in all of these ways in any order, and return what is left of it."""
    chance, done, deaths = random.Random(seed), Event(), Counter[str]()
    emails = [server.newcomer() for _ in range(OWNERS)]
    writers = [
        Writer(server, emails[number % OWNERS], f"writer{number}", random.Random(seed + number))
        for number in range(WRITERS)
    ]
    with ThreadPoolExecutor(WRITERS) as pool:
        working = [pool.submit(writer.work, done) for writer in writers]
        try:
            for way in chance.sample(ways, len(ways)):
                some_are_answered(writers, working)
                time.sleep(chance.uniform(0, 0.3))
                way(server, chance)
                deaths[way.__name__] += 1
            some_are_answered(writers, working)
        finally:
            done.set()
        for each in working:
            each.result()
    rows, stray = receipts_of(server)
    return Figures(
        seed=seed,
        deaths=deaths,
        writes=sum(writer.answered for writer in writers),
        repeated=sum(writer.repeated for writer in writers),
        lost=[line for email in emails for line in lost_of(server, email, writers)],
        unsound=[*unsound(server), *rows, *stuck(server)],
        stray=stray,
    )


def some_are_answered(writers: list[Writer], working: "list[Future[Writer]]") -> None:
    """Wait until each writer was answered a few times more. Raises what one of them has met."""
    wanted = [writer.answered + BETWEEN for writer in writers]
    until = time.monotonic() + PATIENCE
    while any(writer.answered < count for writer, count in zip(writers, wanted, strict=True)):
        for each in working:
            if each.done():
                each.result()
        assert time.monotonic() < until, "the server does not come back"
        time.sleep(0.01)


def lost_of(server: LiveServer, email: str, writers: list[Writer]) -> list[str]:
    """Return what is not in an owner's ledger as it was told, or is there and was told to nobody."""
    told = {number: row for writer in writers if writer.email == email for number, row in writer.told.items()}
    with Caller(server, email) as caller:
        rows = [row for row in caller.get(EVERYTHING).json if row["type"] != "Sample Expense"]
    counts = dict(server.sql("SELECT expense_id, count(*) FROM expenses_receipt GROUP BY expense_id"))
    there = {
        row["id"]: Told(
            row["notes"],
            row["amount"],
            tuple(sorted(tag["name"] for tag in row["tags"])),
            int(row["status"]),
            counts.get(row["id"], 0),
        )
        for row in rows
    }
    return [
        f"{email}: {number} is {there.get(number)}, and was told as {told.get(number)}"
        for number in sorted(told.keys() | there.keys())
        if there.get(number) != told.get(number)
    ]


def unsound(server: LiveServer) -> list[str]:
    """Return what SQLite says against its file; PostgreSQL looks at its own after each fall."""
    if server.database:
        return []
    said = server.sql("PRAGMA integrity_check") + server.sql("PRAGMA foreign_key_check")
    return [str(row) for row in said if row != ("ok",)]


def stuck(server: LiveServer) -> list[str]:
    """Return what is left of tasks that were begun, and that nobody goes on with; the next clearing is planned once.

    After many kills thousands wait, since a worker that dies again and again is started after ever longer pauses.
    """
    statement = (
        "SELECT status, count(*) FROM django_tasks_database_dbtaskresult"
        " WHERE status IN ('READY', 'RUNNING') GROUP BY status"
    )
    while (left := server.sql(statement)) != [("READY", 1)]:
        if not eventually(lambda: server.sql(statement) != left):
            return [str(left)]
    return []


def receipts_of(server: LiveServer) -> tuple[list[str], int]:
    """Return the receipts whose files are not what their rows say, and how many files have no row."""
    folder = server.data / "receipts"
    files = {str(path.relative_to(folder)): path for path in folder.glob("[0-9]*/*")}
    rows = {
        image: (size, sha256) for image, size, sha256 in server.sql("SELECT image, size, sha256 FROM expenses_receipt")
    }
    bad = [image for image, said in rows.items() if image not in files or _seen(files[image]) != said]
    smalls = {f"{image.replace('.', '-')}-small.JPG" for image in rows}
    return bad, len(files.keys() - rows.keys() - smalls)


def _seen(path: Path) -> tuple[int, str]:
    content = path.read_bytes()
    return len(content), hashlib.sha256(content).hexdigest()
