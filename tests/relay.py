"""The way between a browser and a server, which can be cut, and which may lose an answer or bring a request twice."""

import http.client
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.callers import PATIENCE, eventually

_OF_THE_HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}


class Relay:
    """Passes requests on to the server at ``port``.

    ``is_cut``: nobody is answered, and nothing passed on. ``loses`` are the requests ("POST /add/") whose
    answers get lost on their way back, for as long as they stand there: a browser that hears nothing may ask again by
    itself. ``doubles`` are those which the server gets twice, once; ``fails`` those that are answered by 500 once, and
    not passed on; ``says`` those that are answered so for as long as it stands there, with a status and headers.
    ``stalls`` are those that nobody is answered, until they are taken out. ``passed``: what the server got.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.is_cut = False
        self.loses: set[str] = set()
        self.doubles: set[str] = set()
        self.fails: set[str] = set()
        self.says: dict[str, tuple[int, list[tuple[str, str]]]] = {}
        self.stalls: set[str] = set()
        self.passed: list[str] = []
        self.url = ""

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length") or 0))
        if self.is_cut:
            return
        name = f"{asked.command} {asked.path}"
        if name in self.fails:
            self.fails.remove(name)
            asked.send_error(500)
            return
        if name in self.says:
            _say(asked, *self.says[name])
            return
        assert eventually(lambda: name not in self.stalls)
        if name in self.doubles:
            self.doubles.remove(name)
            self._passed_on(asked, name, body)
        status, headers, answer = self._passed_on(asked, name, body)
        if name in self.loses:
            return
        _say(asked, status, headers, answer)

    def _passed_on(
        self, asked: BaseHTTPRequestHandler, name: str, body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(asked.command, asked.path, body or None, dict(asked.headers.items()))
            answer = connection.getresponse()
            self.passed.append(name)
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


def _say(asked: BaseHTTPRequestHandler, status: int, headers: Iterable[tuple[str, str]], answer: bytes = b"") -> None:
    asked.send_response_only(status)
    for header, value in headers:
        if header.lower() not in _OF_THE_HOP:
            asked.send_header(header, value)
    asked.send_header("Content-Length", str(len(answer)))
    asked.end_headers()
    asked.wfile.write(answer)


@contextmanager
def relayed() -> Iterator[Relay]:
    """Give a relay that listens; its ``port`` is to be set to that of the server, which may start later."""
    relay = Relay(0)

    class Handler(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if self.raw_requestline and self.parse_request():
                with suppress(ConnectionError):  # who asked has gone
                    relay.answer(self)
            self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.url = f"http://localhost:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever)
    thread.start()
    try:
        yield relay
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
