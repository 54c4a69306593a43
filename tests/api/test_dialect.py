import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from psycopg_pool import PoolTimeout
from rest_framework.request import Request
from rest_framework.views import APIView

import access
import accounts
import expenses
import reports
from accounts.selectors import Account
from api.classic.views import ClassicView
from api.dialect import DOOR_ERRORS, DialectView
from api.v1.views import ReceiptImageView, V1View
from expenses import services
from expenses.receipts import receipt_read
from expenses.selectors import ExpenseFilter, expense_rows, receipt_rows, tag_rows
from reports.selectors import report_rows
from tests.api.routes import Route, calls, routes
from tests.cast import FORM, NOON, OldClient, basic, spend
from tests.expenses.pictures import jpeg
from tests.web.meanwhile import meanwhile

NEVER_AT_A_WIRE = {
    "_GivenUp": "whoever gives an import up hears of it on its page",
    "InvitationNotFound": "accounts are opened on pages",
    "PersonNotFound": "operators have pages",
    "NotByThisOperator": "and act on them",
    "NothingLeft": "what a page limits, it tells itself",
    "BadStore": "a variable of the operator's that is refused at the start",
    "UnknownCurrency": "an account is opened by commands",
    "ApplicationNotFound": "programs are registered, and let in, on pages",
    "BadAccount": "so are a person's preferences",
    "BadApplication": "so are programs described",
    "BadRedirect": "and their addresses",
    "AccountNotFound": "a wrong name is a 401, like a wrong password",
    "TooManyPlaces": "a field's own alarm: services round first",
    "ZoneGiven": "a field's own alarm: readers of dates give none",
    "BadToken": "tokens are made on pages",
    "TooManyReceipts": "old clients replace the one that they know of",
    "ExpenseChanged": "a wire names no version",
    "BadPosition": "only pages have pages",
    "BadDate": "api.values makes a BadParameter of it",
    "BadRatesFile": "rates are loaded by a command",
    "CsvError": "no wire reads CSV",
    "Unreadable": "nor any other file of expenses: those are imported on pages",
    "_BadCell": "where each line tells what is wrong in it",
    "UploadNotFound": "and wait to be looked through",
    "NothingToImport": "and may all be left out",
    "ImportNotFound": "and are listed",
    "AlreadyUndone": "and undone",
    "NoSuchStep": "a program sets any state of a report (wire §2.2)",
    "NotGiven": "OAuth 2.0 makes an invalid_grant of it",
    "ServerZoneFixed": "raised at the start",
    "NoSuchRate": "rates are set by a command and on pages",
    "SameCurrency": "rates are set by a command and on pages",
    "BadUnit": "types are set on pages",
    "TypeNotFound": "types are set on pages",
    "SecretLost": "a server without its secret key: the operator's to mend",
    "TooManyPictures": "so it is Throttled",
    "Throttled": "every door says 503, whatever its dialect",
    "TokenNotFound": "so are they revoked",
    "UnknownApplication": "OAuth 2.0 asks first, and stops on a page",
    "UnknownScope": "scopes are chosen on pages",
    "WrongPassword": "a 401",
    "WrongToken": "a 401",
    "AccessTokenNotFound": "access is revoked on pages",
    "BadCallback": "a person is asked, and a program registered, on pages",
    "BadOrigin": "sites are trusted on pages",
    "BadConsumerName": "programs are registered on pages",
    "BadRSAKey": "programs are registered on pages",
    "CallbackNotPinned": "a person is asked on pages",
    "ConsumerNotFound": "programs are deleted on pages",
    "RequestTokenNotFound": "at the doors of OAuth a 401, elsewhere on pages",
    "AccountClosed": "who has no account any more is asked who he is",
    "ArchiveNotFound": "archives are fetched on a page",
    "BadArchive": "files are imported on pages",
    "LedgerChanged": "so are archives",
    "OddValue": "a BadArchive names the line of it",
    "OtherCurrency": "archives are imported on pages",
    "Damaged": "expenses.images makes a BadReceipt of it",
}

