"""Clients that hold a request or an answer in their hands and do nothing with it, while others work."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from http.client import parse_headers

import pytest

from bench import PASSWORD
from tests.callers import EVERYTHING, Caller, Heard, eventually, heard, plugged, worker_of
from tests.cast import FORM, basic
from tests.faults.ledgers import fill
from tests.live import LiveServer, start_peopled_server
from xpenser.answers import MOST_LONG, MOST_LONG_OF_ONE, SHORT

pytestmark = pytest.mark.once

HANDS = 20
OWNERS = [f"owner{number}@example.com" for number in range(5)]
COUNT = 14_000  # some 5 MB: more than kernels keep for a client that does not read
LIST = "/api/v1.0/expenses/?report=*"
ROOM = 4096


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of its own: who holds something on it is known. On PostgreSQL a worker has two connections."""
    with start_peopled_server(tmp_path_factory.mktemp("crowded"), DATABASE_CONNECTIONS="4") as server:
        fill(server, OWNERS, COUNT)
        yield server


def half_sent(server: LiveServer, email: str, *, of_head: bool = False) -> socket.socket:
    """Return a connection on which a write has begun and stops, in the middle of its body or of its head."""
    connection = plugged(server)
    head = (
        f"POST /api/v1.0/expense/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(email)}\r\n"
        f"Content-Type: {FORM}\r\nContent-Length: 10\r\n\r\n"
    )
    connection.sendall(head[:40].encode() if of_head else f"{head}q=lun".encode())
    return connection


def unread(server: LiveServer, email: str) -> tuple[socket.socket, int]:
    """Ask for a long list, read as far as its status, and return that."""
    connection = plugged(server, room=ROOM)
    connection.sendall(
        f"GET {LIST} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(email, PASSWORD)}\r\n\r\n".encode()
    )
    # The answer is whole by the time its first bytes come.
    return connection, int(connection.recv(12, socket.MSG_WAITALL).split()[1])


def works_as_if_nothing_were(server: LiveServer) -> None:
    """Write and read in each worker as a fresh client does: who waits for what is held waits in vain."""
    email, seen = server.newcomer(), Counter[int]()
    while not all(seen[worker] >= 5 for worker in server.workers()):
        with Caller(server, email) as caller:
            made = caller.spend(f"lunch {seen.total()}")
            listed = caller.get(EVERYTHING).json
            assert (listed[-1], len(listed)) == (made, seen.total() + 2)
            seen[worker_of(server, caller.connection.sock)] += 1


def holds_no_transaction(server: LiveServer) -> bool:
    """Tell whether SQLite could write back all that was ever written: it waits for who still reads what was before."""
    ((is_busy, _, _),) = server.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return not is_busy


def test_it_works(crowded: LiveServer) -> None:
    email = crowded.newcomer()
    with ExitStack() as held:
        halves = [held.enter_context(closing(half_sent(crowded, email))) for _ in range(HANDS)]
        for _ in range(HANDS):
            held.enter_context(closing(half_sent(crowded, email, of_head=True)))
        downloads = [unread(crowded, OWNERS[number % len(OWNERS)]) for number in range(HANDS)]
        for connection, _ in downloads:
            held.enter_context(closing(connection))
        statuses = Counter(status for _, status in downloads)
        assert set(statuses) <= {200, 503}
        assert statuses[200] >= MOST_LONG

        works_as_if_nothing_were(crowded)
        assert holds_no_transaction(crowded)
        with Caller(crowded, email) as caller:
            assert [row["type"] for row in caller.get(EVERYTHING).json] == ["Sample Expense"]

        # Nobody was let go for it: what was held can still be finished.
        for half in halves:
            half.sendall(b"ch+45")
        assert [(answer.status, answer.json["amount"]) for answer in map(heard, halves)] == [(200, "45.00")] * HANDS
        longest = next(connection for connection, status in downloads if status == 200)
        assert whole(longest)
    assert eventually(lambda: all(is_served(crowded, email) for email in OWNERS))


def whole(connection: socket.socket) -> bool:
    """Read what is left of an answer whose first twelve bytes are gone, and tell whether all of it came."""
    with connection.makefile("rb") as answer:
        answer.readline()
        length = int(parse_headers(answer)["Content-Length"])
        return length > SHORT and answer.read(length).endswith(b"\n]")


def is_served(server: LiveServer, email: str) -> bool:
    return asked(server, email).status == 200


def asked(server: LiveServer, email: str) -> Heard:
    with Caller(server, email, PASSWORD) as caller:
        return caller.get(LIST)


def test_there_are_so_many_places_for_one_and_for_all(crowded: LiveServer) -> None:
    taken: Counter[int] = Counter()
    of_one: Counter[tuple[int, str]] = Counter()
    with ExitStack() as held:
        everywhere = MOST_LONG * len(crowded.workers())
        for email in OWNERS * 20:
            if taken.total() == everywhere:
                break
            connection, status = unread(crowded, email)
            held.enter_context(closing(connection))
            worker = worker_of(crowded, connection)
            free = taken[worker] < MOST_LONG and of_one[worker, email] < MOST_LONG_OF_ONE

            assert status == (200 if free else 503)
            if free:
                taken[worker] += 1
                of_one[worker, email] += 1

        assert taken.total() == everywhere
        refusal = asked(crowded, OWNERS[0])
        assert (refusal.status, refusal.headers["Retry-After"]) == (503, "2")
        assert refusal.body == b"Throttled, wait 2 seconds."
        # A short list needs no place.
        with Caller(crowded, OWNERS[0], PASSWORD) as caller:
            assert caller.get(f"{LIST}&date_op=lt&date=2010-01-03").status == 200
    # The clients have gone away, without reading: their places are free again.
    assert eventually(lambda: all(is_served(crowded, email) for email in OWNERS))


def test_one_owner_leaves_room_for_others(crowded: LiveServer) -> None:
    with ExitStack() as held:
        of_one: Counter[int] = Counter()
        for _ in range(12):
            connection, status = unread(crowded, OWNERS[0])
            held.enter_context(closing(connection))
            worker = worker_of(crowded, connection)
            assert status == (200 if of_one[worker] < MOST_LONG_OF_ONE else 503)
            of_one[worker] += status == 200

        assert [asked(crowded, email).status for email in OWNERS[1:]] == [200] * (len(OWNERS) - 1)
    assert eventually(lambda: is_served(crowded, OWNERS[0]))
