"""Bodies that are long, slow, unasked for or cut off (design §4): an answer arrives, and only a whole one is stored."""

import json
import socket
import struct
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.callers import EVERYTHING, Caller, eventually, has_read, heard, plugged
from tests.cast import FORM, basic
from tests.live import LiveServer, start_peopled_server

pytestmark = pytest.mark.once

LIMIT = 200_000
LONG_FORM = b"q=lunch+45+with+jack&pad=" + b"x" * 5_000_000
MULTIPART = "multipart/form-data; boundary=ends"
FIVE_MEGABYTES = (
    b'--ends\r\nContent-Disposition: form-data; name="q"\r\n\r\nlunch 45 with jack\r\n'
    b'--ends\r\nContent-Disposition: form-data; name="pad"; filename="pad"\r\n\r\n' + b"x" * 5_000_000
    + b"\r\n--ends--\r\n"
)  # fmt: skip
CREATE = "/api/v1.0/expense/"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that reads no more than LIMIT bytes, and tells how it has answered."""
    with start_peopled_server(
        tmp_path_factory.mktemp("small"), MAX_UPLOAD_BYTES=str(LIMIT), LOG_FORMAT="json"
    ) as server:
        yield server


def head(email: str, *lines: str) -> bytes:
    """Return the head of a request that records an expense."""
    first = f"POST {CREATE} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {basic(email)}\r\nContent-Type: {FORM}\r\n"
    return "".join([first, *(f"{line}\r\n" for line in lines), "\r\n"]).encode()


def types(server: LiveServer, email: str) -> list[str]:
    """Return the types of all that is stored."""
    with Caller(server, email) as caller:
        return [row["type"] for row in caller.get(EVERYTHING).json]


def chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 100_000):
        yield body[start : start + 100_000]


def test_it_works(server: LiveServer) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        answer = caller.post(CREATE, FIVE_MEGABYTES, Content_Type=MULTIPART)
        assert (answer.status, answer.json["type"]) == (200, "lunch")

    assert types(server, email) == ["Sample Expense", "lunch"]


@pytest.mark.parametrize("password", [None, "not my password"], ids=["nobody", "wrong"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_challenge_reaches_a_client_that_is_still_sending(
    server: LiveServer, chunked: bool, password: str | None
) -> None:
    email = server.newcomer()
    with Caller(server, email) as caller:
        headers = {} if password is None else {"Authorization": basic(email, password)}
        body = chunks(FIVE_MEGABYTES) if chunked else FIVE_MEGABYTES
        caller.connection.request("POST", CREATE, body, headers, encode_chunked=chunked)
        refusal = caller.connection.getresponse()
        said = refusal.read()
        connection = caller.connection.sock
        assert (refusal.status, said, refusal.headers["WWW-Authenticate"]) == (
            401,
            b"Authorization Required",
            'Basic realm="API"',
        )

        repeated = caller.post(CREATE, FIVE_MEGABYTES, Content_Type=MULTIPART)

        assert repeated.status == 200
        assert caller.connection.sock is connection
    assert types(server, email) == ["Sample Expense", "lunch"]


@pytest.mark.parametrize("path", [CREATE, "/api/expense/", "/api/simple/?format=json"])
def test_of_text_less_is_read_than_with_a_receipt(server: LiveServer, path: str) -> None:
    email = server.newcomer()
    with Caller(server, None) as stranger:
        assert stranger.post(path, LONG_FORM).status == 401
    with Caller(server, email) as caller:
        for body, kind in (
            (LONG_FORM, FORM),
            (b'{"q": "lunch 45", "pad": "' + b"x" * 5_000_000 + b'"}', "application/json"),
        ):
            refusal = caller.post(path, body, Content_Type=kind)
            assert (refusal.status, b"at most 1000000 bytes are read" in refusal.body) == (413, True)

        assert caller.post(path, LONG_FORM[:1_000_000]).status == 200
    assert types(server, email) == ["Sample Expense", "lunch"]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("path", [CREATE, "/api/expense/", "/api/simple/?format=json"])
def test_more_than_the_limit_is_refused(small: LiveServer, path: str, chunked: bool) -> None:
    email = small.newcomer()
    body = LONG_FORM[: LIMIT + 1]
    with Caller(small, email) as caller:
        headers = {**caller.headers, "Content-Type": FORM}
        caller.connection.request("POST", path, chunks(body) if chunked else body, headers, encode_chunked=chunked)
        answer = caller.connection.getresponse()
        assert (answer.status, f"at most {LIMIT} bytes".encode() in answer.read()) == (413, True)

        assert caller.post(path, "q=lunch+45").status == 200
    assert types(small, email) == ["Sample Expense", "lunch"]


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_a_flood_is_cut_off_and_the_next_request_works(small: LiveServer, chunked: bool) -> None:
    email = small.newcomer()
    with Caller(small, email) as caller, suppress(ConnectionError):  # 413, if the flood leaves a way for it
        caller.connection.request(
            "POST",
            CREATE,
            chunks(LONG_FORM) if chunked else LONG_FORM,
            caller.headers,
            encode_chunked=chunked,
        )
        answer = caller.connection.getresponse()
        assert answer.status == 413

    with Caller(small, email) as caller:
        assert caller.post(CREATE, "q=dinner+46").status == 200
    assert types(small, email) == ["Sample Expense", "dinner"]


def test_as_much_as_the_limit_is_read(small: LiveServer) -> None:
    email = small.newcomer()
    with Caller(small, email) as caller:
        assert caller.post(CREATE, LONG_FORM[:LIMIT]).status == 200


def test_a_slow_client_is_waited_for(server: LiveServer) -> None:
    email, body = server.newcomer(), b"q=lunch+45+with+jack"
    with closing(plugged(server)) as connection:
        for byte in head(email, f"Content-Length: {len(body)}") + body:
            connection.sendall(bytes([byte]))
            time.sleep(0.002)
        answer = heard(connection)

    assert (answer.status, answer.json["notes"]) == (200, "with jack")


def reset(connection: socket.socket) -> None:
    """Be gone without a word, as after a crash."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Say that nothing more will come, and listen."""
    connection.shutdown(socket.SHUT_WR)
    try:
        while connection.recv(1000):
            pass
    finally:
        connection.close()