# The doors of the ledger, but for the receipts, which are open to everybody.
CLOSED = [call for call in calls() if call[1].is_dialects and call[1].view_class is not ReceiptImageView]


def domain_exceptions() -> list[type[Exception]]:
    found: list[type[Exception]] = []
    for package in (access, accounts, reports, expenses):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in module.name:
                continue
            members = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
            found += [kind for _, kind in members if kind.__module__ == module.name and issubclass(kind, Exception)]
    return found


def ledger(owner: Account) -> Any:
    """All that is stored of a person, as far as wires show it."""
    rows = list(expense_rows(user_id=owner.id, matching=ExpenseFilter(with_deleted=True)))
    return rows, report_rows(user_id=owner.id), tag_rows(user_id=owner.id), receipt_rows(user_id=owner.id)


def sent(view: type[DialectView], **environ: Any) -> Any:
    """The answer of a view to a POST whose body is ``q=x``, announced as a test says."""
    request = RequestFactory().post("/", "q=x", content_type=FORM, **environ)
    return view.as_view()(request)


class Door(V1View):
    """A door that does what a test says behind it."""

    def post(self, request: Request) -> Any:
        return self.answer(dict(self.parameters))


class TestOrder:
    """Who calls is asked first, then the method, then the format."""

    @pytest.mark.parametrize(
        ("method", "query", "authorized", "status"),
        [
            ("BREW", "format=nonsense", False, 401),
            ("BREW", "format=nonsense", True, 405),
            ("DELETE", "format=nonsense", True, 405),
            ("GET", "format=nonsense", False, 401),
            ("GET", "format=nonsense", True, 400),
            ("GET", "", True, 200),
            ("GET", "%80", False, 401),
            ("DELETE", "%80", True, 405),
            ("GET", "%80", True, 400),
        ],
    )
    @pytest.mark.parametrize("path", ["/api/expenses/", "/api/v1.0/expenses/"])
    def test_it_works(
        self, alice: Account, path: str, method: str, query: str, *, authorized: bool, status: int
    ) -> None:
        headers = {"Authorization": basic(alice.email)} if authorized else {}

        response = Client().generic(method, f"{path}?{query}", headers=headers)

        assert response.status_code == status

    def test_a_wrong_password_is_asked_again_and_nothing_else(self, alice: Account) -> None:
        response = Client().generic("BREW", "/api/v1.0/", headers={"Authorization": basic(alice.email, "wrong")})

        assert response.status_code == 401

    @pytest.mark.parametrize("authorization", ["Bearers x", "Digest x", "Basic x", "Basic", "x", ""])
    @pytest.mark.parametrize("path", ["/api/expenses/", "/api/v1.0/expenses/", "/api/v1.0/nothing"])
    def test_whatever_came_there_is_one_challenge(self, db: None, path: str, authorization: str) -> None:
        response = Client().get(path, headers={"Authorization": authorization})

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'


class TestBody:
    @pytest.mark.parametrize(
        ("media_type", "limit"),
        [
            (FORM, 1_000_000),
            ("", 1_000_000),
            ("application/json", 1_000_000),
            ("text/yaml", 1_000_000),
            ("multipart/form-data; boundary=x", settings.MAX_UPLOAD_BYTES),
        ],
    )
    def test_what_is_announced_too_large(self, alice: Account, media_type: str, limit: int) -> None:
        headers = {"Authorization": basic(alice.email)}

        response = sent(Door, CONTENT_LENGTH=str(limit + 1), CONTENT_TYPE=media_type, headers=headers)

        assert response.status_code == 413
        assert response.content.decode() == (
            f"Request Entity Too Large: body: at most {limit} bytes are read, {limit + 1} were announced"
        )

    def test_a_stranger_is_not_told_of_limits(self, db: None) -> None:
        assert sent(Door, CONTENT_LENGTH="99999999999").status_code == 401

    @pytest.mark.parametrize("length", ["", "0", "000"])
    def test_no_length_is_no_body(self, alice: Account, length: str) -> None:
        response = sent(Door, CONTENT_LENGTH=length, headers={"Authorization": basic(alice.email)})

        assert (response.status_code, response.content) == (200, b"{}")


