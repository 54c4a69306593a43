"""These pages are there for operators only; and who writes shows once more who he is."""

import pytest
from django.test import Client

from accounts.operators import person
from accounts.selectors import Account
from tests.api.routes import Route, routes
from tests.cast import PASSWORD
from tests.web.people import at_browser
from tests.web.test_signin import signed_in

ROUTES = [route for route in routes() if route.path.startswith("operator/")]
NAMES = {"number": 1, "action": "deactivate", "object_id": 1, "app_label": "accounts"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_to_others_there_is_no_such_page(alice: Account, route: Route) -> None:
    client = at_browser(alice)

    for method in ("GET", "POST"):
        response = client.generic(method, "/" + route.path.format(**NAMES))
        assert response.status_code == 404
        assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_stranger_signs_in_first(db: None, route: Route) -> None:
    path = "/" + route.path.format(**NAMES)

    assert Client().get(path).headers["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_who_writes_shows_once_more_who_he_is(olga: Account, route: Route) -> None:
    path = "/" + route.path.format(**NAMES)

    asked = at_browser(olga).post(path).headers["Location"]

    assert asked.startswith("/accounts/reauthenticate/?next=%2Foperator%2F")


def test_what_was_asked_for_goes_on_then(olga: Account, alice: Account) -> None:
    client = Client()
    signed_in(client, olga.email)
    path = f"/operator/people/{alice.id}/deactivate/"

    question = client.post(path).headers["Location"]
    assert person(user_id=alice.id).is_active
    client.post(question, {"password": PASSWORD})

    assert not person(user_id=alice.id).is_active


def test_the_menu_leads_there(olga: Account, alice: Account) -> None:
    link = '<a href="/operator/">Operator</a>'

    assert link in at_browser(olga).get("/help/").content.decode()
    assert link not in at_browser(alice).get("/help/").content.decode()
