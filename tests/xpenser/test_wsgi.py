import errno
from io import BytesIO
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse
from pytest_django import Settings

from tests.xpenser.test_health import files_of_at_most
from xpenser.wsgi import HEARD_OUT, application, with_answer_length, with_plain_type, with_whole_body

LIMIT = 100_000


def asked(body: BytesIO, **environ: str) -> tuple[str, list[bytes]]:
    """Give a body to the door: how the answer begins, and what Django would read, the announced length before it."""
    statuses: list[str] = []

    def told(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [environ.get("CONTENT_LENGTH", "").encode(), environ["wsgi.input"].read()]

    answer = with_whole_body(told)({"wsgi.input": body, **environ}, lambda status, headers: statuses.append(status))
    return statuses[0], list(answer)


def test_a_chunked_body_gets_a_length() -> None:
    assert asked(BytesIO(b"q=lunch"), HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", [b"7", b"q=lunch"])


def test_of_a_body_with_a_length_that_much_is_read() -> None:
    assert asked(BytesIO(b"q=lunch"), CONTENT_LENGTH="3") == ("200 OK", [b"3", b"q=l"])


@pytest.mark.parametrize("length", ["", "-1", "ten", "\xb2"])
def test_what_is_no_length_is_left_to_the_doors(length: str) -> None:
    body = BytesIO(b"q=lunch")

    assert asked(body, CONTENT_LENGTH=length)[1][0] == length.encode()


def test_the_beginning_of_a_body_is_not_taken_for_all_of_it() -> None:
    said = b"Bad Request: body: the last 1 bytes did not come"

    assert asked(BytesIO(b"q=lunch\n4"), CONTENT_LENGTH="10") == ("400 Bad Request", [said])


@pytest.mark.parametrize("environ", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "99000000"}])
def test_what_is_too_long_is_heard_out_for_a_while_and_not_kept(settings: Settings, environ: dict[str, str]) -> None:
    settings.MAX_UPLOAD_BYTES = LIMIT
    body = BytesIO(b"x" * (LIMIT + HEARD_OUT + 1000))

    _, (length, kept) = asked(body, **environ)

    assert body.tell() == LIMIT + 1 + HEARD_OUT
    assert len(kept) == LIMIT + 1
    assert int(length) > LIMIT


def test_a_body_that_is_a_little_too_long_is_read_to_its_end(settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = LIMIT
    body = BytesIO(b"x" * (LIMIT + 1000) + b"the next request")

    _, (length, kept) = asked(body, CONTENT_LENGTH=str(LIMIT + 1000))

    assert (body.tell(), int(length), len(kept)) == (LIMIT + 1000, LIMIT + 1000, LIMIT + 1)


@pytest.mark.parametrize("environ", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": str(LIMIT)}])
def test_a_body_as_long_as_the_limit_is_whole(settings: Settings, environ: dict[str, str]) -> None:
    settings.MAX_UPLOAD_BYTES = LIMIT

    status, (length, body) = asked(BytesIO(b"x" * LIMIT), **environ)

    assert (status, int(length), len(body)) == ("200 OK", LIMIT, LIMIT)


@pytest.mark.django_db
def test_a_whole_answer_is_given_as_a_list_and_closed() -> None:
    whole = HttpResponse("lunch")

    answer = with_answer_length(lambda environ, start_response: whole)({}, None)

    assert answer == [b"lunch"]
    assert whole.closed


@pytest.mark.django_db
def test_a_streamed_answer_is_passed_on() -> None:
    file = FileResponse(BytesIO(b"lunch"))

    assert with_answer_length(lambda environ, start_response: file)({}, None) is file


@pytest.mark.django_db
def test_the_application_answers() -> None:
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/nothing/here", "SERVER_NAME": "x", "SERVER_PORT": "1",
        "HTTP_HOST": "localhost", "wsgi.input": BytesIO(), "wsgi.url_scheme": "http",
    }  # fmt: skip

    answer = application(environ, lambda *named: started.append(named))

    assert isinstance(answer, list)
    assert started[0][0] == "404 Not Found"


@pytest.mark.parametrize(
    ("sent", "left"),
    [
        ("application/x-www-form-urlencoded; charset=hex", "application/x-www-form-urlencoded"),
        ("text/plain; a*=bogus''x", "text/plain"),
        ("Multipart/Form-Data; charset=utf-8; Boundary=aB", "multipart/form-data; Boundary=aB"),
        ('multipart/form-data; boundary="a;b"; x=y', 'multipart/form-data; boundary="a;b"'),
        ("", ""),
    ],
)
def test_of_a_content_type_its_type_and_boundary_are_left(sent: str, left: str) -> None:
    def told_type(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        return [environ["CONTENT_TYPE"].encode()]

    assert with_plain_type(told_type)({"CONTENT_TYPE": sent}, None) == [left.encode()]
    assert with_plain_type(told_type)({}, None) == [b""]


class TestNoRoom:
    BODY = b"x" * 3_000_000

    def test_a_body_that_can_t_be_kept_is_read_all_the_same(self) -> None:
        body = BytesIO(self.BODY)

        with files_of_at_most(1000):
            status, (said,) = asked(body, CONTENT_LENGTH=str(len(self.BODY)))

        assert (status, body.tell()) == ("507 Insufficient Storage", len(self.BODY))
        assert said.startswith(b"Insufficient Storage: the server's disk is full")
        assert asked(BytesIO(self.BODY), CONTENT_LENGTH=str(len(self.BODY)))[0] == "200 OK"

    def test_another_failure_is_no_full_disk(self) -> None:
        class Broken(BytesIO):
            def read(self, size: int | None = -1) -> bytes:
                raise OSError(errno.EIO, "Input/output error")

        with pytest.raises(OSError, match="Input/output error"):
            asked(Broken(), CONTENT_LENGTH="10")