class Failing(V1View):
    failure: Exception = RuntimeError()

    def get(self, request: Request) -> Any:
        raise self.failure


class FailingClassic(ClassicView):
    failure: Exception = RuntimeError()

    def get(self, request: Request) -> Any:
        raise self.failure


class TestExceptions:
    def ask(self, view: type[DialectView], client: OldClient, failure: Exception) -> Any:
        headers = {"Authorization": client.defaults["HTTP_AUTHORIZATION"]}
        request = RequestFactory().get("/a/path/1", headers=headers)
        request.resolver_match = ResolverMatch(view.as_view(), (), {}, route="a/path/<id>")
        return view.as_view(failure=failure)(request)

    @pytest.mark.parametrize(
        ("view", "body"),
        [
            (Failing, b"Internal Server Error"),
            (FailingClassic, b'{"status": 500, "error": "Internal Server Error"}'),
        ],
    )
    def test_one_that_nobody_expects(
        self, alice_client: OldClient, caplog: pytest.LogCaptureFixture, view: type[DialectView], body: bytes
    ) -> None:
        response = self.ask(view, alice_client, RuntimeError("a secret"))

        assert (response.status_code, response.content) == (500, body)
        (record,) = caplog.records
        assert (record.name, record.getMessage()) == ("api.dialect", "GET /a/path/<id>")
        assert record.exc_info is not None
        assert isinstance(record.exc_info[1], RuntimeError)

    def test_django_suspects(self, alice_client: OldClient, caplog: pytest.LogCaptureFixture) -> None:
        response = self.ask(Failing, alice_client, SuspiciousOperation("this is odd"))

        assert (response.status_code, response.content) == (400, b"Bad Request: this is odd")
        assert caplog.records == []

    def test_no_connection_to_the_database_is_had(
        self, alice_client: OldClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        failure = OperationalError("couldn't get a connection")
        failure.__cause__ = PoolTimeout("couldn't get a connection")

        response = self.ask(Failing, alice_client, failure)

        assert (response.status_code, response.content) == (503, b"Throttled, wait 2 seconds.")
        assert response.headers["Retry-After"] == "2"
        (record,) = caplog.records
        assert record.getMessage() == "GET /a/path/<id>: couldn't get a connection"

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "one"}], ids=["once", "keyed"])
    @pytest.mark.parametrize("path", ["/api/v1.0/expense/", "/api/expense/", "/api/simple/?format=json"])
    def test_the_account_is_closed_at_this_moment(
        self, alice: Account, alice_client: OldClient, path: str, headers: dict[str, str]
    ) -> None:
        with meanwhile(lambda: services.account_close(user_id=alice.id, now=NOON), seen="accounts_user"):
            response = alice_client.send(path, "q=lunch+45", headers=headers)

        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Basic realm="API"')

    def test_a_subclass_is_answered_as_its_base(self, alice_client: OldClient) -> None:
        class Special(services.BadTagName):
            pass

        response = self.ask(Failing, alice_client, Special("x"))

        assert response.status_code == 400


def test_the_servers_own_address_is_no_other_site(alice_client: OldClient, settings: Any) -> None:
    settings.PUBLIC_URL = "https://expenses.example.com"  # a proxy that speaks https stands in front, unannounced

    response = alice_client.send("/api/v1.0/expense/", "q=lunch+4", headers={"Origin": "https://expenses.example.com"})

    assert response.status_code == 200


