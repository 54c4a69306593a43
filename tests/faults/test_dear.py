"""Requests that cost as much as their length allows: others are answered soon, and memory stays in bounds."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import NamedTuple

import pytest

from bench.memory import forget, peaks
from tests.callers import Caller, Heard
from tests.cast import FORM
from tests.live import LiveServer

pytestmark = pytest.mark.once

SENDERS = 6
MOST_SECONDS = 5
"""Of work of both workers while one waits: what a clock on the wall shows depends on what else the machine does."""
MOST_KB = 100 * 1024
"""For each sender; they may all have met the same worker."""
CREATE = "/api/v1.0/expense/"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=x"
NO, TOO_LARGE = HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def accents(count: int) -> bytes:
    """Return accents in the wrong order."""
    return ("\u0315" * (count // 2) + "\u0300" * (count // 2)).encode()


class Dear(NamedTuple):
    kind: str
    body: Callable[[], bytes]
    status: HTTPStatus


DEAR = {
    "percent signs": Dear(FORM, lambda: b"q=" + b"%41" * 333_000, NO),
    "accents in a report": Dear(FORM, lambda: b"q=lunch+5&report=a" + accents(490_000), HTTPStatus.NOT_FOUND),
    "accents in a type": Dear(FORM, lambda: b"amount=5&type=a" + accents(490_000), NO),
    "words of tags": Dear(FORM, lambda: b"type=lunch&amount=5&tags=" + b"t+" * 490_000, NO),
    "fields": Dear(FORM, lambda: b"q=lunch+5" + b"&a" * 490_000, NO),
    "items": Dear(JSON, lambda: b'{"q":[' + b"{}," * 330_000 + b"{}]}", NO),
    "members": Dear(JSON, lambda: b"{" + b",".join(b'"%d":1' % number for number in range(90_000)) + b"}", NO),
    "parts": Dear(MULTIPART, lambda: b"--x" * 3_900_000, NO),
    "10 MB of percent signs": Dear(FORM, lambda: b"q=" + b"%41" * 3_333_000, TOO_LARGE),
    "10 MB of items": Dear(JSON, lambda: b'{"q":[' + b"{}," * 3_300_000 + b"{}]}", TOO_LARGE),
}  # fmt: skip


@pytest.fixture(scope="module")
def email(server: LiveServer) -> str:
    """The account that sends them."""
    return server.newcomer()


def worked(server: LiveServer) -> float:
    """Return how many seconds of a core the workers have worked."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in server.workers())
    return sum(int(user) + int(system) for user, system in (stat[11:13] for stat in stats)) / os.sysconf("SC_CLK_TCK")


def longest_wait(server: LiveServer, email: str, over: Event) -> float:
    """Record one expense after the other until it is over, and return what work one of them waited for at most."""
    longest = 0.0
    with Caller(server, email) as caller:
        while not over.is_set():
            before = worked(server)
            caller.spend("lunch 5")
            longest = max(longest, worked(server) - before)
    return longest


@pytest.fixture(scope="module")
def other(server: LiveServer) -> str:
    """The account of somebody who has to wait."""
    return server.newcomer()


def meanwhile(server: LiveServer, other: str, send: Callable[[], Heard], times: int) -> tuple[list[int], float]:
    """Send so many requests at once; return the answers' statuses, and what work somebody else waited for at most."""
    over = Event()
    with ThreadPoolExecutor(times + 1) as pool:
        waiting = pool.submit(longest_wait, server, other, over)
        sent = [pool.submit(send) for _ in range(times)]
        wait(sent)
        over.set()
    return [answer.result().status for answer in sent], waiting.result()


@pytest.mark.parametrize("dear", list(DEAR.values()), ids=list(DEAR))
def test_it_works(server: LiveServer, email: str, other: str, dear: Dear) -> None:
    body, before = dear.body(), forget(server)

    def send() -> Heard:
        with Caller(server, email) as caller:
            return caller.post(CREATE, body, Content_Type=dear.kind)

    statuses, waited = meanwhile(server, other, send, SENDERS)

    after = peaks(server)
    assert statuses == [dear.status] * SENDERS
    assert waited < MOST_SECONDS
    assert max(after[pid] - before[pid] for pid in before) < SENDERS * MOST_KB


def test_strangers_have_a_name_of_any_length(server: LiveServer, other: str) -> None:
    name = "a" + accents(20_000).decode()

    def send() -> Heard:
        with Caller(server, name) as stranger:
            return stranger.get("/api/v1.0/user/")

    statuses, waited = meanwhile(server, other, send, SENDERS)

    assert statuses == [HTTPStatus.UNAUTHORIZED] * SENDERS
    assert waited < MOST_SECONDS


def test_notes_that_are_dear_are_all_kept(server: LiveServer, email: str, other: str) -> None:
    body = b"type=lunch&amount=5&notes=ab" + accents(19_998)

    def send() -> Heard:
        with Caller(server, email) as caller:
            return caller.post(CREATE, body)

    statuses, waited = meanwhile(server, other, send, 20)

    assert statuses == [HTTPStatus.OK] * 20
    assert waited < MOST_SECONDS
