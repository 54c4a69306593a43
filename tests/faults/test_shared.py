"""Two servers that share a ledger's rows, its keys and a Redis, as two machines would: they count together."""

import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from accounts.attempts import OF_ACCOUNT
from tests.callers import Caller, Heard
from tests.clients.people import People, Session
from tests.faults.test_replays import authorization
from tests.live import LiveServer, start_peopled_server, start_server
from tests.redis import RedisServer

pytestmark = pytest.mark.once

USER = "/api/v1.0/user/"


class Pair(NamedTuple):
    """``session``: a program that ``email`` has let in, on both."""

    one: LiveServer
    other: LiveServer
    redis: RedisServer
    email: str
    session: Session

    def signed(self, *, seconds_ago: int = 0) -> str:
        """Return a header that the program signs for the first."""
        client = self.session.auth.client
        client.timestamp = str(int(time.time()) - seconds_ago)
        return authorization(self.one, USER, self.session.auth)

    def at_both(self, header: str) -> list[Heard]:
        """Send what was signed for the first to both."""
        host = self.one.url.removeprefix("http://")
        heard = []
        for server in (self.one, self.other):
            with Caller(server, None) as caller:
                heard.append(caller.ask("GET", USER, Authorization=header, Host=host))
        return heard


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The second begins with the first's rows, and with none of the files in which a machine counts."""
    folder = tmp_path_factory.mktemp("pair")
    with RedisServer(folder).start() as redis, start_peopled_server(folder / "one", REDIS_URL=redis.url) as one:
        email = one.newcomer()
        with People(one) as people:
            session = people.let_in(people.register(email), email)
        data = folder / "other" / "data"
        data.mkdir(mode=0o700, parents=True)
        one.sql(f"VACUUM INTO '{data / 'xpenser.sqlite3'}'")
        shutil.copy(one.data / "secret_key", data)
        with start_server(folder / "other", REDIS_URL=redis.url) as other:
            yield Pair(one, other, redis, email, session)


def test_what_one_has_heard_the_other_refuses(pair: Pair) -> None:
    heard = pair.at_both(pair.signed())

    assert [answer.status for answer in heard] == [200, 401]
    assert heard[1].body == b"Nonce already used."


def test_guesses_at_both_are_counted_together(pair: Pair) -> None:
    heard, started = Counter[int](), time.monotonic()
    with Caller(pair.one, "guessed@example.com", "no") as one, Caller(pair.other, "guessed@example.com", "no") as other:
        for caller in (one, other) * OF_ACCOUNT.most:
            heard[caller.get(USER).status] += 1

        assert set(heard) == {401, 503}
        came_back = 1 + int((time.monotonic() - started) / OF_ACCOUNT.seconds)
        assert OF_ACCOUNT.most <= heard[401] < OF_ACCOUNT.most + came_back
        assert {one.get(USER).status, other.get(USER).status} == {503}


def test_what_is_asked_for_too_often_is_counted_where_the_other_counts(pair: Pair) -> None:
    said = []
    for server in (pair.one, pair.other):
        assert reset_asked(server) == 302
        keys = pair.redis.ask("KEYS", "xpenser:cache:*:reset_password:*")
        assert isinstance(keys, list)
        said.append({key: pair.redis.ask("GET", key) for key in keys})

    assert said[0]
    assert said[1].keys() >= said[0].keys()
    assert all(said[1][key] != value for key, value in said[0].items())


def reset_asked(server: LiveServer) -> int:
    """Ask for a new password on the page for it, and return the status."""
    path, host = "/accounts/password/reset/", server.public_url.removeprefix("http://")
    with Caller(server, None) as caller:
        page = caller.ask("GET", path, Host=host)
        token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
        assert token
        cookie = page.headers["Set-Cookie"].partition(";")[0]
        form = f"email=nobody@example.com&csrfmiddlewaretoken={token[1].decode()}"
        return caller.post(path, form, Host=host, Cookie=cookie).status


def test_while_redis_is_away_only_what_needs_no_counting_works(pair: Pair) -> None:
    before = pair.signed(seconds_ago=9)
    with Caller(pair.one, pair.email) as known, Caller(pair.one, "guessed@example.com", "no") as guesser:
        assert known.get(USER).status == 200

        pair.redis.kill()
        answers = [*pair.at_both(pair.signed()), guesser.get(USER)]
        assert [(heard.status, heard.headers["Retry-After"]) for heard in answers] == [(503, "5")] * 3
        assert known.get(USER).status == 200

        pair.redis.start()
        assert [heard.status for heard in pair.at_both(before)] == [401, 401]
        assert guesser.get(USER).status == 401
    assert [heard.status for heard in pair.at_both(pair.signed())] == [200, 401]
