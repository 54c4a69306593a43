"""Pages of other sites that may add to a ledger, since its owner wants them to."""

from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from access.services.sites import site_trust
from access.services.tokens import token_create, token_revoke
from accounts.selectors import Account
from expenses import services
from expenses.exports.row import ExpenseRow
from expenses.selectors import ExpenseFilter, expense_rows
from tests.api.classic.test_session import BROWSER, Browser
from tests.cast import FORM, NOON, PASSWORD, basic

SITE = "https://intranet.example"
FROM_SITE = {"Referer": f"{SITE}/page?x=1", **BROWSER}


def add_token(owner: Account, **choices: Any) -> tuple[int, str]:
    """Make a token that may only add, and return its id and itself."""
    made = token_create(
        user_id=owner.id, name="intranet", scopes=frozenset({"expenses:write"}), now=NOON, add_only=True, **choices
    )
    return made.id, made.token


def stored(owner: Account) -> list[ExpenseRow]:
    """What stands in a ledger beside the sample."""
    rows = expense_rows(user_id=owner.id, matching=ExpenseFilter())
    return [row for row in rows if row.type != "Sample Expense"]


def sent(token: str, **extra: Any) -> Any:
    """Send what a form on an intranet's page sends."""
    fields = urlencode({"q": "lunch 45 with jack", "token": token})
    return Client(headers={"Origin": SITE, **BROWSER}).post("/api/simple/", fields, content_type=FORM, **extra)


class TestTrustedSites:
    def test_a_link_there_adds_without_asking(self, alice: Account) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        response = Browser(alice).get("/api/simple/?q=lunch+4", headers=FROM_SITE)

        assert response.status_code == 200
        assert "<h1>Added</h1>" in response.content.decode()
        assert [entry.type for entry in stored(alice)] == ["lunch"]

    @pytest.mark.parametrize(
        "referer",
        ["https://evil.example/", "http://intranet.example/", "https://intranet.example:8443/", "nonsense", ""],
    )
    def test_a_link_elsewhere_asks(self, alice: Account, referer: str) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        response = Browser(alice).get("/api/simple/?q=lunch+4", headers={**BROWSER, "Referer": referer})

        assert "<h1>Add this expense?</h1>" in response.content.decode()
        assert stored(alice) == []

    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Dest": "image", "Sec-Fetch-Mode": "no-cors"},
            {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"},
            {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "cors"},
            {"Sec-Fetch-Dest": ""},
            {"Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"},
            {"Purpose": "prefetch"},
            {"X-Purpose": "preview"},
            {"X-Moz": "prefetch"},
        ],
    )
    def test_what_nobody_has_followed_asks(self, alice: Account, headers: dict[str, str]) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        response = Browser(alice).get("/api/simple/?q=lunch+4", headers={**FROM_SITE, **headers})

        assert "<h1>Add this expense?</h1>" in response.content.decode()
        assert stored(alice) == []

    def test_a_browser_that_says_that_a_link_was_followed(self, alice: Account) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)
        followed = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}

        Browser(alice).get("/api/simple/?q=lunch+4", headers={**FROM_SITE, **followed})

        assert [entry.type for entry in stored(alice)] == ["lunch"]

    def test_the_answer_loaded_anew_adds_nothing(self, alice: Account, clock: time_machine.Traveller) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)
        browser = Browser(alice)

        first = browser.get("/api/simple/?q=lunch+4", headers=FROM_SITE)
        clock.shift(59)
        again = browser.get("/api/simple/?q=lunch+4", headers=FROM_SITE)

        assert (again.status_code, again.content) == (200, first.content)
        assert "<h1>Added</h1>" in again.content.decode()
        assert len(stored(alice)) == 1

    def test_another_click_adds_again(self, alice: Account, clock: time_machine.Traveller) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)
        browser = Browser(alice)

        browser.get("/api/simple/?q=lunch+4", headers=FROM_SITE)
        browser.get("/api/simple/?q=lunch+5", headers=FROM_SITE)
        Browser(alice).get("/api/simple/?q=lunch+4", headers=FROM_SITE)
        clock.shift(60)
        browser.get("/api/simple/?q=lunch+4", headers=FROM_SITE)

        assert len(stored(alice)) == 4

    def test_another_persons_trust_is_not_hers(self, alice: Account, bob: Account) -> None:
        site_trust(user_id=bob.id, origin=SITE, now=NOON)

        Browser(alice).get("/api/simple/?q=lunch+4", headers=FROM_SITE)

        assert stored(alice) == []

    def test_a_form_there_asks_all_the_same(self, alice: Account) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        response = Browser(alice).submit({"q": "lunch 4"}, origin=SITE, HTTP_REFERER=f"{SITE}/")

        assert "<h1>Add this expense?</h1>" in response.content.decode()
        assert stored(alice) == []

    @pytest.mark.parametrize("path", ["/api/simple/?q=lunch+4&format=json", "/api/expense/?type=lunch&amount=4"])
    def test_only_the_page_is_opened(self, alice: Account, path: str) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        assert Browser(alice).get(path, headers=FROM_SITE).status_code in {403, 405}
        assert stored(alice) == []

    def test_a_remembered_password_asks(self, alice: Account) -> None:
        site_trust(user_id=alice.id, origin=SITE, now=NOON)

        Client(headers={"Authorization": basic(alice.email), **FROM_SITE}).get("/api/simple/?q=lunch+4")

        assert stored(alice) == []


