"""Where one is signed in, and signing out there."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account
from tests.pages import shown
from tests.web.people import at_browser
from tests.web.test_security import NEW, new_password
from tests.web.test_signin import signed_in
from web.coming_in.sessions import session_rows

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def browser(person: Account, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    signed_in(client, person.email)
    return client


def end(client: Client, agent: str) -> str:
    """Return the address of the button that ends the session of a browser."""
    number = UserSession.objects.get(user_agent=agent).pk
    return f"/accounts/sessions/{number}/end/"


def test_they_are_listed(alice: Account, bob: Account) -> None:
    browser(bob)
    phone, desk = browser(alice, IPHONE), browser(alice)

    page = shown(desk.get("/accounts/"))

    rows = [line for line in page.splitlines() if "127.0.0.1" in line]
    assert len(rows) == 2
    assert 'scope="row">Firefox <small>Linux</small></th>' in rows[0]
    assert "this one" in rows[0]
    assert 'scope="row">Safari <small>iPhone</small></th>' in rows[1]
    assert 'aria-label="Sign out Safari at 127.0.0.1"' in rows[1]
    assert "this one" in next(line for line in shown(phone.get("/accounts/")).splitlines() if "iPhone" in line)


def test_one_is_signed_out_there(alice: Account) -> None:
    phone, desk = browser(alice, IPHONE), browser(alice)

    response = desk.post(end(desk, IPHONE))

    assert response.headers["Location"] == "/accounts/"
    assert "You are signed out there." in shown(desk.get("/accounts/"))
    assert phone.get("/accounts/").status_code == 302
    assert UserSession.objects.count() == Session.objects.count() == 1


def test_all_others_are_ended_at_once(alice: Account, bob: Account) -> None:
    phone, other, his, desk = browser(alice, IPHONE), browser(alice), browser(bob), browser(alice)
    everywhere = "Sign out everywhere else"
    assert everywhere in desk.get("/accounts/").content.decode()

    text = desk.post("/accounts/sessions/end/", follow=True).content.decode()

    assert "You are signed out everywhere else." in text
    assert everywhere not in text
    assert [client.get("/accounts/").status_code for client in (phone, other, his, desk)] == [302, 302, 200, 200]


def test_neither_a_link_nor_another_site_ends_them(alice: Account) -> None:
    phone, path = browser(alice, IPHONE), "/accounts/sessions/end/"

    assert browser(alice).get(path).status_code == 405
    assert at_browser(alice, strict=True).post(path).status_code == 403
    assert phone.get("/accounts/").status_code == 200


def test_nobody_signs_somebody_else_out(alice: Account, bob: Account) -> None:
    hers, his = browser(alice), browser(bob, IPHONE)

    assert his.post(end(his, FIREFOX)).status_code == 404
    assert his.post("/accounts/sessions/999999999999999999/end/").status_code == 404
    assert hers.get("/accounts/").status_code == 200


def test_a_link_signs_nobody_out(alice: Account) -> None:
    phone, desk = browser(alice, IPHONE), browser(alice)

    assert desk.get(end(desk, IPHONE)).status_code == 405
    assert phone.get("/accounts/").status_code == 200


def test_a_changed_password_leaves_the_one_that_changed_it(alice: Account) -> None:
    browser(alice, IPHONE)
    desk = browser(alice)

    new_password(desk, new=NEW)

    (row,) = session_rows(user_id=alice.id, this=desk.session.session_key, now=timezone.now())
    assert (row.browser, row.is_this) == ("Firefox", True)
    assert desk.get("/accounts/").status_code == 200


def test_those_that_are_over_are_not_listed(alice: Account) -> None:
    browser(alice)
    now = timezone.now()

    assert len(session_rows(user_id=alice.id, this=None, now=now)) == 1
    assert session_rows(user_id=alice.id, this=None, now=now + timedelta(days=20)) == []


def test_however_many_it_is_one_question(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        browser(alice)

    with django_assert_num_queries(1):
        assert len(session_rows(user_id=alice.id, this=None, now=timezone.now())) == 3


@pytest.mark.parametrize(
    ("agent", "name", "system"),
    [
        (FIREFOX, "Firefox", "Linux"),
        (IPHONE, "Safari", "iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0.0.0 Safari/537.36", "Chrome", "Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0", "Edge", "Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Mobile Safari/604.1", "Chrome", "iPad"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "Safari", "macOS"),
        ("curl/8.0", "", ""),
        ("", "", ""),
    ],
)
def test_how_browsers_are_called(alice: Account, agent: str, name: str, system: str) -> None:
    browser(alice, agent)

    (row,) = session_rows(user_id=alice.id, this=None, now=timezone.now())
    assert (row.browser, row.system) == (name, system)
