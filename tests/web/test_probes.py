"""What is asked by machines: without a name, a session or a host of ours."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.xpenser.test_health import no_database
from web import probes
from web.probes import SHARED_SECONDS, Shared
from xpenser import health
from xpenser.health import Check, State

MACHINE = {"Host": "10.0.0.7:8000"}


@pytest.fixture(autouse=True)
def _nothing_found_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "tried", Shared(health.ready, seconds=SHARED_SECONDS))


def told(response: Any) -> None:
    """See that an answer is for nobody in particular, and not kept."""
    assert "no-store" in response.headers["Cache-Control"]
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not response.cookies


def test_alive_asks_no_database(db: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = Client().get("/healthz", headers=MACHINE)

    assert (response.status_code, response.json()) == (200, {"alive": True})
    told(response)


def test_ready(db: None) -> None:
    response = Client().get("/readyz", headers=MACHINE)

    assert (response.status_code, response.json()) == (200, {"ready": True, "failed": []})
    told(response)


def test_not_ready_says_what_fails_and_no_more(db: None) -> None:
    with no_database():
        response = Client().get("/readyz")

    assert (response.status_code, response.json()) == (503, {"ready": False, "failed": ["database", "migrations"]})
    assert response.headers["Retry-After"] == "5"
    told(response)
    assert connection.is_usable()


def test_what_was_just_found_is_told_to_all(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(probes, "tried", Shared(health.ready, seconds=3600.0))
    Client().get("/readyz")

    with django_assert_num_queries(0):
        assert Client().get("/readyz").json() == {"ready": True, "failed": []}


@pytest.mark.once
def test_one_looks_at_a_time() -> None:
    looks: list[list[Check]] = []

    def look() -> list[Check]:
        meanwhile = shared.found(at=100.0) if looks else []  # somebody asks while this looks
        looks.append([*meanwhile, Check(f"look {len(looks)}", State.OK, "")])
        return looks[-1]

    shared = Shared(look, seconds=SHARED_SECONDS)
    found = [[check.name for check in shared.found(at=at)] for at in (0.0, SHARED_SECONDS / 2, SHARED_SECONDS)]

    assert found == [["look 0"], ["look 0"], ["look 0", "look 1"]]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_nothing_is_done_by_a_post(db: None, path: str) -> None:
    assert Client().post(path).status_code == 405


def test_other_paths_are_asked_by_a_name_of_ours(db: None) -> None:
    assert Client().get("/", headers=MACHINE).status_code == 400