class TestFormTokens:
    def test_it_works(self, alice: Account) -> None:
        response = sent(add_token(alice)[1])

        assert response.status_code == 200
        assert "<h1>Added</h1>" in response.content.decode()
        assert [(entry.type, entry.notes) for entry in stored(alice)] == [("lunch", "with jack")]

    def test_it_beats_a_cookie(self, alice: Account, bob: Account) -> None:
        fields = urlencode({"q": "lunch 4", "token": add_token(alice)[1]})

        response = Browser(bob).post("/api/simple/", fields, content_type=FORM, headers={"Origin": SITE})

        assert response.status_code == 200
        assert (len(stored(alice)), len(stored(bob))) == (1, 0)

    def test_it_files_in_its_report(self, alice: Account) -> None:
        shop = services.report_create(user_id=alice.id, name="Shop", now=NOON)

        sent(add_token(alice, report_id=shop.id)[1])

        assert [entry.report_id for entry in stored(alice)] == [shop.id]

    def test_one_that_may_more_is_not_for_a_page(self, alice: Account) -> None:
        made = token_create(user_id=alice.id, name="all", scopes=frozenset({"expenses:write"}), now=NOON)

        assert "<h1>Add this expense?</h1>" in sent(made.token).content.decode()  # on the page that asks who it is
        assert stored(alice) == []

    @pytest.mark.parametrize("token", ["xp_", "nonsense", PASSWORD])
    def test_a_wrong_one(self, alice: Account, token: str) -> None:
        assert "<h1>Add this expense?</h1>" in sent(token).content.decode()
        assert stored(alice) == []

    def test_a_revoked_one(self, alice: Account) -> None:
        token_id, token = add_token(alice)
        token_revoke(user_id=alice.id, token_id=token_id)

        sent(token)

        assert stored(alice) == []

    def test_an_address_holds_none(self, alice: Account) -> None:
        token = add_token(alice)[1]

        Client(headers=BROWSER).get(f"/api/simple/?q=lunch+4&token={token}")
        Client(headers=BROWSER).post(f"/api/simple/?token={token}", "q=lunch+4", content_type=FORM)

        assert stored(alice) == []

    @pytest.mark.parametrize("path", ["/api/expense/", "/api/v1.0/expense/"])
    def test_other_doors_look_at_none(self, alice: Account, path: str) -> None:
        fields = urlencode({"q": "lunch 4", "token": add_token(alice)[1]})

        assert Client().post(path, fields, content_type=FORM).status_code == 401

    @pytest.mark.parametrize("body", [b"token=%80", b"token=x%00", b"a=1&" * 1001, b"q=" + b"x" * 1_000_001])
    def test_a_body_that_cannot_be_read_holds_none(self, alice: Account, body: bytes) -> None:
        assert Client().post("/api/simple/", body, content_type=FORM).status_code == 401
