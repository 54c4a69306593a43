"""Who has an account, and what the operator does to it."""

import re
from functools import partial
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.operators import NoOperator, active_set, operator_set, person
from accounts.selectors import Account, credentials
from accounts.services import user_create
from expenses.receipts import receipt_read
from expenses.services import receipts_add
from tests.cast import NOON, NewClient, OldClient, open_account, spend, token_of
from tests.expenses.pictures import jpeg
from tests.pages import shown
from tests.web.mails import link_in_mail
from tests.web.people import at_browser
from tests.web.test_signin import signed_in
from web.operator.people import ON_A_PAGE

PATH = "/operator/"


def did(client: Client, account: Account, action: str) -> str:
    """Do something to an account, and return what is said then."""
    path = f"{PATH}people/{account.id}/{action}/"
    assert "<form method=" in shown(client.get(path))
    response: Any = client.post(path, follow=True)
    assert response.redirect_chain == [(f"{PATH}people/{account.id}/", 302)]
    said = re.search(r'<div class="note" role="status"><p>(.*?)</p></div>', response.content.decode())
    assert said
    return said[1]


def cells(page: str, email: str) -> list[str]:
    """Return what the row of a person says beside the address."""
    row = page.partition(f">{email}</a></th>")[2].partition("</tr>")[0]
    return [re.sub("<[^>]*>", "", cell).strip() for cell in re.findall("<td.*?</td>", row, re.DOTALL)]


def test_it_works(desk: Client, alice: Account, bob: Account) -> None:
    row = spend(alice, "hotel 120")
    receipts_add(owner=alice, expense_id=row.id, pictures=[receipt_read(jpeg(1))], now=NOON)
    Authenticator.objects.create(user_id=bob.id, type="totp", data={})
    token = token_of(bob, now=timezone.now())
    assert NewClient(token).get("/api/v1.0/user/").status_code == 200

    page = shown(desk.get(PATH))

    assert cells(page, alice.email) == ["20 Nov 2026", "20 Nov 2026", "2", "1.5\xa0KB", "no", "active"]
    assert cells(page, bob.email) == ["20 Nov 2026", "just now", "1", "0\xa0bytes", "yes", "active"]
    assert cells(page, "olga@example.com")[-1] == "operator"
    assert "hotel" not in page


