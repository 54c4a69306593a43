"""POST /oauth/token."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken
from oauthlib.common import Request
from oauthlib.oauth2 import InvalidGrantError
from oauthlib.oauth2.rfc6749.tokens import random_token_generator

from access.selectors.applications import grant_rows
from access.selectors.tokens import WrongToken
from access.services.applications import grant_revoke
from access.services.oauth2 import oauth2_account
from accounts.models import User
from accounts.selectors import Account
from api.oauth2.validator import Validator
from tests.access.oauth2 import SCOPES, held
from tests.api.oauth2.dance import CHALLENGE, VERIFIER, Program, s256
from tests.cast import FORM, basic

PROGRAMS = pytest.mark.parametrize("kind", ["app", "site"])


@pytest.fixture
def program(kind: str, app: Program, site: Program) -> Program:
    return {"app": app, "site": site}[kind]


def works(token: str) -> bool:
    try:
        oauth2_account(token=token, now=datetime.now(UTC), used_from="192.0.2.1")
    except WrongToken:
        return False
    return True


def refused(answer: Any, error: str, status: int = 400) -> bool:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.content
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    return True


@PROGRAMS
@pytest.mark.parametrize("slash", ["", "/"])
def test_it_works(program: Program, alice: Account, slash: str) -> None:
    answer = program.post(
        f"/oauth/token{slash}",
        grant_type="authorization_code",
        code=program.code(alice),
        redirect_uri=program.redirect_uri,
        code_verifier=VERIFIER,
    )

    assert answer.status_code == 200
    given = answer.json()
    assert given == {
        "access_token": given["access_token"],
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": SCOPES,
        "refresh_token": given["refresh_token"],
    }
    assert {name: answer.headers[name] for name in ("Content-Type", "Cache-Control", "Pragma")} == {
        "Content-Type": "application/json", "Cache-Control": "no-store", "Pragma": "no-cache",
    }  # fmt: skip
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    account, grant = oauth2_account(token=given["access_token"], now=datetime.now(UTC), used_from="192.0.2.1")
    assert (account, grant.by, grant.scopes) == (alice, "oauth2", frozenset(SCOPES.split()))
    assert not works(given["refresh_token"])
    assert not AccessToken.objects.exclude(token="").exists()
    assert not RefreshToken.objects.exclude(token="").exists()


def test_the_vectors_of_rfc_7636() -> None:
    assert s256(VERIFIER) == CHALLENGE


def test_a_secret_in_the_form(site: Program, alice: Account) -> None:
    code, secret = site.code(alice), site.application.client_secret
    application, site.application = site.application, site.application._replace(client_secret=None)

    assert site.exchange(code, client_secret=secret, client_id=application.client_id).status_code == 200


@PROGRAMS
def test_a_second_use_of_a_code_revokes_what_the_first_gave(program: Program, alice: Account) -> None:
    code = program.code(alice)
    given = program.exchange(code).json()
    later = program.refresh(given["refresh_token"]).json()
    assert works(later["access_token"])

    assert refused(program.exchange(code), "invalid_grant")

    assert not works(later["access_token"])
    assert refused(program.refresh(later["refresh_token"]), "invalid_grant")
    assert held(alice) == 0


@pytest.mark.every_case
@PROGRAMS
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": VERIFIER[:-1] + "x"}, "invalid_grant"),
        ({"code_verifier": CHALLENGE}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"code_verifier": "x" * 129}, "invalid_request"),
        ({"code_verifier": VERIFIER[:-1] + "é"}, "invalid_request"),
        ({"code": None}, "invalid_request"),
        ({"code": "another"}, "invalid_grant"),
        ({"code": "n\0l"}, "invalid_request"),
        ({"redirect_uri": "https://a.example.evil/callback"}, "invalid_request"),
        ({"redirect_uri": "https://app.example/callback/more"}, "invalid_request"),
        ({"redirect_uri": "https://app.example:444/callback"}, "invalid_request"),
        ({"redirect_uri": "https://app.example/callback#part"}, "invalid_request"),
        ({"grant_type": None}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": "password", "username": "alice@example.com", "password": "x"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unsupported_grant_type"),
        ({"grant_type": "openid"}, "unsupported_grant_type"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "x"}, "unsupported_grant_type"),
        ({"resource": "https://other.example"}, "invalid_target"),
        ({"resource": "http://localhost:8000/api"}, "invalid_target"),
    ],
)
def test_refusals(program: Program, alice: Account, changes: dict[str, str | None], error: str) -> None:
    code = program.code(alice)

    assert refused(program.exchange(code, **changes), error)

    assert AccessToken.objects.count() == 0
    assert program.exchange(code).status_code == 200


def test_a_token_for_this_server_by_name(app: Program, alice: Account, settings: Any) -> None:
    code = app.code(alice, resource=settings.PUBLIC_URL)

    assert works(app.exchange(code, resource=settings.PUBLIC_URL).json()["access_token"])
    assert works(app.exchange(app.code(alice, resource=f"{settings.PUBLIC_URL}/")).json()["access_token"])


def test_a_redirect_address_may_be_left_out_where_there_is_one(app: Program, alice: Account) -> None:
    code = app.code(alice, redirect_uri=None)

    assert app.exchange(code, redirect_uri=None).status_code == 200


class TestWho:
    """Whose code it is."""

    def test_another_programs(self, app: Program, site: Program, alice: Account) -> None:
        assert refused(site.exchange(app.code(alice)), "invalid_grant")
        assert refused(app.exchange(site.code(alice)), "invalid_grant")

    def test_no_program(self, app: Program, alice: Account) -> None:
        for client_id in (None, "", "another"):
            assert refused(app.exchange(app.code(alice), client_id=client_id), "invalid_client", 401)

    @pytest.mark.parametrize("secret", [None, "", "x" * 48])
    def test_a_wrong_secret(self, site: Program, alice: Account, secret: str | None) -> None:
        code = site.code(alice)
        site.application = site.application._replace(client_secret=secret)

        answer = site.exchange(code, client_id=site.application.client_id)

        assert refused(answer, "invalid_client", 401)
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="OAuth"'

    def test_what_is_kept_of_a_secret_is_no_secret(self, site: Program, alice: Account) -> None:
        code = site.code(alice)
        kept = Application.objects.get(name="Site").client_secret
        site.application = site.application._replace(client_secret=kept)

        assert refused(site.exchange(code), "invalid_client", 401)

    def test_an_app_with_a_blank_secret(self, app: Program, alice: Account) -> None:
        code = app.code(alice)
        client_id, app.application = app.application.client_id, app.application._replace(client_secret="")

        assert refused(app.exchange(code, client_id=client_id), "invalid_client", 401)

    def test_two_names(self, app: Program, site: Program, alice: Account) -> None:
        answer = site.exchange(site.code(alice), client_id=app.application.client_id)

        assert refused(answer, "invalid_client", 401)


class TestExpired:
    def test_a_code_lasts_a_minute(self, app: Program, alice: Account) -> None:
        before = datetime.now(UTC)
        code = app.code(alice)
        minute = timedelta(seconds=60)
        assert before + minute <= Grant.objects.get().expires <= datetime.now(UTC) + minute

        Grant.objects.update(expires=datetime.now(UTC))

        assert refused(app.exchange(code), "invalid_grant")

    def test_a_refresh_token_that_nobody_used_for_a_season(self, app: Program, alice: Account) -> None:
        given = app.tokens(alice)
        AccessToken.objects.update(expires=datetime.now(UTC) - timedelta(days=90))

        assert refused(app.refresh(given.refresh), "invalid_grant")
        assert grant_rows(user_id=alice.id, now=datetime.now(UTC)) == []


class TestForm:
    """How a request has to look."""

    @pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
    @pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"])
    def test_only_post(self, db: None, path: str, method: str) -> None:
        answer = Client().generic(method, f"{path}?token=x")

        assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")

    @pytest.mark.parametrize("path", ["/oauth/token", "/oauth/revoke", "/oauth/introspect"])
    def test_nothing_is_read_from_the_address(self, app: Program, alice: Account, path: str) -> None:
        given = app.tokens(alice)
        query = urlencode({"client_id": app.application.client_id, "token": given.access})

        assert refused(Client().post(f"{path}?{query}", "", content_type=FORM), "invalid_request")
        assert works(given.access)

    @pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
    def test_other_bodies(self, db: None, kind: str) -> None:
        assert refused(Client().generic("POST", "/oauth/token", b"grant_type=x", content_type=kind), "invalid_request")

    def test_a_field_that_comes_twice(self, app: Program, alice: Account) -> None:
        body = urlencode({"grant_type": "authorization_code", "code": app.code(alice)}) + "&code=another"

        answer = Client().post("/oauth/token", body, content_type=FORM)

        assert refused(answer, "invalid_request")
        assert answer.json()["error_description"] == "'code': once is enough"

    def test_a_session_is_not_looked_at_and_no_form_token_asked_for(self, app: Program, alice: Account) -> None:
        app.client = Client(enforce_csrf_checks=True)

        answer = app.exchange(app.code(alice))

        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


@PROGRAMS
class TestRefresh:
    def test_it_works(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)

        answer = program.refresh(given.refresh)

        assert answer.status_code == 200
        fresh = answer.json()
        assert fresh == {
            "access_token": fresh["access_token"],
            "expires_in": 3600,
            "token_type": "Bearer",
            "scope": SCOPES,
            "refresh_token": fresh["refresh_token"],
        }
        assert {fresh["access_token"], fresh["refresh_token"]}.isdisjoint(given)
        assert works(fresh["access_token"])
        assert not works(given.access)

    def test_for_less(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)

        answer = program.refresh(given.refresh, scope="expenses:read")

        assert answer.json()["scope"] == "expenses:read"

    def test_for_more(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)

        assert refused(program.refresh(given.refresh, scope=f"{SCOPES} account:read"), "invalid_scope")
        assert refused(program.refresh(given.refresh, scope="everything"), "invalid_scope")

    def test_a_second_use_revokes_all_that_came_of_it(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)
        second = program.refresh(given.refresh).json()
        third = program.refresh(second["refresh_token"]).json()

        assert refused(program.refresh(given.refresh), "invalid_grant")

        assert not works(third["access_token"])
        assert refused(program.refresh(third["refresh_token"]), "invalid_grant")
        assert held(alice) == 0

    def test_another_familys_tokens_stay(self, program: Program, alice: Account) -> None:
        given, phone = program.tokens(alice), program.tokens(alice)
        program.refresh(given.refresh)

        program.refresh(given.refresh)

        assert works(phone.access)
        assert program.refresh(phone.refresh).status_code == 200

    @pytest.mark.every_case
    @pytest.mark.parametrize("token", ["", "another", "n\0l"])
    def test_a_wrong_one(self, program: Program, token: str) -> None:
        error = "invalid_request" if "\0" in token else "invalid_grant"

        assert refused(program.refresh(token), error)

    def test_an_access_token_is_none(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)

        assert refused(program.refresh(given.access), "invalid_grant")
        assert works(given.access)

    def test_a_revoked_one(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)
        grant_revoke(user_id=alice.id, application_id=program.application.id)

        assert refused(program.refresh(given.refresh), "invalid_grant")

    def test_for_another_server(self, program: Program, alice: Account) -> None:
        given = program.tokens(alice)

        assert refused(program.refresh(given.refresh, resource="https://other.example"), "invalid_target")


@PROGRAMS
def test_a_closed_account_gets_nothing(program: Program, alice: Account) -> None:
    given, code = program.tokens(alice), program.code(alice)
    User.objects.filter(pk=alice.id).update(is_active=False)

    assert not works(given.access)
    assert refused(program.refresh(given.refresh), "invalid_grant")
    assert refused(program.exchange(code), "invalid_grant")


def test_anothers_refresh_token(app: Program, site: Program, alice: Account) -> None:
    assert refused(site.refresh(app.tokens(alice).refresh), "invalid_grant")


def test_a_code_of_a_program_that_was_refused_since(app: Program, alice: Account) -> None:
    code = app.code(alice)
    grant_revoke(user_id=alice.id, application_id=app.application.id)

    assert refused(app.exchange(code), "invalid_grant")


class TestAtOnce:
    """Somebody comes with the same thing while tokens are being made: one gets something, and that does not last."""

    def test_a_code(self, app: Program, alice: Account, settings: Any) -> None:
        code = app.code(alice)
        first = meanwhile(settings, lambda: app.exchange(code))

        assert refused(app.exchange(code), "invalid_grant")

        assert first[0].status_code == 200
        assert held(alice) == 0

    @pytest.mark.parametrize("asked", ["get_code_challenge", "get_code_challenge_method", "confirm_redirect_uri"])
    def test_a_code_between_two_looks_at_it(self, app: Program, alice: Account, asked: str) -> None:
        code = app.code(alice)
        request: Any = Request("/oauth/token")
        request.client = Application.objects.get()
        app.exchange(code)
        arguments = (
            (app.application.client_id, code, app.redirect_uri, request.client, request)
            if asked == "confirm_redirect_uri"
            else (code, request)
        )

        with pytest.raises(InvalidGrantError):
            getattr(Validator(), asked)(*arguments)

        assert held(alice) == 0

    def test_a_refresh_token(self, app: Program, alice: Account, settings: Any) -> None:
        given = app.tokens(alice)
        first = meanwhile(settings, lambda: app.refresh(given.refresh))

        assert refused(app.refresh(given.refresh), "invalid_grant")

        assert first[0].status_code == 200
        assert held(alice) == 0

    def test_what_is_taken_back_meanwhile_gives_nothing(self, app: Program, alice: Account, settings: Any) -> None:
        given = app.tokens(alice)
        meanwhile(settings, lambda: grant_revoke(user_id=alice.id, application_id=app.application.id))

        assert refused(app.refresh(given.refresh), "invalid_grant")

        assert held(alice) == 0


def meanwhile(settings: Any, happens: Callable[[], Any]) -> list[Any]:
    """Let something happen, once, between the checks of the next request for tokens and their making."""
    came: list[Any] = []

    def generate(request: Any) -> str:
        if not came:
            came.append(None)
            came[0] = happens()
        return random_token_generator(request)

    settings.OAUTH2_PROVIDER = {**settings.OAUTH2_PROVIDER, "ACCESS_TOKEN_GENERATOR": generate}
    return came


def test_wrong_basic(site: Program) -> None:
    for header in ("Basic", "Basic %%%", "Bearer x", basic("a", "b")[:-1]):
        answer = site.client.post("/oauth/token", "grant_type=refresh_token&refresh_token=x", content_type=FORM,
                                  headers={"Authorization": header})  # fmt: skip
        assert refused(answer, "invalid_client", 401)
