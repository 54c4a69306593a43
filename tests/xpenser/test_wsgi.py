from io import BytesIO
from typing import Any

import pytest
from django.http import FileResponse, HttpResponse
from pytest_django import Settings

from xpenser.wsgi import application, with_answer_length, with_body_length, with_plain_type


def told(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer what Django would read: the declared length, and that much of the body."""
    length = environ.get("CONTENT_LENGTH", "")
    return [length.encode(), environ["wsgi.input"].read(int(length or 0))]


def test_a_chunked_body_gets_a_length() -> None:
    answer = with_body_length(told)({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": BytesIO(b"q=lunch")}, None)

    assert answer == [b"7", b"q=lunch"]


def test_a_body_with_a_length_is_left_as_it_is() -> None:
    answer = with_body_length(told)({"CONTENT_LENGTH": "3", "wsgi.input": BytesIO(b"q=lunch")}, None)

    assert answer == [b"3", b"q=l"]


def test_a_chunked_body_beyond_the_limit_is_read_no_further_than_that(settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100_000
    body = BytesIO(b"x" * 1_000_000)

    length, _ = with_body_length(told)({"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": body}, None)

    assert int(length) == body.tell() == 131_072


@pytest.mark.django_db
def test_a_whole_answer_is_given_as_a_list_and_closed() -> None:
    whole = HttpResponse("lunch")

    answer = with_answer_length(lambda environ, start_response: whole)({}, None)

    assert answer == [b"lunch"]
    assert whole.closed


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
