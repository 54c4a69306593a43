"""Programs go the shorter way, and hear what they would hear on the other."""

from typing import Any

import pytest
from django.test import Client

# No test has the database here: whoever shows nothing is not looked for.
pytestmark = pytest.mark.once

BROWSER = {"User-Agent": "Mozilla/5.0"}
MADE_ANEW = "X-Request-ID"


def asked(method: str, path: str, **headers: str) -> Any:
    return Client(headers=headers).generic(method, path)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/api/v1.0/user/", "/api/v1.0/nothing", "/api/expenses/", "/api/simple/", "/api/nothing", "/api/schema"]
)
def test_the_answer_is_the_same(method: str, path: str) -> None:
    shorter, whole = (asked(method, path, **headers) for headers in ({}, {"Cookie": "seen=1"}))

    assert [hasattr(answer.wsgi_request, "session") for answer in (shorter, whole)] == [False, True]
    assert (shorter.status_code, shorter.content) == (whole.status_code, whole.content)
    assert shorter.headers.pop(MADE_ANEW) != whole.headers.pop(MADE_ANEW)
    assert [*shorter.headers.items()] == [*whole.headers.items()]


def test_a_page_for_a_person_has_all_that_pages_have() -> None:
    shorter, whole = (asked("GET", "/api/simple/", **BROWSER, **headers) for headers in ({}, {"Cookie": "seen=1"}))

    assert shorter.status_code == 401
    del shorter.headers[MADE_ANEW], whole.headers[MADE_ANEW]
    assert [*shorter.headers.items()] == [*whole.headers.items()]
    assert "Content-Security-Policy" in shorter.headers


@pytest.mark.parametrize("path", ["/healthz", "/help/", "/apiary/", "/oauth/request_token"])
def test_the_others_go_the_whole_way(path: str) -> None:
    assert hasattr(asked("GET", path).wsgi_request, "session")
