"""Django's admin: only read, and by operators only, who come in by our pages."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.template.loader import get_template
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.invitations import invitation_create
from accounts.selectors import Account
from expenses.receipts import receipt_read
from expenses.services import receipts_add, type_set
from tests.access.oauth2 import register
from tests.access.programs import program
from tests.api.routes import routes
from tests.cast import NOON, open_account, spend, token_of
from tests.expenses.pictures import jpeg
from tests.web.people import at_browser
from web.operator.tables import COLUMNS, tables

pytestmark = pytest.mark.every_case

PATH = "/operator/admin/"
PAGES = {label: f"{PATH}{label.lower().replace('.', '/')}/" for label in COLUMNS}


@pytest.fixture
def secrets(alice: Account, olga: Account) -> list[str]:
    """Fill every table; return what none may show."""
    row = spend(alice, "hotel 120 #berlin")
    receipts_add(owner=alice, expense_id=row.id, pictures=[receipt_read(jpeg(1))], now=NOON)
    type_set(user_id=alice.id, name="hotel", now=NOON)
    token = token_of(alice)
    invitation = invitation_create(email="carol@example.com", now=NOON, by=olga.id)
    application, consumer = register(alice, is_confidential=True), program(alice)
    hidden: list[Any] = [token, invitation, application.client_secret, consumer.secret]
    for label, column in (
        ("accounts.User", "password"), ("access.PersonalToken", "digest"), ("access.Consumer", "secret"),
        ("accounts.Invitation", "digest"), ("oauth2_provider.Application", "client_secret"),
        ("expenses.Receipt", "image"),
    ):  # fmt: skip
        hidden += apps.get_model(label)._default_manager.values_list(column, flat=True)
    assert all(hidden)
    return hidden


@pytest.mark.parametrize("label", COLUMNS)
def test_each_table_is_shown_but_for_secrets(desk: Client, secrets: list[str], label: str) -> None:
    newest = apps.get_model(label)._default_manager.latest("pk").pk

    for page in (PAGES[label], f"{PAGES[label]}?q=alice", f"{PAGES[label]}{newest}/change/"):
        response = desk.get(page)
        text = response.content.decode()
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        assert [secret for secret in secrets if secret in text] == []
    assert f'<a href="{PAGES[label]}{newest}/change/"' in desk.get(PAGES[label]).content.decode()


@pytest.mark.parametrize("label", COLUMNS)
def test_nothing_is_written(desk: Client, secrets: list[str], label: str) -> None:
    rows = apps.get_model(label)._default_manager
    before = list(rows.order_by("pk").values())

    newest = rows.latest("pk").pk
    change = f"{PAGES[label]}{newest}/change/"
    assert desk.post(change, {"email": "evil@example.com", "name": "evil", "_save": ""}).status_code == 403
    desk.post(PAGES[label], {"action": "delete_selected", "_selected_action": [newest], "post": "yes"})
    for gone in (f"{PAGES[label]}add/", f"{PAGES[label]}{newest}/delete/", f"{PAGES[label]}{newest}/history/"):
        assert desk.post(gone).status_code == 404

    assert list(rows.order_by("pk").values()) == before
    page = desk.get(change).content.decode()
    assert [
        word
        for word in ('name="_save"', "deletelink", 'type="text"', "<textarea", "<select", "prepopulate")
        if word in page
    ] == []


def test_the_pages_that_lead_there(desk: Client) -> None:
    index = desk.get(PATH).content.decode()

    assert set(re.findall(rf'<a href="({PATH}\w+/\w+/)"', index)) == set(PAGES.values())
    assert f'<a href="{PAGES["accounts.User"]}"' in desk.get(f"{PATH}accounts/").content.decode()
    assert '<a href="/operator/">Back to the operator\'s pages</a>' in index
    assert "Recent actions" not in index
    assert desk.get(f"{PATH}jsi18n/").headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("label", "asked"),
    [
        ("accounts.User", "password__startswith=argon2"), ("access.Consumer", "secret__gte=a"),
        ("accounts.Invitation", "digest__contains=a"), ("accounts.User", "email=%00"),
        ("expenses.Expense", "user__password__startswith=argon2"),
    ],
)  # fmt: skip
def test_what_is_not_shown_can_not_be_guessed_by_asking(desk: Client, label: str, asked: str) -> None:
    assert desk.get(f"{PAGES[label]}?{asked}").status_code == 400


@pytest.mark.parametrize("words", [84, 1200])
def test_whatever_is_looked_for(desk: Client, secrets: list[str], words: int) -> None:
    """SQLite can't look for a thousand words at once; no address has so many."""
    response = desk.get(PAGES["accounts.User"], {"q": "zz " * words})

    assert (response.status_code, "0 users" in response.content.decode()) == (200, True)


def test_as_many_questions_for_many_as_for_few(
    desk: Client, secrets: list[str], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # session, user; what he can show once more: three kinds; how many, rows
    for label in ("accounts.Invitation", "expenses.Expense"):
        with django_assert_num_queries(7):
            desk.get(PAGES[label])
    other = open_account("erin@example.com")
    invitation_create(now=NOON, by=other.id)
    for label in ("accounts.Invitation", "expenses.Expense"):
        with django_assert_num_queries(7):
            desk.get(PAGES[label])


def test_who_looks_shows_once_more_who_he_is(olga: Account) -> None:
    response = at_browser(olga).get(PAGES["expenses.Expense"])

    assert response.headers["Location"].startswith("/accounts/reauthenticate/?next=")


@pytest.mark.parametrize("page", ["login/", "logout/", "password_change/", "autocomplete/", "r/1/1/"])
def test_no_way_to_sign_in_but_ours(desk: Client, page: str) -> None:
    assert desk.get(PATH + page).status_code == 404


def test_each_page_is_guarded() -> None:
    routed = {route.path for route in routes() if route.path.startswith("operator/admin/")}

    assert len(routed) == 3 + 2 * len(COLUMNS)  # test_guard.py asks each
    assert len(tables._registry) == len(COLUMNS)


def test_its_templates_are_found_and_ours_come_first() -> None:
    def origin(name: str) -> Any:
        return get_template(name).origin  # type: ignore[attr-defined]

    assert "/contrib/admin/" in str(origin("admin/change_list.html"))
    assert "/contrib/admin/" not in str(origin("admin/base_site.html"))
