from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from tests.cast import OldClient
from tests.pages import POLICY

INTRANET = ("https://intranet.example", "http://wiki.example:8080")
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors https://intranet.example http://wiki.example:8080")


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/nothing"])
def test_every_page_has_them(path: str) -> None:
    headers = Client().get(path).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["Permissions-Policy"].startswith("camera=(), ")
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_page_of_the_api_too(alice_client: OldClient) -> None:
    assert alice_client.get("/api/simple/").headers["Content-Security-Policy"] == POLICY


def test_what_is_no_page_has_none(alice_client: OldClient) -> None:
    assert "Content-Security-Policy" not in alice_client.get("/api/v1.0/expenses/").headers


def test_a_refused_form_too(alice: Account) -> None:
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": alice.email})

    assert (response.status_code, response.headers["Content-Security-Policy"]) == (403, POLICY)
    assert b"This form is too old" in response.content


@pytest.mark.parametrize("path", ["/", "/nothing"])
def test_the_operators_pages_may_frame(settings: Any, path: str) -> None:
    settings.FRAME_ANCESTORS = INTRANET

    headers = Client().get(path).headers

    assert headers["Content-Security-Policy"] == FRAMED
    assert "X-Frame-Options" not in headers


@pytest.mark.parametrize("path", ["/accounts/login/", "/oauth/nothing", "/settings/nothing"])
def test_but_nothing_that_gives_access(settings: Any, path: str) -> None:
    settings.FRAME_ANCESTORS = INTRANET

    headers = Client().get(path).headers

    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Frame-Options"] == "DENY"


def test_a_strangers_page_may_be_kept() -> None:
    assert "Cache-Control" not in Client().get("/").headers


def test_a_mistake_of_ours_is_a_page(alice: Account, settings: Any) -> None:
    settings.PUBLIC_URL = None  # the first page can't do without

    response = Client(raise_request_exception=False).get("/accounts/login/")

    assert response.status_code == 500
    assert b"That went wrong" in response.content
    assert response.headers["Content-Security-Policy"] == POLICY
