from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from access.selectors.sites import site_rows
from access.services.sites import site_trust
from accounts.attempts import WrongPassword, counted
from accounts.selectors import Account
from tests.cast import NOON
from tests.web.people import at_browser

PATH = "/settings/ways-in/"


def guess(account: Account, address: str) -> None:
    with (
        pytest.raises(WrongPassword),
        counted(email=account.email, address=address, now=datetime.now(UTC), user_id=account.id),
    ):
        raise WrongPassword


def test_it_works(alice: Account, bob: Account) -> None:
    for _ in range(3):
        guess(alice, "198.51.100.7")
    guess(bob, "203.0.113.9")

    text = at_browser(alice).get(PATH).content.decode()

    assert "<code>198.51.100.7</code>" in text
    assert '<td role="cell" data-l="times">3</td>' in text
    assert "just now" in text
    assert "203.0.113.9" not in text


def test_where_nobody_tried_it_says_so(alice: Account) -> None:
    text = at_browser(alice).get(PATH).content.decode()

    assert "None in the last 90 days." in text
    assert "Let it ask" not in text


def test_a_site_is_trusted(alice: Account) -> None:
    client = at_browser(alice)

    response = client.post(PATH, {"origin": "https://Intranet.example/"}, follow=True)

    assert "Links on https://intranet.example add without asking." in response.content.decode()
    assert "<code>https://intranet.example</code>" in response.content.decode()
    assert [row.origin for row in site_rows(user_id=alice.id)] == ["https://intranet.example"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            "intranet",
            "Site &#x27;intranet&#x27;: an address like https://intranet.example.com is wanted, without a path",
        ),
        ("", "This field is required."),
    ],
)
def test_what_is_no_site_is_told_at_the_field(alice: Account, typed: str, said: str) -> None:
    response = at_browser(alice).post(PATH, {"origin": typed})

    assert response.status_code == 200
    assert said in response.content.decode()
    assert f'value="{typed}"' in response.content.decode() or not typed
    assert site_rows(user_id=alice.id) == []


def test_trust_is_taken_back(alice: Account, bob: Account) -> None:
    site_trust(user_id=alice.id, origin="https://intranet.example", now=NOON)
    (row,) = site_rows(user_id=alice.id)

    at_browser(bob).post(f"{PATH}{row.id}/forget/")
    assert site_rows(user_id=alice.id) == [row]

    response = at_browser(alice).post(f"{PATH}{row.id}/forget/", follow=True)
    assert "Its links ask again." in response.content.decode()
    assert site_rows(user_id=alice.id) == []


def test_nothing_is_done_by_a_get(alice: Account) -> None:
    site_trust(user_id=alice.id, origin="https://intranet.example", now=NOON)
    (row,) = site_rows(user_id=alice.id)

    assert at_browser(alice).get(f"{PATH}{row.id}/forget/").status_code == 405
    assert site_rows(user_id=alice.id) == [row]


@pytest.mark.parametrize("path", [PATH, f"{PATH}1/forget/"])
def test_a_page_of_another_site_can_do_nothing(alice: Account, path: str) -> None:
    response = at_browser(alice, strict=True).post(path, {"origin": "https://evil.example"})

    assert response.status_code == 403
    assert site_rows(user_id=alice.id) == []


def test_who_is_not_signed_in_is_asked_to(db: None) -> None:
    response = Client().get(PATH)

    assert response.headers["Location"] == f"/accounts/login/?next={PATH}"
    assert settings.LOGIN_URL == "account_login"
