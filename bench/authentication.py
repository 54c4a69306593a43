"""``python -m bench.authentication [COUNT]``: what it costs to ask who is calling, as a ratio to not asking.

A real server process answers over a real socket, on one connection. The limit is the same door with an account that is
simply known (``bench.doors``). Rounds take turns, so that a machine that is busy for a while slows all of them; shown
is what the quickest tenth of the requests took at most, since other work on the machine only ever adds. SQLite only, so
far.
"""

import socket
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path

from bench import EMAIL, PASSWORD
from tests.live import LiveServer

ROUNDS = 40
_MAKE = """
from access.scopes import EVERYTHING
from access.services.tokens import token_create
from bench.ledger import NOW, ledger_make
print(token_create(user_id=ledger_make(10).id, name="bench", scopes=EVERYTHING, now=NOW).token)
"""


def request(path: str, authorization: str) -> bytes:
    header = f"Authorization: {authorization}\r\n" if authorization else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode()


def microseconds(connection: socket.socket, sent: bytes) -> float:
    start = time.perf_counter()
    connection.sendall(sent)
    heard = connection.recv(1 << 16)
    taken = (time.perf_counter() - start) * 1e6
    assert heard.startswith(b"HTTP/1.1 200 "), heard
    assert heard.endswith(b"}"), heard
    return taken


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="xpenser-bench-") as folder,
        LiveServer(Path(folder), DJANGO_SETTINGS_MODULE="bench.settings") as server,
    ):
        server.start()
        made = server.manage("shell", "-v0", "-c", _MAKE)
        assert made.returncode == 0, made.stderr
        token = made.stdout.strip()
        basic, by_token = (b64encode(f"{EMAIL}:{secret}".encode()).decode() for secret in (PASSWORD, token))
        ways = {
            "known": request("/bench/known", ""),
            "known, a row read": request("/bench/read", ""),
            "bearer": request("/bench/asked", f"Bearer {token}"),
            "Basic, warm": request("/bench/asked", f"Basic {basic}"),
            "Basic with a token": request("/bench/asked", f"Basic {by_token}"),
        }
        taken: dict[str, list[float]] = {way: [] for way in ways}
        with closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
            for sent in ways.values():
                microseconds(connection, sent)
            for _ in range(ROUNDS):
                for way, sent in ways.items():
                    taken[way] += [microseconds(connection, sent) for _ in range(count)]
    quick = {way: statistics.quantiles(each, n=10)[0] for way, each in taken.items()}
    for way, each in quick.items():
        print(f"{way:20}{each:7.0f} us{quick['known'] / each:7.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
