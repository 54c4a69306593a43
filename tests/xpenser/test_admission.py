"""Whoever comes while there is too much to do is told so in the form of his door, and nothing is looked up for it."""

import json

import pytest
from django.test import Client

from tests.cast import FORM, basic
from tests.pages import POLICY
from xpenser.admission import refused, turns, waiting_changed
from xpenser.turns import NoTurn, Turns

# No test has the database here: to ask it anything would raise.
pytestmark = pytest.mark.once

WAIT = "Throttled, wait 2 seconds."
IN_JSON = json.dumps({"status": 503, "error": WAIT})
OF_OAUTH_2 = json.dumps({"error": "temporarily_unavailable", "error_description": WAIT})
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
BASIC = {"Authorization": basic("alice@example.com")}


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Turns:
    """A server in which one is at work, and nobody may wait."""
    taken = Turns(1, patience=0, most_waiting=0)
    taken.take()
    monkeypatch.setattr("xpenser.admission.turns", lambda: taken)
    return taken


def client(**headers: str) -> Client:
    return Client(raise_request_exception=False, headers=headers)


def test_there_are_so_many_turns() -> None:
    assert vars(turns())["_free"] == 16


@pytest.mark.parametrize(
    ("method", "path", "kind", "body"),
    [
        ("GET", "/api/v1.0/expenses/", TEXT, WAIT),
        ("POST", "/api/v1.0/expense/?format=xml", TEXT, WAIT),
        ("GET", "/static/xpenser/media/Receipts/1/2.JPG", TEXT, WAIT),
        ("GET", "/api/expenses/", TEXT, WAIT),
        ("GET", "/api/expenses/?format=json", JSON, IN_JSON),
        ("POST", "/api/expense/", JSON, IN_JSON),
        ("POST", "/api/simple/?format=json", JSON, IN_JSON),
        ("GET", "/api/nowhere", JSON, IN_JSON),
        ("POST", "/oauth/request_token", TEXT, WAIT),
        ("POST", "/oauth/token", JSON, OF_OAUTH_2),
        ("POST", "/oauth/revoke/", JSON, OF_OAUTH_2),
        ("GET", "/.well-known/oauth-authorization-server", JSON, OF_OAUTH_2),
    ],
)
def test_each_wire(full: Turns, method: str, path: str, kind: str, body: str) -> None:
    response = client(**BASIC).generic(method, path, "q=lunch+45", content_type=FORM)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert (response.headers["Content-Type"], response.content.decode()) == (kind, body)
    assert response.headers["X-Request-ID"]


@pytest.mark.parametrize("path", ["/", "/reports/1/export.csv", "/accounts/login/", "/nothing/is/here/"])
def test_a_page(full: Turns, path: str, caplog: pytest.LogCaptureFixture) -> None:
    english, german = client().get(path), client(Accept_Language="de").get(path)

    assert (english.status_code, english.headers["Retry-After"]) == (503, "2")
    assert english.headers["Cache-Control"] == "no-store"
    assert english.headers["Content-Security-Policy"] == POLICY
    assert "More is asked of the server just now than it can do." in english.content.decode()
    assert "Vom Server wird gerade mehr verlangt, als er leisten kann." in german.content.decode()
    assert caplog.records == []  # there will be many


def test_the_simple_form_keeps_what_was_typed(full: Turns) -> None:
    response = client(**BASIC).post("/api/simple/", "q=lunch+45+with+jack", content_type=FORM)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    page = response.content.decode()
    assert WAIT in page
    assert "lunch 45 with jack" in page


def test_a_script_may_read_it(full: Turns) -> None:
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
    preflight = client(Origin="https://a.example", **asked).options("/api/v1.0/user/")
    response = client(Authorization="Bearer xp_1", Origin="https://a.example").get("/api/v1.0/user/")

    assert preflight.status_code == 204
    assert response.status_code == 503
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Expose-Headers"] == "Retry-After, WWW-Authenticate"


def test_who_asks_how_the_server_is_hears_it(full: Turns) -> None:
    assert client().get("/healthz").status_code == 200


def test_a_turn_ends_with_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Turns(1, patience=0, most_waiting=0)
    monkeypatch.setattr("xpenser.admission.turns", lambda: one)

    assert [client().get("/api/v1.0/user/").status_code for _ in range(2)] == [401, 401]


def test_who_counts_and_can_not_keeps_no_turn(full: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("xpenser.admission.PATIENCE", 0)
    monkeypatch.setattr("xpenser.admission.AT_WORK", 1)
    own = turns.__wrapped__()  # not this process's, which are kept
    own.take()
    refused.connect(broken)
    waiting_changed.connect(broken)
    try:
        with pytest.raises(NoTurn):
            own.take()
        assert client().get("/api/v1.0/user/").status_code == 503
    finally:
        refused.disconnect(broken)
        waiting_changed.disconnect(broken)

    own.give_back()
    own.take()  # who had gone was not given it
