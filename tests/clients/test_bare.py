"""Requests as bytes: what no library of today sends any more, and old programs and proxies did."""

from contextlib import closing

import pytest

from tests.callers import EVERYTHING, heard, plugged, said
from tests.cast import basic
from tests.clients.door import Door

pytestmark = pytest.mark.once


def request(door: Door, line: str, *headers: str, body: str = "") -> bytes:
    """Return a request with credentials. What else stands in its head is up to the test."""
    head = "\r\n".join([line, f"Authorization: {basic(door.email)}", *headers])
    return f"{head}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    "host",
    [[], ["Host: xpenser.com"], ["Host: www.xpenser.com:80"], ["Host:"], ["Host: localhost"]],
    ids=["none", "bare", "www", "empty", "own"],
)
def test_it_works_with_http_1_0(door: Door, host: list[str]) -> None:
    listed = said(door.server, request(door, "GET /api/v1.0/expenses HTTP/1.0", *host))
    made = said(
        door.server,
        request(door, "POST /api/v1.0/expense HTTP/1.0", *host, "Content-Length: 10", body="q=lunch+45"),
    )

    assert (listed.status, [row["type"] for row in listed.json]) == (200, ["Sample Expense"])
    assert (made.status, made.json["type"], made.json["amount"]) == (200, "lunch", "45.00")
    assert int(made.headers["Content-Length"]) == len(made.body)


def test_a_browser_whose_name_holds_more_than_ascii_is_one(door: Door) -> None:
    line = "GET /api/v1.0/expense/?q=lunch+45 HTTP/1.1"

    answer = said(door.server, request(door, line, "Host: localhost", "User-Agent: Mozilla/5.0 (Café)"))

    assert answer.status == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", ["www.xpenser.com", "xpenser.com"])
def test_a_request_line_may_hold_the_whole_address(door: Door, host: str, scheme: str) -> None:
    line = f"POST {scheme}://xpenser.com/api/v1.0/expense/?d=2009-10-02 HTTP/1.1"

    answer = said(door.server, request(door, line, f"Host: {host}", "Content-Length: 10", body="q=lunch+45"), name=host)

    assert (answer.status, answer.json["type"], answer.json["date"]) == (200, "lunch", "2009-10-02 00:00:00")


def test_a_client_that_waits_to_be_told_is_told_to_go_on(door: Door) -> None:
    head = request(
        door, "POST /api/v1.0/expense/ HTTP/1.1", "Host: localhost", "Expect: 100-continue", "Content-Length: 10"
    )
    with closing(plugged(door.server)) as connection:
        connection.sendall(head)
        told = connection.recv(100)
        connection.sendall(b"q=lunch+45")
        answer = heard(connection)

    assert told == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert (answer.status, answer.json["type"]) == (200, "lunch")


def test_one_connection_carries_many_requests(door: Door) -> None:
    head = ("Host: localhost", "Content-Length: 9")
    with closing(plugged(door.server)) as connection:
        answers = []
        for number in range(5):
            line = "POST /api/v1.0/expense/ HTTP/1.1"
            connection.sendall(request(door, line, *head, body=f"q=lunch+{number}"))
            answers.append(heard(connection))
        connection.sendall(request(door, f"GET {EVERYTHING} HTTP/1.1", "Host: localhost"))
        listed = heard(connection)

    assert [answer.status for answer in answers] == [200] * 5
    assert listed.json[1:] == [answer.json for answer in answers]


def test_a_challenge_leaves_the_connection_as_it_was(door: Door) -> None:
    body = b"POST /api/v1.0/expense/ HTTP/1.1\r\nHost: localhost\r\n%bContent-Length: 10\r\n\r\nq=lunch+45"
    with closing(plugged(door.server)) as connection:
        connection.sendall(body % b"")
        refusal = heard(connection)
        connection.sendall(body % f"Authorization: {basic(door.email)}\r\n".encode())
        answer = heard(connection)
        connection.sendall(request(door, f"GET {EVERYTHING} HTTP/1.1", "Host: localhost"))
        listed = heard(connection)

    assert (refusal.status, refusal.headers["WWW-Authenticate"]) == (401, 'Basic realm="API"')
    assert answer.status == 200
    assert listed.json[1:] == [answer.json]


def test_requests_sent_without_waiting_are_answered_in_order(door: Door) -> None:
    line, head = "POST /api/v1.0/expense/ HTTP/1.1", ("Host: localhost", "Content-Length: 9")
    with closing(plugged(door.server)) as connection:
        connection.sendall(b"".join(request(door, line, *head, body=f"q=lunch+{number}") for number in range(5)))
        stream = connection.makefile("rb")
        connection.sendall(request(door, f"GET {EVERYTHING} HTTP/1.1", "Host: localhost", "Connection: close"))
        everything = stream.read()
        stream.close()

    assert everything.count(b"HTTP/1.1 200 OK\r\n") == 6
    places = [everything.index(f'"amount": "{number}.00"'.encode()) for number in range(5)]
    assert places == sorted(places)


def test_a_host_that_is_not_ours_is_not_served(door: Door) -> None:
    answer = said(door.server, request(door, "GET /api/v1.0/expenses/ HTTP/1.1", "Host: example.org"))

    assert answer.status == 400
