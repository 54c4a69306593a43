"""Two servers on a primary and its standby: who wrote reads it, and a primary that dies takes nothing along.

While no database is there, every door says when to come again, and nothing has to be started anew when one is back.
"""

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import NamedTuple

import pytest
from requests_oauthlib import OAuth1

from tests.callers import EVERYTHING, Caller, Heard, eventually
from tests.cast import basic
from tests.faults.tabs import signed_in_headers
from tests.faults.test_replays import authorization
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


class Door(NamedTuple):
    """Who knocks, what is asked, and what is heard while the database is away. ``{}`` stands for what is spent."""

    headers: dict[str, str]
    method: str
    path: str
    body: str | None
    kind: str
    said: str


WAIT = "Throttled, wait 2 seconds."
AS_JSON = '{"status": 503, "error": "Throttled, wait 2 seconds."}'
TOLD = '{"error": "temporarily_unavailable", "error_description": "Throttled, wait 2 seconds."}'
PROGRAM = "grant_type=refresh_token&refresh_token=a&client_id=b&client_secret=c"
STRANGER = OAuth1("k" * 18, "secret", "t" * 18, "secret")


def doors(server: LiveServer, email: str) -> list[Door]:
    """Return each door, and each way to say who knocks at it, with a write where it takes any."""
    basic_, browser = {"Authorization": basic(email)}, signed_in_headers(server, email)
    signed = {"Authorization": authorization(server, "/api/v1.0/tags/", STRANGER)}
    asking = {"Authorization": authorization(server, "/oauth/request_token", STRANGER)}
    text, json_, html = "text/plain", "application/json", "text/html"
    return [
        Door(basic_, "GET", EVERYTHING, None, text, WAIT),
        Door(basic_, "GET", f"{EVERYTHING}&format=xml", None, text, WAIT),
        Door(basic_, "POST", CREATE, "q=lunch+45+{}", text, WAIT),
        Door({"Authorization": "Bearer unheard-of"}, "GET", EVERYTHING, None, text, WAIT),
        Door(signed, "GET", "/api/v1.0/tags/", None, text, WAIT),
        Door(basic_, "GET", "/api/expenses/", None, text, WAIT),
        Door(basic_, "GET", "/api/expenses/?format=json", None, json_, AS_JSON),
        Door(basic_, "POST", "/api/expense/", "q=lunch+45+{}", json_, AS_JSON),
        Door(basic_, "POST", "/api/simple/?format=json", "q=lunch+45+{}", json_, AS_JSON),
        Door(browser, "GET", "/", None, html, "<h1>One moment</h1>"),
        Door(browser, "POST", "/add/", "q=lunch+45+{0}&once={0}", html, "<h1>One moment</h1>"),
        Door(asking, "GET", "/oauth/request_token", None, text, WAIT),
        Door({}, "POST", "/oauth/token", PROGRAM, json_, TOLD),
    ]


def test_while_it_is_away_every_door_says_when_to_come_again(house: House) -> None:
    server, email = house.one, house.one.newcomer()
    knocks = list(enumerate(doors(server, email)))
    processes = server.workers()

    def knock(number: int, door: Door) -> Heard:
        body = None if door.body is None else door.body.format(f"key-{number}")
        with Caller(server, None) as caller:
            return caller.ask(door.method, door.path, body, **door.headers, Idempotency_Key=f"key-{number}")

    def is_heard(number: int, door: Door) -> bool:
        """Tell whether a process answers that has a connection again."""
        return knock(number, door).status in {200, 302}

    house.cluster.stop()
    try:
        with ThreadPoolExecutor(len(knocks)) as pool:  # each waits for a connection as long as it may
            heard = list(pool.map(knock, *zip(*knocks, strict=True)))
    finally:
        house.cluster.resume()

    for (_, door), answer in zip(knocks, heard, strict=True):
        assert (answer.status, answer.headers["Retry-After"]) == (503, "2"), (door, answer)
        assert answer.headers.get_content_type() == door.kind, (door, answer)
        assert door.said in answer.body.decode()
    with Caller(server, email) as caller:
        assert eventually(lambda: caller.get(EVERYTHING).status == 200)
        assert lunches(caller) == []
        writes = [(number, door) for number, door in knocks if door.body is not None and "lunch" in door.body]
        for number, door in writes * 2:
            assert eventually(partial(is_heard, number, door))
        assert sorted(lunches(caller)) == sorted(f"key-{number}" for number, _ in writes)
    assert server.workers() == processes
