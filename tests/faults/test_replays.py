"""A signed request counts once, whichever worker hears it, and so does the exchange of a request token."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from requests import Request
from requests_oauthlib import OAuth1

from tests.callers import Caller, worker_of
from tests.clients.people import People, Session
from tests.live import LiveServer

CALLBACK = "http://127.0.0.1:1/callback"


@pytest.fixture(scope="module")
def people(server: LiveServer) -> Iterator[People]:
    with People(server) as people:
        yield people


def authorization(server: LiveServer, path: str, auth: OAuth1) -> str:
    """Return the header that signs a GET."""
    prepared = Request("GET", server.url + path, auth=auth).prepare()
    header = prepared.headers["Authorization"]
    return header.decode() if isinstance(header, bytes) else header


def at_two_workers(server: LiveServer, stack: ExitStack) -> list[Caller]:
    """Return connections to two workers."""
    callers: dict[int, Caller] = {}
    for _ in range(100):
        caller = stack.enter_context(Caller(server, None))
        assert caller.get("/api/expenses/").status == 401
        callers.setdefault(worker_of(server, caller.connection.sock), caller)
        if len(callers) == 2:
            return list(callers.values())
    raise LookupError(callers)


def test_a_replay_at_another_worker(server: LiveServer, people: People) -> None:
    email = server.newcomer()
    session = people.let_in(people.register(email), email)
    path = "/api/v1.0/expense/?q=lunch+4"
    header = authorization(server, path, session.auth)

    with ExitStack() as stack:
        callers = at_two_workers(server, stack)
        heard = [caller.ask("GET", path, Authorization=header) for caller in callers]

    assert [answer.status for answer in heard] == [200, 401]
    assert heard[1].body == b"Nonce already used."
    assert heard[1].headers["WWW-Authenticate"] == 'OAuth realm="API"'


def test_many_replays_at_once(server: LiveServer, people: People) -> None:
    email = server.newcomer()
    session = people.let_in(people.register(email), email)
    path = "/api/v1.0/expense/?q=lunch+4"
    header = authorization(server, path, session.auth)

    def send(_: int) -> int:
        with Caller(server, None) as caller:
            return caller.ask("GET", path, Authorization=header).status

    with ThreadPoolExecutor(8) as threads:
        heard = sorted(threads.map(send, range(16)))

    assert heard == [200] + [401] * 15
    assert len(session.get("/api/v1.0/expenses/?report=*").json()) == 2  # with the sample


def test_two_exchanges_at_once_give_one_token(server: LiveServer, people: People) -> None:
    email = server.newcomer()
    consumer = people.register(email, callback=CALLBACK)
    asking = Session(server, consumer.key, consumer.secret, callback_uri=CALLBACK)
    token = asking.fetch_request_token("/oauth/request_token")
    _, verifier = people.allow(email, token["oauth_token"])

    def exchange(_: int) -> int:
        session = Session(
            server, consumer.key, consumer.secret, token["oauth_token"], token["oauth_token_secret"], verifier=verifier
        )
        return int(session.post("/oauth/access_token").status_code)

    with ThreadPoolExecutor(4) as threads:
        assert sorted(threads.map(exchange, range(4))) == [200, 401, 401, 401]

    assert server.sql(
        f"SELECT count(*) FROM access_accesstoken t JOIN accounts_user u ON u.id = t.user_id WHERE u.email = '{email}'"
    ) == [(1,)]


def test_what_was_revoked_is_refused_by_every_worker(server: LiveServer, people: People) -> None:
    email = server.newcomer()
    session = people.let_in(people.register(email), email)
    path = "/api/v1.0/user/"

    with ExitStack() as stack:
        callers = at_two_workers(server, stack)
        before = [
            caller.ask("GET", path, Authorization=authorization(server, path, session.auth)) for caller in callers
        ]
        server.sql(
            f"DELETE FROM access_accesstoken WHERE user_id = (SELECT id FROM accounts_user WHERE email = '{email}')"
        )
        after = [caller.ask("GET", path, Authorization=authorization(server, path, session.auth)) for caller in callers]

    assert [answer.status for answer in before] == [200, 200]
    assert [(answer.status, answer.body) for answer in after] == [(401, b"Invalid signature.")] * 2
