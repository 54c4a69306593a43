"""The reference as people read it."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.test import Client

from api.reference.document import document
from tests.pages import POLICY

PATH = "/help/api/"


@pytest.fixture
def text(db: None) -> str:
    response = Client().get(PATH)
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"] == POLICY
    return response.content.decode()


def test_every_way_to_ask_is_there_once(text: str) -> None:
    told = document(here=settings.PUBLIC_URL)["paths"]

    ways = re.findall(r"<code><b>([A-Z]+)</b> (/[^<]+)</code>", text)

    assert sorted(ways) == sorted((method.upper(), path) for path, item in told.items() for method in item)


def test_what_does_the_same_is_told_once(text: str) -> None:
    (article,) = re.findall(
        r'<article class="call" id="post_api_v1_0_expense_expense_id_">.*?</article>', text, re.DOTALL
    )

    assert "<code><b>POST</b> /api/v1.0/expense/{expense_id}</code> " in article
    assert "<code><b>PUT</b> /api/v1.0/expense/{expense_id}</code> " in article
    assert "Takes <code>expenses:read</code> <code>expenses:write</code>" in article
    assert "<code>YYYY-MM-DD HH:MM:SS</code> on the owner&#x27;s clock" in article
    assert '<a href="#v1.Expense">v1.Expense</a>' in article
    assert article.count("<code>action</code>") == 1


def test_what_is_said_of_all_of_them_is_there(text: str) -> None:
    assert "<p>A slash at the end of a path may be there or not; nothing redirects. <code>HEAD</code> is" in text


def test_what_nobody_is_asked_for_takes_no_scopes(text: str) -> None:
    (article,) = re.findall(r'<article class="call" id="post_oauth_token">.*?</article>', text, re.DOTALL)

    assert "Takes" not in article
    assert (
        '<th role="rowheader" scope="row"><code>grant_type</code></th><td role="cell" class="soft">form, needed</td>'
        in article
    )


def test_shapes_say_what_their_members_are(text: str) -> None:
    (article,) = re.findall(r'<article class="call" id="v1.Expense">.*?</article>', text, re.DOTALL)
    rows = re.findall(r"<code>(\w+)</code></th><td[^>]*>([^<]*)<", article)

    assert dict(rows)["tags"] == "list of v1.Named"
    assert dict(rows)["receipt"] == "v1.Receipt, may be missing"
    assert dict(rows)["id"] == "integer"
    assert "integer or null" in text


def test_every_link_on_it_leads_somewhere(text: str) -> None:
    anchors = set(re.findall(r' id="([^"]+)"', text))

    assert {unescape(name) for name in re.findall(r'href="#([^"]+)"', text)} <= anchors
    assert len(text.encode()) < 90_000


def test_it_is_only_read(db: None) -> None:
    assert Client().post(PATH).status_code == 405
