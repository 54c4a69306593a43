"""The classic API for who has signed in on a page (wire §1.1): he reads, and a cookie alone writes nothing."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from accounts.selectors import Account
from accounts.services import password_set
from tests.api.classic.ledger import entries
from tests.api.routes import Route, routes
from tests.api.test_dialect import ledger
from tests.api.v1 import upload
from tests.cast import FORM, PASSWORD, basic, spend, token_of
from tests.expenses.pictures import jpeg

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
FIELD = re.compile('<input type="hidden" name="([^"]+)" value="([^"]*)">')
CLASSIC = [
    route for route in routes() if route.is_dialects and route.path.startswith("api/") and "v1" not in route.path
]
HINT = "a cookie alone writes nothing here; send a token or a password with it"


class Browser(Client):
    """Somebody's browser, which has signed in, and sends forms with the Origin of the page that they stand on."""

    def __init__(self, account: Account | None) -> None:
        super().__init__(enforce_csrf_checks=True, headers=BROWSER)
        if account is not None:
            self.force_login(User.objects.get(pk=account.id))

    def submit(self, fields: dict[str, str], origin: str | None = settings.PUBLIC_URL, **extra: Any) -> Any:
        headers = {} if origin is None else {"Origin": origin}
        return self.post("/api/simple/", fields, headers=headers, **extra)


@pytest.fixture
def browser(alice: Account) -> Browser:
    return Browser(alice)


def hidden(response: Any) -> dict[str, str]:
    return dict(FIELD.findall(response.content.decode()))


class TestReading:
    def test_it_works(self, alice: Account, browser: Browser) -> None:
        row = spend(alice, "lunch 4")

        response = browser.get(f"/api/expense/{row.id}")

        assert response.json()["data"]["amount"] == "4.00"
        assert response.headers["Vary"] == "Authorization, Cookie"
        assert len(browser.get("/api/expenses/?format=json").json()) == 2

    def test_only_ones_own(self, bob: Account, alice: Account) -> None:
        row = spend(alice, "lunch 4")

        assert Browser(bob).get(f"/api/expense/{row.id}").status_code == 404

    def test_v1_looks_at_no_cookie(self, browser: Browser) -> None:
        response = browser.get("/api/v1.0/expenses/")

        assert (response.status_code, response.headers["Vary"]) == (401, "Authorization")
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'

    def test_who_has_no_cookie_is_asked_as_ever(self, db: None) -> None:
        response = Client().get("/api/expenses/")

        assert (response.status_code, response.headers["Vary"]) == (401, "Authorization")

    @pytest.mark.parametrize("authorization", ["Basic x", "Bearer x", "x", basic("alice@example.com", "wrong")])
    def test_credentials_beat_the_cookie(self, browser: Browser, authorization: str) -> None:
        response = browser.get("/api/expenses/", headers={"Authorization": authorization})

        assert (response.status_code, response.headers["Vary"]) == (401, "Authorization")

    def test_right_credentials_beat_the_cookie_too(self, browser: Browser, bob: Account) -> None:
        row = spend(bob, "lunch 4")

        for authorization in (basic(bob.email), f"Bearer {token_of(bob)}"):
            response = browser.get(f"/api/expense/{row.id}", headers={"Authorization": authorization})
            assert response.status_code == 200

    def test_a_cookie_of_nobodys(self, db: None) -> None:
        client = Client()
        client.cookies[settings.SESSION_COOKIE_NAME] = "nobodys"

        response = client.get("/api/expenses/")

        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Basic realm="API"')

    def test_it_ends_with_the_password_and_with_the_account(self, alice: Account) -> None:
        first, second = Browser(alice), Browser(alice)
        assert second.get("/api/expenses/").status_code == 200

        password_set(user_id=alice.id, password="the next password")
        assert first.get("/api/expenses/").status_code == 401

        second = Browser(alice)
        User.objects.filter(pk=alice.id).update(is_active=False)
        assert second.get("/api/expenses/").status_code == 401


