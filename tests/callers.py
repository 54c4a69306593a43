"""Programs that call a live server over sockets of their own."""

import errno
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from tests.cast import FORM, PASSWORD, basic
from tests.live import LiveServer

PATIENCE = 60
"""Seconds for which a client waits for the server, on a machine that has other work."""
EVERYTHING = "/api/v1.0/expenses/?report=*&status=all"


class Heard(NamedTuple):
    """What a server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Caller:
    """Speaks HTTP/1.1 over one connection, which stays open, and sends its credentials at once."""

    def __init__(self, server: LiveServer, email: str | None, password: str = PASSWORD) -> None:
        self.headers = {} if email is None else {"Authorization": basic(email, password)}
        self.connection = (
            http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
            if server.ca is None
            else http.client.HTTPSConnection("127.0.0.1", server.port, timeout=PATIENCE, context=trust(server))
        )

    def send(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> None:
        """Send a request; its answer is left to be read. Underscores in names of headers stand for hyphens."""
        kind = {} if body is None else {"Content-Type": FORM}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body, {**self.headers, **kind, **given})

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Heard:
        self.send(method, path, body, **headers)
        response = self.connection.getresponse()
        return Heard(response.status, response.headers, response.read())

    def get(self, path: str) -> Heard:
        return self.ask("GET", path)

    def post(self, path: str, body: str | bytes = "", **headers: str) -> Heard:
        return self.ask("POST", path, body, **headers)

    def spend(self, text: str, **fields: object) -> Any:
        """Record an expense, as everybody can, and return it."""
        heard = self.post("/api/v1.0/expense/", "&".join([f"q={text}", *(f"{k}={v}" for k, v in fields.items())]))
        assert heard.status == 200, heard
        return heard.json

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.connection.close()


def trust(server: LiveServer) -> ssl.SSLContext:
    """Return what trusts the server's own CA, and nobody else's."""
    assert server.ca is not None
    return ssl.create_default_context(cafile=server.ca)


def plugged(server: LiveServer, *, name: str = "localhost", room: int | None = None) -> socket.socket:
    """Return a bare connection; ``room`` is how many bytes the client has room for before it reads."""
    raw = socket.socket()
    raw.settimeout(PATIENCE)
    if room is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    raw.connect(("127.0.0.1", server.port))
    return raw if server.ca is None else trust(server).wrap_socket(raw, server_hostname=name)


def heard(connection: socket.socket) -> Heard:
    """Read one answer from a bare connection."""
    response = http.client.HTTPResponse(connection)
    response.begin()
    return Heard(response.status, response.headers, response.read())


def said(server: LiveServer, request: bytes, *, name: str = "localhost") -> Heard:
    """Send bytes over a connection of their own and return the answer to them."""
    with closing(plugged(server, name=name)) as connection:
        connection.sendall(request)
        return heard(connection)


def worker_of(server: LiveServer, connection: socket.socket) -> int:
    """Return the id of the worker process that holds the other end of a connection."""
    until = time.monotonic() + PATIENCE
    while (holder := _holder(server, connection)) is None:
        # The kernel's table of sockets leaves lines out while others open and close theirs.
        if time.monotonic() > until:
            raise LookupError(connection.getsockname())
    return holder


def eventually(happened: Callable[[], bool], *, seconds: float = PATIENCE, every: float = 0.05) -> bool:
    """Tell whether it happens before the patience ends."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True


def has_read(server: LiveServer, connection: socket.socket) -> bool:
    """Tell whether a worker has taken a connection, and all that was sent over it until now."""
    return _holder(server, connection) is not None and _queues(server, connection) == {"00000000"}


def refuses(server: LiveServer) -> bool:
    """Tell whether nobody listens at the server's port any more."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == errno.ECONNREFUSED


def _holder(server: LiveServer, connection: socket.socket) -> int | None:
    links = {f"socket:[{end[9]}]" for end in _ends(server, connection)}
    held = (pid for pid in server.workers() for file in Path(f"/proc/{pid}/fd").iterdir() if _target(file) in links)
    return next(held, None)


def _queues(server: LiveServer, connection: socket.socket) -> set[str]:
    return {end[4].partition(":")[2] for end in _ends(server, connection)}


def _ends(server: LiveServer, connection: socket.socket) -> list[list[str]]:
    """Return the words of the kernel's lines about the server's end of a connection."""
    ours, theirs = connection.getsockname()[1], server.port
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return [words for words in lines if (_port(words[1]), _port(words[2])) == (theirs, ours)]


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except FileNotFoundError:  # closed meanwhile
        return ""
