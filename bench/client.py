"""Speaks to a server over bare sockets, with so little of its own that what is measured is the server."""

import random
import re
import selectors
import socket
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from typing import NamedTuple, Self

PATIENCE = 60
"""Seconds for which an answer is waited for."""
SLICE = 0.2
"""Seconds that a run takes at least; a job that takes longer is done once in each run."""
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_BLOCK = 1 << 18


class BadAnswer(Exception):
    """A server said no, or fell silent; the message is what it said."""


class Load(NamedTuple):
    """``rate``: good answers per second; ``refused``: those with 503; ``p99`` of the former in ms."""

    rate: float
    p99: float
    refused: int


class Offer(NamedTuple):
    """What came of requests that were sent at a pace: good answers and refusals per second, and times in ms.

    ``refused_p99`` is what the refused waited for their answer.
    """

    sent: float
    answered: float
    refused: float
    p50: float
    p99: float
    refused_p99: float


def request(path: str, *headers: str, body: str | None = None) -> bytes:
    """Return a GET, or a POST of a form where there is a body."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: localhost", *headers]
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", body or ""]).encode()


class Client:
    """One connection, which stays open."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)

    def ask(self, sent: bytes) -> list[bytes]:
        """Send a request and return the body of its answer, in blocks. Raises BadAnswer."""
        self.socket.sendall(sent)
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += self._block()
        head, _, rest = heard.partition(b"\r\n\r\n")
        if not _is_good(head):
            raise BadAnswer(heard[:500])
        blocks, missing = [rest], _length(head) - len(rest)
        while missing > 0:
            blocks.append(self._block())
            missing -= len(blocks[-1])
        return blocks

    def run(self, asked: Callable[[], bytes]) -> float:
        """Return the median of what the requests of one run took, in milliseconds; to make them is not counted."""
        taken: list[float] = []
        until = time.perf_counter() + SLICE
        while not taken or time.perf_counter() < until:
            sent = asked()
            start = time.perf_counter()
            self.ask(sent)
            taken.append((time.perf_counter() - start) * 1000)
        return statistics.median(taken)

    def _block(self) -> bytes:
        block = self.socket.recv(_BLOCK)
        if not block:
            raise BadAnswer("the connection was closed")
        return block

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


class _Line:
    """One of many connections, and how far the answer on it has come."""

    def __init__(self, port: int, sent: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.sent = sent

    def send(self) -> None:
        self.heard, self.missing, self.begun = b"", -1, time.perf_counter()
        self.socket.sendall(self.sent)

    def read(self) -> bool:
        """Take what has come, and tell whether the answer is whole."""
        block = self.socket.recv(_BLOCK)
        if not block:
            raise BadAnswer("the connection was closed")
        if self.missing >= 0:
            self.missing -= len(block)
        else:
            self.heard += block
            head, ended, rest = self.heard.partition(b"\r\n\r\n")
            if ended:
                self.missing = _length(head) - len(rest)
        return self.missing == 0

    def is_refused(self) -> bool:
        """Tell whether the server has too much to do. Raises BadAnswer where it said no for another reason."""
        if _is_good(self.heard):
            return False
        if self.heard.startswith(b"HTTP/1.1 503 "):
            return True
        raise BadAnswer(self.heard[:500])


def load(port: int, sent: bytes, *, connections: int, seconds: float) -> Load:
    """Ask the same on many connections, on each again as soon as it is answered. Raises BadAnswer."""
    taken: list[float] = []
    refused = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            line = _Line(port, sent)
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send()
        begun = time.perf_counter()
        while selector.get_map():
            for line in _answered(selector):
                now = time.perf_counter()
                if line.is_refused():
                    refused += 1
                else:
                    taken.append((now - line.begun) * 1000)
                if now < begun + seconds:
                    line.send()
                else:
                    selector.unregister(line.socket)
                    line.socket.close()
        elapsed = time.perf_counter() - begun
    return Load(len(taken) / elapsed, _quantiles(taken)[1], refused)


def offer(port: int, sent: bytes, *, rate: float, seconds: float) -> Offer:
    """Ask ``rate`` times a second, at chance as people do and each on a connection of its own, whatever is answered.

    A time counts from when the request was to be sent. All are waited for. Raises BadAnswer.
    """
    chance = random.Random(0)
    good: list[float] = []
    refused: list[float] = []
    count = within = 0
    with selectors.DefaultSelector() as selector:
        begun = due = time.perf_counter()
        while due < begun + seconds or selector.get_map():
            if due < begun + seconds and time.perf_counter() >= due:
                line = _Line(port, sent)
                selector.register(line.socket, selectors.EVENT_READ, line)
                line.send()
                line.begun = due
                due += chance.expovariate(rate)
                count += 1
                continue
            wait = due - time.perf_counter() if due < begun + seconds else PATIENCE
            for line in _answered(selector, seconds=wait):
                now = time.perf_counter()
                (refused if line.is_refused() else good).append((now - line.begun) * 1000)
                within += now < begun + seconds and not line.is_refused()
                selector.unregister(line.socket)
                line.socket.close()
    (p50, p99), (_, refused_p99) = _quantiles(good), _quantiles(refused)
    return Offer(count / seconds, within / seconds, len(refused) / seconds, p50, p99, refused_p99)


def _quantiles(taken: list[float]) -> tuple[float, float]:
    """Return the median and what 99 of 100 stay below."""
    if len(taken) < 2:
        return (0.0, 0.0) if not taken else (taken[0], taken[0])
    hundredths = statistics.quantiles(taken, n=100)
    return hundredths[49], hundredths[98]


def _answered(selector: selectors.BaseSelector, *, seconds: float = PATIENCE) -> list[_Line]:
    """Wait until something has come, and return the connections on which an answer is whole."""
    ready = selector.select(max(0.0, seconds))
    if not ready and seconds == PATIENCE:
        raise BadAnswer("the server fell silent")
    return [key.data for key, _ in ready if key.data.read()]


def body_of(port: int, sent: bytes) -> bytes:
    """Return what a server answers, over a connection of its own."""
    client = Client(port)
    with closing(client.socket):
        return b"".join(client.ask(sent))


def _is_good(heard: bytes) -> bool:
    return heard.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 201 "))


def _length(head: bytes) -> int:
    found = _LENGTH.search(head + b"\r\n")
    if found is None:
        raise BadAnswer(head)
    return int(found[1])
