"""Two servers on a primary and its standby: who wrote reads it, and a primary that dies takes nothing along."""

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.callers import EVERYTHING, Caller, eventually
from tests.live import LiveServer, start_server
from tests.postgres import refusal
from tests.standby import Cluster

pytestmark = [pytest.mark.once, pytest.mark.skipif(bool(refusal()), reason=refusal())]

CREATE = "/api/v1.0/expense/"
WRITERS = 4


class House(NamedTuple):
    cluster: Cluster
    one: LiveServer
    other: LiveServer


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    # PostgreSQL runs as another user where we are root, who must get at its folder; pytest's are closed to others.
    with tempfile.TemporaryDirectory(prefix="xpenser-standby-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with Cluster(folder).start() as cluster:
            both = {"DATABASE_URL": cluster.url, "DATABASE_STANDBY_URL": cluster.standby_url}
            with start_server(folder / "one", **both) as one:
                (folder / "other" / "data").mkdir(mode=0o700, parents=True)
                shutil.copy(one.data / "secret_key", folder / "other" / "data")
                with start_server(folder / "other", **both) as other:
                    yield House(cluster, one, other)


def lunches(caller: Caller) -> list[str]:
    heard = caller.get(EVERYTHING)
    assert heard.status == 200, heard
    return [row["notes"] for row in heard.json if row["type"] == "lunch"]


def test_a_standby_is_read_where_it_has_all_that_its_reader_wrote(house: House) -> None:
    writer, reader = house.one.newcomer(), house.one.newcomer()
    ids = dict(house.cluster.primary("SELECT email, id FROM accounts_user"))

    def is_served(caller: Caller, email: str) -> bool:
        before = house.cluster.asked_of_standby()
        caller.get(EVERYTHING)
        return f"WHERE e.user_id = {ids[email]}" in house.cluster.asked_of_standby().removeprefix(before)

    with Caller(house.one, writer) as here, Caller(house.other, writer) as there, Caller(house.other, reader) as his:
        assert eventually(lambda: is_served(there, writer) and is_served(his, reader))

        house.cluster.standby("SELECT pg_wal_replay_pause()")
        here.spend("lunch+45+first")
        assert lunches(there) == lunches(here) == ["first"]
        assert not is_served(there, writer)
        assert is_served(his, reader)

        house.cluster.standby("SELECT pg_wal_replay_resume()")
        assert eventually(lambda: is_served(there, writer))
        assert lunches(there) == ["first"]


def test_a_primary_that_dies_takes_nothing_acknowledged_along(house: House) -> None:
    email = house.one.newcomer()
    acknowledged: dict[int, str] = {}
    since = Counter[LiveServer]()
    ended = threading.Event()

    def write(number: int) -> Counter[int]:
        server, heard = (house.one, house.other)[number % 2], Counter[int]()
        with Caller(server, email) as caller:
            turn = 0
            while not ended.is_set():
                turn += 1
                try:
                    answer = caller.post(CREATE, f"q=lunch+45+{number}-{turn}")
                except (HTTPException, OSError):
                    caller.connection.close()
                    continue
                heard[answer.status] += 1
                if answer.status == 200:
                    acknowledged[answer.json["id"]] = f"{number}-{turn}"
                    since[server] += 1
        return heard

    with ThreadPoolExecutor(WRITERS) as pool:
        try:
            writers = [pool.submit(write, number) for number in range(WRITERS)]
            assert eventually(lambda: min(since[house.one], since[house.other]) >= 20)
            house.cluster.kill_primary()
            since.clear()
            house.cluster.standby("SELECT pg_promote()")
            assert eventually(lambda: min(since[house.one], since[house.other]) >= 20)
        finally:
            ended.set()
        heard = sum((writer.result() for writer in writers), Counter[int]())

    assert heard[200] == len(acknowledged)
    for server in (house.one, house.other):
        with Caller(server, email) as caller:
            stored = Counter((row["id"], row["notes"]) for row in caller.get(EVERYTHING).json)
            assert set(acknowledged.items()) <= set(stored)
            assert set(stored.values()) == {1}
            assert caller.get("/readyz").status == 200