class TestWriting:
    @pytest.mark.parametrize("route", CLASSIC, ids=lambda route: f"/{route.path}")
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    def test_a_cookie_alone_writes_nothing(self, alice: Account, browser: Browser, route: Route, method: str) -> None:
        row = spend(alice, "lunch 4")
        before = ledger(alice)

        for origin in (settings.PUBLIC_URL, "null", "https://evil.example", None):
            for body in ("q=lunch+4", "q=lunch+4&format=json", "action=delete", "type=x&amount=4"):
                headers = {} if origin is None else {"Origin": origin}
                response = browser.generic(method, f"{route.at(row.id)}?q=lunch+5", body, FORM, headers=headers)
                assert response.status_code in {200, 400, 403, 404, 405}

        assert ledger(alice) == before

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_program_hears_why(self, alice: Account, browser: Browser, method: str) -> None:
        response = browser.generic(method, "/api/simple/?q=lunch+4&format=json")

        assert response.json() == {"status": 403, "error": f"Forbidden: {HINT}"}

    def test_not_even_with_a_pages_proof(self, alice: Account, browser: Browser) -> None:
        """The button stands on one page, for one door."""
        proof = hidden(browser.get("/api/simple/?q=lunch+4"))

        made = browser.post("/api/expense/", proof, headers={"Origin": settings.PUBLIC_URL})
        asked = browser.submit({**proof, "format": "json"})

        assert (made.status_code, asked.status_code) == (403, 403)
        assert made.json() == asked.json() == {"status": 403, "error": f"Forbidden: {HINT}"}
        assert entries(alice) == []


class TestButton:
    def test_it_works(self, alice: Account, browser: Browser) -> None:
        asked = browser.get("/api/simple/?q=lunch+45+with+jack+%23clientx")
        assert "<h1>Add this expense?</h1>" in asked.content.decode()
        assert '<button class="btn first">Add 45.00 USD</button>' in asked.content.decode()
        assert asked.headers["Vary"] == "Authorization, Cookie"
        assert entries(alice) == []

        added = browser.submit(hidden(asked))

        assert (added.status_code, "<h1>Added</h1>" in added.content.decode()) == (200, True)
        (row,) = entries(alice)
        assert (row.type, row.amount, row.notes, row.tags[0].name) == ("lunch", 45_000, "with jack", "clientx")

    def test_the_next_one_can_be_typed_on_the_answer(self, alice: Account, browser: Browser) -> None:
        added = browser.submit(hidden(browser.get("/api/simple/?q=lunch+4")))

        browser.submit({**hidden(added), "q": "dinner 5"})

        assert [row.type for row in entries(alice)] == ["lunch", "dinner"]

    def test_a_text_that_was_none_can_be_mended(self, alice: Account, browser: Browser) -> None:
        refused = browser.get("/api/simple/?q=lunch")
        assert refused.status_code == 400

        browser.submit({**hidden(refused), "q": "lunch 4"})

        assert [row.type for row in entries(alice)] == ["lunch"]

    def test_without_text_it_is_a_page_to_type_on(self, alice: Account, browser: Browser) -> None:
        page = browser.get("/api/simple/")
        assert "<h1>Add an expense</h1>" in page.content.decode()

        browser.submit({**hidden(page), "q": "lunch 4"})

        assert len(entries(alice)) == 1

    def test_a_form_with_a_file(self, alice: Account, browser: Browser) -> None:
        """A multipart body is read once, by us; the check finds its field all the same."""
        fields: dict[str, Any] = {**hidden(browser.get("/api/simple/?q=lunch+4")), "receipt": upload(jpeg())}

        assert browser.submit(fields).status_code == 200
        assert entries(alice)[0].receipt_image

    def test_loading_the_answer_anew_adds_nothing(self, alice: Account, browser: Browser) -> None:
        fields = hidden(browser.get("/api/simple/?q=lunch+4"))

        first, second = browser.submit(fields), browser.submit(fields)

        assert first.content == second.content
        assert len(entries(alice)) == 1

    @pytest.mark.parametrize("origin", ["null", "https://evil.example", "http://localhost:8001"])
    def test_from_another_origin_it_asks_again(self, alice: Account, browser: Browser, origin: str) -> None:
        asked = browser.submit(hidden(browser.get("/api/simple/?q=lunch+4")), origin)

        assert "<h1>Add this expense?</h1>" in asked.content.decode()
        assert entries(alice) == []
        browser.submit(hidden(asked))
        assert len(entries(alice)) == 1

    @pytest.mark.parametrize("proof", ["", "x", "x" * 64])
    def test_without_its_proof_it_asks_again(self, alice: Account, browser: Browser, proof: str) -> None:
        fields = {**hidden(browser.get("/api/simple/?q=lunch+4")), "csrfmiddlewaretoken": proof}

        assert "<h1>Add this expense?</h1>" in browser.submit(fields).content.decode()
        assert entries(alice) == []

    def test_somebody_elses_proof(self, alice: Account, browser: Browser, bob: Account) -> None:
        fields = hidden(Browser(bob).get("/api/simple/?q=lunch+4"))

        assert "<h1>Add this expense?</h1>" in browser.submit(fields).content.decode()
        assert entries(alice) == []

    @pytest.mark.parametrize(
        ("before", "q", "word"), [([], "Time start clientx", "Start"), (["Time start clientx"], "Time stop", "Stop")]
    )
    def test_timers(self, alice: Account, browser: Browser, before: list[str], q: str, word: str) -> None:
        for text in before:
            spend(alice, text)
        rows = entries(alice)

        asked = browser.get("/api/simple/", {"q": q})

        assert f"<h1>{word} this timer?</h1>" in asked.content.decode()
        assert f'<button class="btn first">{word}</button>' in asked.content.decode()
        assert entries(alice) == rows
        assert browser.submit(hidden(asked)).status_code == 200
        assert len(entries(alice)) == 1


