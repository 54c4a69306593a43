"""``python -m bench.oauth1 [COUNT]``: what OAuth 1.0a adds to a request, as a ratio to warm Basic in the same run.

A real server process answers over a real socket, on one connection. Requests are signed before anything is timed. The
two ways take turns, so that a machine that is busy for a while slows both; shown is what the quickest tenth of the
requests took at most, since other work on the machine only ever adds, and the median. SQLite only, so far.
"""

import json
import socket
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from contextlib import closing
from pathlib import Path

from oauthlib.oauth1 import Client

from bench import EMAIL, PASSWORD
from tests.live import LiveServer

ROUNDS = 20
PATH = "/api/v1.0/user/"
_MAKE = """
import json
from django.utils import timezone
from access.selectors.oauth1 import known_request
from access.services import consumers, oauth1
from bench.ledger import ledger_make
now, owner = timezone.now(), ledger_make(10)
consumer = consumers.consumer_register(user_id=owner.id, name="bench", now=now)
asked = oauth1.request_token_create(consumer_id=consumer.id, callback="oob", now=now)
oauth1.request_token_allow(key=asked.key, user_id=owner.id, now=now)
known = known_request(consumer_key=consumer.key, key=asked.key, now=now)
print(json.dumps([*consumer[1:], *oauth1.access_token_create(request=known, now=now)]))
"""


def request(authorization: str) -> bytes:
    return f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\r\n".encode()


def microseconds(connection: socket.socket, sent: bytes) -> float:
    start = time.perf_counter()
    connection.sendall(sent)
    heard = connection.recv(1 << 16)
    taken = (time.perf_counter() - start) * 1e6
    assert heard.startswith(b"HTTP/1.1 200 "), heard
    return taken


def main(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="xpenser-bench-") as folder, LiveServer(Path(folder)) as server:
        server.start()
        made = server.manage("shell", "-v0", "-c", _MAKE)
        assert made.returncode == 0, made.stderr
        signing = Client(*json.loads(made.stdout))
        basic = request("Basic " + b64encode(f"{EMAIL}:{PASSWORD}".encode()).decode())

        def signed() -> bytes:
            return request(signing.sign(f"http://localhost{PATH}")[1]["Authorization"])

        taken: dict[str, list[float]] = {"Basic, warm": [], "OAuth 1.0a": []}
        with closing(socket.create_connection(("127.0.0.1", server.port))) as connection:
            for sent in (basic, signed(), basic, signed()):
                microseconds(connection, sent)
            for _ in range(ROUNDS):
                ready = [signed() for _ in range(count)]
                taken["OAuth 1.0a"] += [microseconds(connection, sent) for sent in ready]
                taken["Basic, warm"] += [microseconds(connection, basic) for _ in range(count)]
    quick = {way: statistics.quantiles(each, n=10)[0] for way, each in taken.items()}
    for way, each in taken.items():
        ratio = quick[way] / quick["Basic, warm"]
        print(f"{way:14}{quick[way]:7.0f} us{statistics.median(each):7.0f} us median{ratio:7.2f}")
    print(f"{'added':14}{quick['OAuth 1.0a'] - quick['Basic, warm']:7.0f} us")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
