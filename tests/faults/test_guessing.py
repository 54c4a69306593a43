"""Passwords guessed at a real server: all its processes count together, and the owner's own programs go on."""

import time
from collections import Counter
from collections.abc import Iterator

import pytest

from accounts.attempts import OF_ACCOUNT, OF_KNOWN
from accounts.limits import Budget
from tests.callers import Caller, worker_of
from tests.live import LiveServer, start_peopled_server

pytestmark = pytest.mark.once

USER = "/api/v1.0/user/"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of its own: its failures are those of this file."""
    with start_peopled_server(tmp_path_factory.mktemp("guarded")) as server:
        yield server


def came_back(budget: Budget, *, since: float) -> int:
    """Return how many more guesses a budget has had since then, at most."""
    return 1 + int((time.monotonic() - since) / budget.seconds)


def test_two_processes_count_together_and_a_working_client_goes_on(guarded: LiveServer) -> None:
    email = guarded.newcomer()
    heard, workers, begun = Counter[int](), set[int](), time.monotonic()
    with Caller(guarded, email) as client:
        assert client.get(USER).status == 200
        for _ in range(OF_KNOWN.most * 2):
            with Caller(guarded, email, "not it") as guesser:
                heard[guesser.get(USER).status] += 1
                workers.add(worker_of(guarded, guesser.connection.sock))

        assert workers == set(guarded.workers())
        assert set(heard) == {401, 503}
        assert OF_KNOWN.most <= heard[401] <= OF_KNOWN.most + came_back(OF_KNOWN, since=begun)
        assert client.get(USER).status == 200


def test_a_forged_address_is_no_way_around(guarded: LiveServer) -> None:
    email, begun = guarded.newcomer(), time.monotonic()
    with Caller(guarded, email, "not it") as guesser:
        heard = [
            guesser.ask("GET", USER, X_Forwarded_For=f"198.51.100.{number}", X_Real_IP=f"198.51.100.{number}")
            for number in range(OF_ACCOUNT.most * 2)
        ]

    assert {answer.status for answer in heard[: OF_ACCOUNT.most]} == {401}
    refused = [answer for answer in heard if answer.status == 503]
    assert len(refused) >= OF_ACCOUNT.most - came_back(OF_ACCOUNT, since=begun)
    seconds = refused[0].headers["Retry-After"]
    assert int(seconds) > 0
    assert refused[0].body == f"Throttled, wait {seconds} seconds.".encode()


def test_no_credentials_are_no_failure(guarded: LiveServer) -> None:
    email = guarded.newcomer()
    with Caller(guarded, None) as stranger:
        assert {stranger.get(USER).status for _ in range(100)} == {401}

    with Caller(guarded, email) as client:
        assert client.get(USER).status == 200
