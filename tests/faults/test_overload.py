"""More comes than may be at work and wait: that is refused and nowhere, and the rest is answered."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import requests

from tests.callers import Caller, eventually, heard, plugged, worker_of
from tests.faults.killing import multipart
from tests.live import LiveServer, start_peopled_server
from tests.xpenser.test_metrics import BEARER, TOKEN, figures
from xpenser.admission import AT_WORK

pytestmark = pytest.mark.once

MAX_WAITING = 2
WAIT = b"Throttled, wait 2 seconds."
WRITE = ("POST", "/api/v1.0/expense/", "q=dinner+45")
DOORS = [
    (*WRITE, WAIT),
    ("GET", "/api/v1.0/expenses/?format=xml", None, WAIT),
    ("POST", "/api/expense/", "q=dinner+45", b'{"status": 503, "error": "Throttled, wait 2 seconds."}'),
    ("POST", "/oauth/request_token", "", WAIT),
    ("POST", "/oauth/token", "grant_type=code", b'"temporarily_unavailable"'),
    ("GET", "/", None, b"<h1>One moment</h1>"),
    # It is read to its end: who is still sending would miss the answer.
    ("POST", "/api/v1.0/expense/", "q=dinner+45&pad=" + "x" * 5_000_000, WAIT),
]


class Held:
    """A receipt whose file nobody can open until it is let go: a pipe stands in its place."""

    def __init__(self, server: LiveServer, email: str) -> None:
        body, kind = multipart({"q": "lunch 45"})
        with Caller(server, email) as caller:
            assert caller.post("/api/v1.0/expense/", body, Content_Type=kind).status == 200
        ((self.image,),) = server.sql("SELECT image FROM expenses_receipt")
        self.file = server.data / "receipts" / self.image
        self.aside, self.pipe = (self.file.with_suffix(suffix) for suffix in (".aside", ".pipe"))
        self.file.rename(self.aside)
        os.mkfifo(self.file)

    @property
    def request(self) -> bytes:
        return f"GET /static/xpenser/media/Receipts/{self.image} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()

    def let_go(self) -> None:
        """Let whoever waits at the pipe find it empty, and whoever comes later the file."""
        self.file.rename(self.pipe)
        self.aside.rename(self.file)
        self.pipe.open("wb").close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server on which few may wait."""
    given = {"MAX_WAITING": str(MAX_WAITING), "METRICS_TOKEN": TOKEN}
    with start_peopled_server(tmp_path_factory.mktemp("small"), **given) as server:
        yield server


def figure(server: LiveServer, name: str) -> float:
    """Return a figure of all workers together. Each look is a request under way itself."""
    return figures(requests.get(f"{server.url}/metrics", headers=BEARER, timeout=60).text)[f"xpenser_requests_{name}",]


def test_it_works(small: LiveServer) -> None:
    email = small.newcomer()
    held = Held(small, email)
    each, workers = AT_WORK + MAX_WAITING, len(small.workers())
    taken: Counter[int] = Counter()
    with ExitStack() as connections:
        waiting = []
        while taken.total() < each * workers:
            connection = connections.enter_context(closing(plugged(small)))
            if taken[worker := worker_of(small, connection)] < each:
                connection.sendall(held.request)
                waiting.append(connection)
                taken[worker] += 1
        assert eventually(lambda: figure(small, "under_way") == each * workers + 1)
        assert figure(small, "waiting") == MAX_WAITING * workers

        for method, path, body, said in DOORS:
            with Caller(small, email) as caller:
                answer = caller.ask(method, path, body)
            assert (answer.status, answer.headers["Retry-After"], path) == (503, "2", path)
            assert said in answer.body
        assert figure(small, "refused_total") == len(DOORS)
        for probe in ("/healthz", "/readyz"):
            with Caller(small, None) as caller:
                assert caller.get(probe).status == 200

        held.let_go()

        assert Counter(heard(connection).status for connection in waiting) == {200: each * workers}
    assert eventually(lambda: figure(small, "under_way") == 1)
    assert figure(small, "waiting") == 0
    with Caller(small, email) as caller:
        assert caller.ask(*WRITE).status == 200
    assert small.sql("SELECT count(*) FROM expenses_expense WHERE type = 'dinner'") == [(1,)]