def test_as_many_questions_for_many_as_for_few(
    desk: Client, alice: Account, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # session, user, the operator's account; people; expenses, receipts, clocks; three kinds of programs
    with django_assert_num_queries(10):
        desk.get(PATH)
    for number in range(5):
        open_account(f"{number}@example.com")
    with django_assert_num_queries(10):
        desk.get(PATH)


def test_pages_go_on_where_the_last_one_ended(desk: Client) -> None:
    for number in range(ON_A_PAGE):
        user_create(email=f"n{number}@example.com", password=None, now=NOON)

    first = shown(desk.get(PATH))
    assert first.count('<tr role="row"><th role="rowheader"') == ON_A_PAGE
    assert f">n{ON_A_PAGE - 1}@example.com</a>" in first
    (older,) = re.findall(r'<a class="btn" href="(\?[^"]*)">Older</a>', first)
    assert ">Newest</a>" not in first

    last = shown(desk.get(PATH + older.replace("&amp;", "&")))
    assert cells(last, "olga@example.com")[1] != "never"
    assert last.count('<tr role="row"><th role="rowheader"') == 1
    assert '<a class="btn" href="/operator/">Newest</a>' in last
    assert ">Older</a>" not in last


def test_search(desk: Client, alice: Account, bob: Account) -> None:
    page = shown(desk.get(PATH, {"q": "ALICE@"}))
    assert re.findall(r">([^<]*)</a></th>", page) == [alice.email]
    assert 'value="ALICE@"' in page

    assert '<p class="soft">Nobody.</p>' in shown(desk.get(PATH, {"q": "carol"}))
    assert 'href="/operator/?q=b">Newest' in shown(desk.get(PATH, {"q": "b", "below": "9999"}))


@pytest.mark.every_case
@pytest.mark.parametrize("matching", ["alice\0", "\0", "a" * 9999])
def test_what_no_address_has_finds_nobody(desk: Client, alice: Account, matching: str) -> None:
    assert '<p class="soft">Nobody.</p>' in shown(desk.get(PATH, {"q": matching}))


def test_who_never_came_says_so(desk: Client) -> None:
    user = user_create(email="carol@example.com", password=None, now=NOON)

    assert cells(shown(desk.get(PATH)), "carol@example.com")[1] == "never"
    assert "<dd>never</dd>" in shown(desk.get(f"{PATH}people/{user.pk}/"))


def test_deactivated_is_refused_everywhere_and_comes_back(desk: Client, alice: Account) -> None:
    browser, program, token = Client(), OldClient(alice.email), NewClient(token_of(alice))
    signed_in(browser, alice.email)

    def statuses() -> list[int]:
        return [each.get("/api/v1.0/user/").status_code for each in (program, token)]

    assert statuses() == [200, 200]

    assert did(desk, alice, "deactivate") == "alice@example.com is shut out."

    assert statuses() == [401, 401]
    assert browser.get("/settings/").status_code == 302
    assert '<span class="bad">deactivated</span>' in shown(desk.get(f"{PATH}people/{alice.id}/"))

    assert did(desk, alice, "activate") == "alice@example.com may come in again."
    assert statuses() == [200, 200]
    assert browser.get("/settings/").status_code == 302  # sessions don't


def test_a_reset_link(desk: Client, alice: Account) -> None:
    said = did(desk, alice, "reset")

    assert said == "Mail is not sent: it stands in the server&#x27;s log."
    (message,) = mail.outbox
    assert message.to == [alice.email]
    assert Client().get(link_in_mail(alice.email), follow=True).status_code == 200
    assert credentials(email=alice.email).is_active


def test_a_reset_link_by_a_mail_server(desk: Client, alice: Account, settings: Settings) -> None:
    settings.EMAIL_HOST = "mail.example.com"
    assert did(desk, alice, "reset") == "The link is mailed to alice@example.com."


def test_second_factors_are_dropped(desk: Client, alice: Account) -> None:
    Authenticator.objects.create(user_id=alice.id, type="totp", data={})
    assert "Drop second factors" in shown(desk.get(f"{PATH}people/{alice.id}/"))

    assert did(desk, alice, "drop-factors") == "alice@example.com has no second factor."

    assert not Authenticator.objects.exists()
    assert credentials(email=alice.email).password_is_enough


def test_operators_make_operators_and_unmake_them(desk: Client, alice: Account) -> None:
    browser = at_browser(alice)
    assert browser.get(PATH).status_code == 404

    assert did(desk, alice, "make-operator") == "alice@example.com is an operator."
    assert browser.get(PATH).status_code == 200

    assert did(desk, alice, "unmake-operator") == "alice@example.com is no operator."
    assert browser.get(PATH).status_code == 404


@pytest.mark.parametrize("action", ["deactivate", "unmake-operator"])
def test_never_oneself(desk: Client, olga: Account, action: str) -> None:
    assert "This is you" in shown(desk.get(f"{PATH}people/{olga.id}/"))
    assert did(desk, olga, action) == "olga@example.com is your own account: another operator does this to it"


@pytest.mark.parametrize("lost", [{"is_staff": False}, {"is_active": False}])
def test_who_was_one_when_he_asked_and_is_no_more_does_nothing(
    olga: Account, alice: Account, lost: dict[str, bool]
) -> None:
    operator_set(user_id=alice.id, is_operator=True, by=olga.id)
    get_user_model().objects.filter(pk=olga.id).update(**lost)  # Alice was faster

    for act in (
        partial(operator_set, user_id=alice.id, is_operator=False, by=olga.id),
        partial(operator_set, user_id=olga.id, is_operator=True, by=olga.id),
        partial(active_set, user_id=alice.id, is_active=False, by=olga.id),
    ):
        with pytest.raises(NoOperator, match=r"^You are no operator any more$"):
            act()
    row = person(user_id=alice.id)
    assert row.is_operator
    assert row.is_active


@pytest.mark.parametrize("path", [f"{PATH}people/99/", f"{PATH}people/99/deactivate/"])
def test_nobody_has_this_id(desk: Client, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_nothing_of_this_kind_is_done(desk: Client, alice: Account) -> None:
    assert desk.get(f"{PATH}people/{alice.id}/promote/").status_code == 404


def test_a_get_does_nothing(desk: Client, alice: Account) -> None:
    desk.get(f"{PATH}people/{alice.id}/deactivate/")

    assert person(user_id=alice.id).is_active