def test_a_client_that_leaves_in_the_middle_leaves_nothing(server: LiveServer) -> None:
    emails, before = [server.newcomer() for _ in range(3)], len(server.log.read_text())
    for email, leave in zip(emails, (reset, hang_up, socket.socket.close), strict=True):
        with closing(plugged(server)) as connection:
            connection.sendall(head(email, "Content-Length: 24") + b"q=lunch+45+with+jack")
            assert eventually(lambda: has_read(server, connection))
            leave(connection)

    assert not eventually(lambda: any("lunch" in types(server, email) for email in emails), seconds=0.5)
    assert "ERROR" not in server.log.read_text()[before:]  # nobody has anything to mend


def test_a_client_that_leaves_between_chunks_leaves_nothing(small: LiveServer) -> None:
    parts = {small.newcomer(): b"14\r\nq=lunch+45+with+jack\r\n", small.newcomer(): b"18\r\nq=lunch+45+with+jack"}
    before = statuses(small).total()
    for email, part in parts.items():
        with closing(plugged(small)) as connection:
            connection.sendall(head(email, "Transfer-Encoding: chunked") + part)
            assert eventually(lambda: has_read(small, connection))
            hang_up(connection)

    assert eventually(lambda: statuses(small).total() == before + len(parts)), statuses(small)
    assert [types(small, email) for email in parts] == [["Sample Expense"]] * len(parts)


def statuses(server: LiveServer) -> Counter[int]:
    """Return how often the server has answered how."""
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    return Counter(line["status"] for line in lines if line["logger"] == "xpenser.access")