class TestWithoutCredentials:
    """Lax cookies don't travel with a form of another site: what it sent is held until a click sends it from here."""

    @pytest.mark.parametrize("origin", ["https://deals.example", "null"])
    def test_it_works(self, alice: Account, origin: str) -> None:
        held = Browser(None).submit({"q": "lunch 4 <b>", "report": "My Expenses", "sent": "x"}, origin)

        assert held.status_code == 200
        assert "WWW-Authenticate" not in held.headers
        assert '<button class="btn first">Go on</button>' in held.content.decode()
        assert "<b>" not in held.content.decode()
        assert "frame-ancestors 'none'" in held.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in held.headers
        fields = hidden(held)
        assert fields.keys() == {"q", "report", "idempotency_key"}

        asked = Browser(alice).submit({**fields, "q": "lunch 4"})
        assert "<h1>Add this expense?</h1>" in asked.content.decode()
        assert entries(alice) == []

    def test_who_is_not_signed_in_may_do_so_and_keeps_the_text(self, alice: Account) -> None:
        browser = Browser(None)
        held = browser.submit({"q": "lunch 4 #x&y", "r": "My Expenses"}, "https://deals.example")

        refused = browser.submit({**hidden(held), "q": "lunch 4 #x&y"})

        assert refused.status_code == 403
        assert "WWW-Authenticate" not in refused.headers
        assert refused.headers["Content-Type"] == "text/html; charset=utf-8"
        (link,) = re.findall('href="([^"]+)">Sign in and go on', refused.content.decode())
        there = urlsplit(dict(parse_qsl(urlsplit(link).query))["next"])
        assert urlsplit(link).path == "/accounts/login/"
        assert there.path == "/api/simple/"
        assert dict(parse_qsl(there.query)) == {"q": "lunch 4 #x&y", "r": "My Expenses"}

        page = Client(headers=BROWSER)
        went = page.post(link, {"login": alice.email, "password": PASSWORD})
        assert went.status_code == 302
        assert "<h1>Add this expense?</h1>" in page.get(went.headers["Location"]).content.decode()
        assert entries(alice) == []

    @pytest.mark.parametrize("query", ["?q=lunch+4", ""])
    def test_a_browsers_get(self, db: None, query: str) -> None:
        response = Browser(None).get(f"/api/simple/{query}")

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "Sign in and go on" in response.content.decode()

    @pytest.mark.parametrize(
        ("query", "body", "content_type", "headers"),
        [
            ("", "q=lunch+4", FORM, {}),
            ("", "q=lunch+4&format=json", FORM, {"Origin": "null"}),
            ("?format=json", "q=lunch+4", FORM, {"Origin": "null"}),
            ("", "q=lunch+4", FORM, {"Origin": "null", "Authorization": "Basic x"}),
            ("", "q=lunch+4", FORM, {**BROWSER, "Authorization": "Bearer x"}),
            ("", "x", "text/yaml", {"Origin": "null"}),
            ("", "q=%80", FORM, {"Origin": "null"}),
            ("", "q=lunch+4", FORM, {"Origin": "null", "Transfer-Encoding": "chunked"}),
        ],
    )
    def test_a_program_hears_what_it_always_heard(
        self, db: None, query: str, body: str, content_type: str, headers: dict[str, str]
    ) -> None:
        response = Client().post(f"/api/simple/{query}", body, content_type=content_type, headers=headers)

        assert (response.status_code, response.content) == (401, b"Authorization Required")
        assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
