"""What each door takes of a program that was not granted everything: every route, every method, every scope."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from access.scopes import SCOPES
from accounts.selectors import Account
from api.classic.views import ClassicView
from expenses import services
from expenses.receipts import receipt_read
from tests.api.routes import Route, routes
from tests.api.v1 import default_of, rows_of, upload
from tests.cast import FORM, NOON, NewClient, OldClient, basic, spend, token_of
from tests.expenses.pictures import jpeg

pytestmark = pytest.mark.every_case

DOORS = [route for route in routes() if route.is_dialects]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
EXPENSES = {"GET": "expenses:read", "HEAD": "expenses:read"}
EXPENSE = {**EXPENSES, **dict.fromkeys(("POST", "PUT", "DELETE"), "expenses:read expenses:write")}
REPORTS = {"GET": "reports:read", "HEAD": "reports:read"}
REPORT = {**REPORTS, **dict.fromkeys(("POST", "PUT", "DELETE"), "reports:read reports:write")}
RECEIPTS = {"GET": "receipts:read", "HEAD": "receipts:read"}
ACCOUNT = {"GET": "account:read", "HEAD": "account:read"}
RECORDS = {"GET": "expenses:write", "HEAD": "expenses:write", "POST": "expenses:write"}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "api/simple": RECORDS,
    "api/expense": {"POST": "expenses:write"},
    "api/expense/{expense_id}": EXPENSE,
    "api/expenses": EXPENSES,
    "api/": {},
    "api/v1.0/expenses": EXPENSES,
    "api/v1.0/expense": RECORDS,
    "api/v1.0/expense/{expense_id}": EXPENSE,
    "api/v1.0/tags": EXPENSES,
    "api/v1.0/tag": {"POST": "expenses:write"},
    "api/v1.0/tag/{tag_id}": EXPENSE,
    "api/v1.0/reports": REPORTS,
    "api/v1.0/report": {**REPORTS, "POST": "reports:write"},
    "api/v1.0/report/{report_id}": REPORT,
    "api/v1.0/user": ACCOUNT,
    "api/v1.0/users": ACCOUNT,
    "api/v1.0/receipts": RECEIPTS,
    "api/v1.0/receipt/{receipt_id}": RECEIPTS,
    "api/v1.0/categories": EXPENSES,
    "api/v1.0/category/{category_id}": EXPENSES,
    "api/v1.0/orgchart/people/{company_id}": ACCOUNT,
    "api/v1.0/people/{company_id}": ACCOUNT,
    "api/v1.0/orgchart/contact": {"POST": "account:read"},
    "api/v1.0/": {},
    "static/xpenser/media/Receipts/{image}": RECEIPTS,
    "static/xpenser/media/Receipts": RECEIPTS,
}
"""The scopes that open a method of a door together; what is not here takes none, or is no method of it."""
ADDS = {"api/simple", "api/expense", "api/v1.0/expense"}


def insufficient(response: Any) -> str | None:
    """Return the scope that a refusal names, or None where it is something else."""
    said = response.headers.get("WWW-Authenticate", "")
    if not said.startswith('Bearer error="insufficient_scope"'):
        return None
    assert response.status_code == 403
    return str(said.partition('scope="')[2].rstrip('"'))


def asked(client: NewClient, method: str, route: Route) -> Any:
    return client.generic(method, f"{route.at(1)}?format=json", "q=lunch+4&name=x", content_type=FORM)


@pytest.mark.parametrize("route", DOORS, ids=lambda route: f"/{route.path}")
def test_exactly_the_needed_scopes_open(alice: Account, settings: Any, route: Route) -> None:
    settings.RECEIPTS_PUBLIC = False
    # The classic API under /api/oauth/ takes what it takes under /api/.
    needed = NEEDED[route.path.replace("api/oauth/", "api/")]
    granted = {*SCOPES, *needed.values()}
    clients = {scopes: NewClient(token_of(alice, *scopes.split())) for scopes in granted}

    for method in METHODS:
        said = {scopes: insufficient(asked(client, method, route)) for scopes, client in clients.items()}
        wanted = needed.get(method, "")
        assert (method, said) == (
            method,
            {scopes: None if set(wanted.split()) <= set(scopes.split()) else wanted for scopes in granted},
        )


@pytest.mark.parametrize("route", DOORS, ids=lambda route: f"/{route.path}")
def test_who_may_only_add_does_nothing_else(alice: Account, settings: Any, route: Route) -> None:
    settings.RECEIPTS_PUBLIC = False
    path = route.path.replace("api/oauth/", "api/")
    client = NewClient(token_of(alice, add_only=True))

    for method in METHODS:
        refused = insufficient(asked(client, method, route)) is not None
        assert (method, refused) == (method, method in NEEDED[path] and path not in ADDS)


def test_a_door_that_says_nothing_takes_everything(alice: Account) -> None:
    assert set(ClassicView.reads.split()) == set(ClassicView.writes.split()) == set(SCOPES)
    assert ClassicView.adds is False


class TestWords:
    def test_v1(self, alice: Account) -> None:
        response = NewClient(token_of(alice, "account:read")).get("/api/v1.0/expenses/")

        assert response.status_code == 403
        assert response.content == b"Forbidden: this token was not granted expenses:read"
        assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="expenses:read"'

    def test_classic(self, alice: Account) -> None:
        response = NewClient(token_of(alice, "account:read")).get("/api/expenses/?format=json")

        assert response.json() == {"status": 403, "error": "Forbidden: this token was not granted expenses:read"}
        assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="expenses:read"'

    def test_a_page(self, alice: Account) -> None:
        response = NewClient(token_of(alice, "account:read")).get("/api/simple/?q=lunch+4")

        assert response.status_code == 403
        assert "this token was not granted expenses:write" in response.content.decode()

    def test_who_may_only_add(self, alice: Account) -> None:
        response = NewClient(token_of(alice, add_only=True)).get("/api/v1.0/expenses/")

        assert response.content == b"Forbidden: this token may add expenses, and nothing else"


class TestWritingBlind:
    """Who may write and not read changes nothing that is there: an empty change would answer with all of it."""

    @pytest.mark.parametrize("path", ["/api/expense/{}", "/api/v1.0/expense/{}"])
    @pytest.mark.parametrize("body", ["", "notes=x", "action=delete"])
    def test_an_expense(self, alice: Account, path: str, body: str) -> None:
        row = spend(alice, "lunch 4 topsecret")
        client = NewClient(token_of(alice, *set(SCOPES) - {"expenses:read"}))

        response = client.send(path.format(row.id), body)

        assert insufficient(response) == "expenses:read expenses:write"
        assert "topsecret" not in response.content.decode()
        assert rows_of(alice) == [row]

    @pytest.mark.parametrize("body", ["", "name=x", "action=delete"])
    def test_a_tag(self, alice: Account, body: str) -> None:
        (tag,) = spend(alice, "lunch 4 #topsecret").tags
        client = NewClient(token_of(alice, *set(SCOPES) - {"expenses:read"}))

        response = client.send(f"/api/v1.0/tag/{tag.id}", body)

        assert insufficient(response) == "expenses:read expenses:write"
        assert "topsecret" not in response.content.decode()

    @pytest.mark.parametrize("body", ["", "name=x", "action=delete"])
    def test_a_report(self, alice: Account, body: str) -> None:
        report = services.report_create(user_id=alice.id, name="topsecret", now=NOON)
        client = NewClient(token_of(alice, *set(SCOPES) - {"reports:read"}))

        response = client.send(f"/api/v1.0/report/{report.id}", body)

        assert insufficient(response) == "reports:read reports:write"
        assert "topsecret" not in response.content.decode()


class TestReceipts:
    """Who may not see receipts gets no name of one, by which anybody could fetch the picture."""

    @pytest.mark.parametrize("scopes", [("expenses:write",), ("expenses:write", "receipts:read")])
    @pytest.mark.parametrize("path", ["/api/expense/", "/api/simple/", "/api/v1.0/expense/"])
    def test_an_upload_takes_a_scope(self, alice: Account, path: str, scopes: tuple[str, ...]) -> None:
        response = NewClient(token_of(alice, *scopes)).post(path, {"q": "lunch 4", "receipt": upload(jpeg())})

        assert insufficient(response) == "receipts:write"
        assert rows_of(alice) == []

    def test_an_upload_with_it(self, alice: Account) -> None:
        client = NewClient(token_of(alice, "expenses:write", "receipts:write"))

        response = client.post("/api/v1.0/expense/", {"q": "lunch 4", "image": upload(jpeg())})

        assert response.status_code == 200
        assert "receipt" not in response.json()
        assert rows_of(alice)[0].receipt_image

    def test_their_names_are_not_told(self, alice: Account) -> None:
        row = spend(alice, "lunch 4", picture=receipt_read(jpeg()))
        blind = NewClient(token_of(alice, "expenses:read", "expenses:write"))
        seeing = NewClient(token_of(alice, "expenses:read", "expenses:write", "receipts:read"))
        path = f"/api/v1.0/expense/{row.id}"

        for client, told in ((blind, False), (seeing, True)):
            answers = [
                client.get(path),
                client.send(path, "notes=x"),
                client.get("/api/v1.0/expenses/"),
                client.get("/api/v1.0/expenses/?format=xml"),
                client.get("/api/v1.0/expenses/?format=csv"),
                client.get("/api/expenses/"),
            ]
            assert [row.receipt_image in answer.content.decode() for answer in answers] == [told] * 6


class TestOneReport:
    """Who is kept to one report files there, whatever the text says, and nowhere else."""

    @pytest.fixture
    def trip(self, alice: Account) -> int:
        return services.report_create(user_id=alice.id, name="Trip", now=NOON).id

    @pytest.fixture
    def client(self, alice: Account, trip: int) -> NewClient:
        services.report_create(user_id=alice.id, name="Client X", now=NOON)
        return NewClient(token_of(alice, "expenses:write", add_only=True, report_id=trip))

    @pytest.mark.parametrize("path", ["/api/expense/", "/api/simple/?format=json", "/api/v1.0/expense/"])
    @pytest.mark.parametrize(
        "body",
        [
            "q=lunch+4",
            "q=lunch+4+%23clientx",
            "q=lunch+4+@%22Client+X%22",
            "q=lunch+4&report={trip}",
            "q=lunch+4&r={trip}",
            "q=lunch+4&report=trip",
            "q=Time+start+clientx",
        ],
    )
    def test_it_works(self, alice: Account, client: NewClient, trip: int, path: str, body: str) -> None:
        response = client.send(path, body.format(trip=trip))

        assert response.status_code == 200
        assert [row.report_id for row in rows_of(alice)] == [trip]

    @pytest.mark.parametrize("path", ["/api/expense/", "/api/v1.0/expense/"])
    def test_fields(self, alice: Account, client: NewClient, trip: int, path: str) -> None:
        assert client.send(path, "type=lunch&amount=4").status_code == 200
        assert [row.report_id for row in rows_of(alice)] == [trip]

    @pytest.mark.parametrize("path", ["/api/expense/", "/api/simple/?format=json", "/api/v1.0/expense/"])
    @pytest.mark.parametrize("entry", ["q=lunch+4", "type=lunch&amount=4"])
    @pytest.mark.parametrize("report", ["{default}", "client+x", "My+Expenses", "nothing", "999999", "*"])
    def test_another_is_refused_whether_it_is_there_or_not(
        self, alice: Account, client: NewClient, path: str, entry: str, report: str
    ) -> None:
        said = report.format(default=default_of(alice))

        for name in ("report", "r"):
            response = client.send(path, f"{entry}&{name}={said}")
            assert insufficient(response) == "expenses:write"
            assert "this token adds to one report, and not to another" in response.content.decode()
        assert rows_of(alice) == []

    @pytest.mark.parametrize("text", ["lunch 4 @{} x", "@{} lunch 4", "Time start @{}"])
    @pytest.mark.parametrize("name", ["Client", "Trip", "Nothing"])
    def test_whether_a_report_is_there_is_not_told(
        self, alice: Account, client: NewClient, trip: int, text: str, name: str
    ) -> None:
        """An @word that files leaves the notes: that it stays would tell that there is no such report."""
        services.report_create(user_id=alice.id, name="Client", now=NOON)
        token = token_of(alice, "expenses:write", add_only=True, report_id=trip)
        browser = Client(headers={"User-Agent": "Mozilla/5.0", "Authorization": basic(alice.email, token)})
        said = {"q": text.format(name)}

        page = browser.get("/api/simple/", said).content.decode()
        answer = client.post("/api/v1.0/expense/", said).json()

        notes = page.partition("Notes</dt>")[2].partition("</dd>")[0]
        assert f"@{name}" in notes
        assert f"@{name}" in answer["notes"]

    def test_one_that_was_handed_in(self, alice: Account, client: NewClient, trip: int) -> None:
        NewClient(token_of(alice)).send(f"/api/v1.0/report/{trip}", "status=submitted")

        response = client.send("/api/v1.0/expense/", "q=lunch+4")

        assert response.status_code == 400
        assert rows_of(alice) == []

    def test_with_the_report_the_token_goes(self, alice: Account, client: NewClient, trip: int) -> None:
        services.report_delete(user_id=alice.id, report_id=trip, now=NOON)

        assert client.send("/api/v1.0/expense/", "q=lunch+4").status_code == 401

    def test_who_is_kept_to_none_hears_of_an_unknown_one(self, alice_client: OldClient) -> None:
        assert alice_client.send("/api/v1.0/expense/", "q=lunch+4&report=nothing").status_code == 404


class TestTimers:
    """Stopping a timer, or starting another, changes an expense that is there: that is more than to add."""

    @pytest.mark.parametrize("text", ["Time+stop", "Time+start+clientx"])
    @pytest.mark.parametrize("add_only", [False, True])  # who may not read sees nothing of it either
    def test_it_works(self, alice: Account, text: str, *, add_only: bool) -> None:
        running = spend(alice, "Time start on the report")
        client = NewClient(token_of(alice, "expenses:write", add_only=add_only))

        response = client.send("/api/v1.0/expense/", f"q={text}")

        assert response.status_code == 403
        said = text.replace("+", " ")
        assert response.content.decode() == (
            f"Forbidden: q '{said}': this would change an expense whose timer runs, and only new ones may be added"
        )
        assert rows_of(alice) == [running]

    @pytest.mark.parametrize("text", ["Time+stop", "Time+start+clientx"])
    @pytest.mark.parametrize("kept", [False, True])
    def test_the_page_that_asks_shows_nothing_of_it(self, alice: Account, text: str, *, kept: bool) -> None:
        """A browser that sends the token as a password gets a preview, and that of a stop is the expense itself."""
        running = spend(alice, "Time start topsecret #clientx")
        token = token_of(alice, "expenses:write", add_only=True, report_id=default_of(alice) if kept else None)
        client = Client(headers={"User-Agent": "Mozilla/5.0", "Authorization": basic(alice.email, token)})

        response = client.get(f"/api/simple/?q={text}")

        assert response.status_code == 403
        assert "only new ones may be added" in response.content.decode()
        assert "topsecret" not in response.content.decode()
        assert rows_of(alice) == [running]

    def test_with_none_running(self, alice: Account) -> None:
        client = NewClient(token_of(alice, "expenses:write", add_only=True))

        assert client.send("/api/v1.0/expense/", "q=Time+stop").status_code == 400
        assert client.send("/api/v1.0/expense/", "q=Time+start+clientx").status_code == 200
        assert len(rows_of(alice)) == 1


class TestKeptAnswers:
    """The answer that is kept under a key is for who may do what its first caller might."""

    @pytest.mark.parametrize(
        ("scopes", "kept"),
        [
            ({"expenses:write"}, {}),
            ({"expenses:write"}, {"add_only": True}),
            ({"expenses:write"}, {"add_only": True, "report": True}),
            (set(SCOPES) - {"receipts:read"}, {}),
        ],
    )
    def test_another_grant_is_another_request(
        self, alice: Account, alice_client: OldClient, scopes: set[str], kept: dict[str, bool]
    ) -> None:
        choices: dict[str, Any] = {"add_only": kept.get("add_only", False)}
        if "report" in kept:
            choices["report_id"] = default_of(alice)
        headers = {"Idempotency-Key": "K1"}
        alice_client.send("/api/v1.0/expense/", "q=lunch+4+topsecret", headers=headers)

        response = NewClient(token_of(alice, *scopes, **choices)).send(
            "/api/v1.0/expense/", "q=lunch+4+topsecret", headers=headers
        )

        assert response.status_code == 422
        assert len(rows_of(alice)) == 1

    def test_the_same_grant_gets_it(self, alice: Account) -> None:
        first, second = (
            NewClient(token_of(alice, "expenses:write", add_only=True)).send(
                "/api/v1.0/expense/", "q=lunch+4", headers={"Idempotency-Key": "K1"}
            )
            for _ in range(2)
        )

        assert (first.status_code, second.content) == (200, first.content)
        assert len(rows_of(alice)) == 1
