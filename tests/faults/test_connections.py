"""More work than there are connections to PostgreSQL, and times in which there are none."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from tests.callers import EVERYTHING, Caller, eventually
from tests.faults.ledgers import fill
from tests.faults.test_open_hands import COUNT, OWNERS, half_sent, unread
from tests.live import LiveServer, on_postgresql, start_peopled_server

CONNECTIONS = 4
CLIENTS = 24

pytestmark = pytest.mark.skipif(not os.environ.get("DATABASE_URL"), reason="SQLite has no connections to run out of")


@pytest.fixture(scope="module")
def frugal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with start_peopled_server(tmp_path_factory.mktemp("frugal"), DATABASE_CONNECTIONS=str(CONNECTIONS)) as server:
        yield server


def held(server: LiveServer) -> int:
    """Return how many connections the server holds."""
    ((count,),) = on_postgresql(f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{server.database}'")
    return int(count)


def test_it_works(frugal: LiveServer) -> None:
    email = frugal.newcomer()

    def write(number: int) -> int:
        with Caller(frugal, email) as caller:
            return len({caller.spend(f"lunch {number}")["id"] for _ in range(10)})

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert list(clients.map(write, range(CLIENTS))) == [10] * CLIENTS

    assert held(frugal) <= CONNECTIONS + 1  # that of the worker for tasks
    with Caller(frugal, email) as caller:
        assert len(caller.get(EVERYTHING).json) == 1 + 10 * CLIENTS


def busy(server: LiveServer) -> int:
    """Return how many of its connections are at work, or inside a transaction."""
    ((count,),) = on_postgresql(
        f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{server.database}' AND state <> 'idle'"
    )
    return int(count)


def test_clients_that_neither_send_nor_read_hold_none(frugal: LiveServer) -> None:
    email = frugal.newcomer()
    owners = OWNERS[:2]
    fill(frugal, owners, COUNT)
    with ExitStack() as held:
        for _ in range(2 * CONNECTIONS):
            held.enter_context(closing(half_sent(frugal, email)))
        downloads = [unread(frugal, owners[number % len(owners)]) for number in range(2 * CONNECTIONS)]
        for connection, _ in downloads:
            held.enter_context(closing(connection))
        assert [status for _, status in downloads].count(200) >= CONNECTIONS

        assert eventually(lambda: busy(frugal) == 0)
        with Caller(frugal, email) as caller:
            caller.spend("dinner 45")
            assert [row["type"] for row in caller.get(EVERYTHING).json] == ["Sample Expense", "dinner"]


def test_while_the_database_is_away_clients_are_told_to_come_again(frugal: LiveServer) -> None:
    with Caller(frugal, frugal.newcomer()) as caller:
        assert caller.get(EVERYTHING).status == 200
        on_postgresql(f"ALTER DATABASE {frugal.database} ALLOW_CONNECTIONS false")
        on_postgresql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{frugal.database}'")
        try:
            answer = caller.get(EVERYTHING)
        finally:
            on_postgresql(f"ALTER DATABASE {frugal.database} ALLOW_CONNECTIONS true")

        assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
        assert answer.body == b"Throttled, wait 2 seconds."
        assert eventually(lambda: caller.get(EVERYTHING).status == 200)
