"""POST /oauth/introspect (RFC 7662)."""

from datetime import UTC, datetime

import pytest
from oauth2_provider.models import AccessToken

from accounts.models import User
from accounts.selectors import Account
from tests.access.oauth2 import SCOPES
from tests.api.oauth2.dance import Program
from tests.api.oauth2.test_token import refused

INACTIVE = {"active": False}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["access", "refresh"])
def test_it_works(site: Program, alice: Account, slash: str, kind: str) -> None:
    given = site.tokens(alice)
    row = AccessToken.objects.get()

    answer = site.post(f"/oauth/introspect{slash}", token=getattr(given, kind))

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json() == {
        "active": True,
        "scope": SCOPES,
        "client_id": site.application.client_id,
        "token_type": "Bearer",
        "exp": int(row.expires.timestamp()),
        "iat": int(row.created.timestamp()),
    }


def test_another_programs_token(app: Program, site: Program, alice: Account) -> None:
    for token in app.tokens(alice):
        assert site.post("/oauth/introspect", token=token).json() == INACTIVE


@pytest.mark.parametrize("token", ["another", "xp_another"])
def test_no_token_of_anybodys(site: Program, token: str) -> None:
    assert site.post("/oauth/introspect", token=token).json() == INACTIVE


def test_what_has_ended(site: Program, alice: Account) -> None:
    expired, revoked, rotated = (site.tokens(alice) for _ in range(3))
    AccessToken.objects.order_by("id")[:1].get().delete()
    site.post("/oauth/revoke", token=revoked.access)
    site.refresh(rotated.refresh)

    for token in (*expired, *revoked, *rotated):
        assert site.post("/oauth/introspect", token=token).json() == INACTIVE


def test_a_refresh_token_outlives_its_access_token(site: Program, alice: Account) -> None:
    given = site.tokens(alice)
    AccessToken.objects.update(expires=datetime.now(UTC))

    assert site.post("/oauth/introspect", token=given.access).json() == INACTIVE
    assert site.post("/oauth/introspect", token=given.refresh).json()["active"] is True


def test_a_closed_account(site: Program, alice: Account) -> None:
    given = site.tokens(alice)
    User.objects.filter(pk=alice.id).update(is_active=False)

    for token in given:
        assert site.post("/oauth/introspect", token=token).json() == INACTIVE


def test_who_has_no_secret_hears_nothing(app: Program, alice: Account) -> None:
    assert refused(app.post("/oauth/introspect", token=app.tokens(alice).access), "invalid_client", 401)


def test_a_wrong_secret(site: Program, alice: Account) -> None:
    given = site.tokens(alice)
    site.application = site.application._replace(client_secret="another")

    assert refused(site.post("/oauth/introspect", token=given.access), "invalid_client", 401)


def test_nothing_to_look_at(site: Program) -> None:
    assert refused(site.post("/oauth/introspect"), "invalid_request")