class TestLength:
    @pytest.mark.parametrize("length", ["abc", "-1", "²", "1.5"])
    def test_one_that_is_no_number(self, alice_client: OldClient, length: str) -> None:
        response = alice_client.send("/api/v1.0/expense/", "q=lunch+4", CONTENT_LENGTH=length)

        assert response.status_code == 400
        assert response.content.decode() == f"Bad Request: Content-Length {length!r}: a number of bytes is wanted"

    @pytest.mark.parametrize("media_type", [FORM, f"{FORM}; charset=utf-8", ""])
    def test_a_form_in_chunks_may_be_cut_off(self, alice_client: OldClient, media_type: str) -> None:
        response = alice_client.post(
            "/api/v1.0/expense/", "q=lunch+4", content_type=media_type, headers={"Transfer-Encoding": "chunked"}
        )

        assert response.status_code == 411
        assert response.content.startswith(b"Length Required: a form in chunks may have been cut off")
        assert len(alice_client.get("/api/v1.0/expenses/").json()) == 1


class TestTables:
    @pytest.mark.parametrize("dialect", [ClassicView, V1View])
    def test_every_exception_of_the_domain_has_an_entry(self, dialect: type[DialectView]) -> None:
        known = {*dialect.errors, *DOOR_ERRORS}

        missing = [
            f"{kind.__module__}.{kind.__name__}"
            for kind in domain_exceptions()
            if not known & set(kind.__mro__) and not NEVER_AT_A_WIRE.keys() & {base.__name__ for base in kind.__mro__}
        ]

        assert missing == []

    def test_what_never_gets_to_a_wire_is_still_there(self) -> None:
        assert NEVER_AT_A_WIRE.keys() <= {kind.__name__ for kind in domain_exceptions()}

    @pytest.mark.parametrize("dialect", [ClassicView, V1View])
    def test_every_entry_is_a_refusal(self, dialect: type[DialectView]) -> None:
        assert {status // 100 for status in dialect.errors.values()} == {4}


class TestRoutes:
    def test_the_walk_finds_them(self) -> None:
        paths = {route.path for route in routes()}

        assert {
            "api/v1.0/expense/{expense_id}", "api/expenses", "static/xpenser/media/Receipts/{image}", "api/v1.0/", "",
        } <= paths  # fmt: skip

    def test_every_view_of_an_api_is_a_dialects(self) -> None:
        views = [view for route in routes() if (view := getattr(route.view, "view_class", None)) is not None]

        strangers = [view for view in views if issubclass(view, APIView) and not issubclass(view, DialectView)]

        assert len(views) > 20
        assert strangers == []

    def test_what_is_no_view_of_an_api_is_a_page(self) -> None:
        plain = [route for route in routes() if not hasattr(route.view, "view_class")]

        # Behind the endpoints of OAuth there is no ledger, and the reference tells nothing of anybody's.
        assert [
            route.path
            for route in plain
            if not route.view.__module__.startswith(
                ("web.", "allauth.", "django.contrib.admin.", "api.oauth1.", "api.oauth2.", "api.reference.")
            )
        ] == []

    @pytest.mark.parametrize(
        ("method", "route"), CLOSED, ids=lambda value: value if isinstance(value, str) else f"/{value.path}"
    )
    def test_nobody_comes_in_without_credentials(self, alice: Account, method: str, route: Route) -> None:
        before = ledger(alice)

        response = Client().generic(
            method,
            f"{route.at(1)}?q=lunch+4&type=x&amount=4&name=x",
            "q=lunch+4&name=x&action=delete",
            content_type=FORM,
        )

        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
        assert response.headers["Vary"] == "Authorization"
        assert response.content == (b"" if method == "HEAD" else b"Authorization Required")
        assert ledger(alice) == before


class TestStrangers:
    """What is Alice's does not exist for Bob, at every route that takes an id, with every method."""

    @pytest.fixture
    def ids(self, alice: Account) -> dict[str, int | str]:
        trip = services.report_create(user_id=alice.id, name="Trip", now=NOON)
        row = services.expense_create_from_text(
            owner=alice, text="lunch 4 #hers", now=NOON, report_id=trip.id, picture=receipt_read(jpeg())
        )
        category = services.category_create(user_id=alice.id, name="Food", now=NOON)
        return {
            "expense_id": row.id,
            "report_id": trip.id,
            "tag_id": row.tags[0].id,
            "receipt_id": row.receipt_id or 0,
            "category_id": category.id,
            "company_id": alice.id,
        }

    @pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
    def test_it_works(self, alice: Account, bob_client: OldClient, ids: dict[str, int | str], method: str) -> None:
        before, asked = ledger(alice), []

        for route in routes():
            if "_id}" not in route.path or not route.is_dialects:
                continue
            for query in ("", "?action=delete", "?status=U", "?name=mine&amount=4"):
                path = "/" + route.path.format(**ids)
                response = bob_client.generic(method, path + query, "", content_type=FORM)
                asked.append(path)
                allowed = method in response.headers.get("Allow", method)
                assert (path, response.status_code) == (path, 404 if allowed else 405)

        assert len(set(asked)) >= 8
        assert ledger(alice) == before

    @pytest.mark.parametrize("query", ["report={report_id}", "report=Trip", "report={report_id}tags=hers"])
    @pytest.mark.parametrize("path", ["/api/expenses/", "/api/v1.0/expenses/"])
    def test_a_list(self, bob_client: OldClient, ids: dict[str, int | str], path: str, query: str) -> None:
        response = bob_client.get(f"{path}?{query.format(**ids)}")

        assert response.status_code == 404

    @pytest.mark.parametrize("tags", ["hers", "{tag_id}"])
    def test_a_tag_finds_nothing_of_hers(self, bob_client: OldClient, ids: dict[str, int | str], tags: str) -> None:
        response = bob_client.get(f"/api/v1.0/expenses/?report=*&tags={tags.format(**ids)}")

        assert response.json() == []

    @pytest.mark.parametrize("path", ["/api/expense/", "/api/simple/?format=json", "/api/v1.0/expense/"])
    def test_nothing_is_put_into_her_report(
        self, alice: Account, bob_client: OldClient, ids: dict[str, int | str], path: str
    ) -> None:
        before = ledger(alice)

        for body in ("q=lunch+4&report={report_id}", "q=lunch+4&r={report_id}&report={report_id}"):
            assert bob_client.send(path, body.format(**ids)).status_code == 404

        assert ledger(alice) == before

    def test_her_picture_where_it_takes_a_login(
        self, alice: Account, alice_client: OldClient, bob_client: OldClient, ids: dict[str, int | str], settings: Any
    ) -> None:
        settings.RECEIPTS_PUBLIC = False
        image = alice_client.get(f"/api/v1.0/receipt/{ids['receipt_id']}").json()["image"]
        path = f"/static/xpenser/media/Receipts/{image}"

        assert Client().get(path).status_code == 401
        assert bob_client.get(path).status_code == 404
        found = alice_client.get(path)
        assert found.status_code == 200
        assert b"".join(found).startswith(b"\xff\xd8")
        found.close()


class TestForeignPages:
    @pytest.mark.parametrize("origin", ["null", "http://evil.example", "https://localhost:8000", "nonsense"])
    def test_every_writing_route_refuses_them(self, alice: Account, alice_client: OldClient, origin: str) -> None:
        row = spend(alice, "lunch 4 #x")
        before = ledger(alice)
        bodies = {"expense_id": row.id, "report_id": row.report_id, "tag_id": row.tags[0].id}

        answers = {
            alice_client.send(
                "/" + path.format(**bodies), "q=lunch+4&type=x&amount=4&name=x&format=json", headers={"Origin": origin}
            ).status_code
            for path in _writing()
        }

        assert answers == {403}
        assert ledger(alice) == before


def _writing() -> Iterator[str]:
    for route in routes():
        view = route.view_class
        if view is not None and route.is_dialects and hasattr(view, "post") and "Nothing" not in view.__name__:
            yield route.path
