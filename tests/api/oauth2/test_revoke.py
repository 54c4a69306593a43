"""POST /oauth/revoke (RFC 7009)."""

import pytest

from accounts.selectors import Account
from tests.access.oauth2 import held
from tests.api.oauth2.dance import Program
from tests.api.oauth2.test_token import refused, works


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["access", "refresh"])
@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "other"])
def test_it_works(app: Program, alice: Account, slash: str, kind: str, hint: str | None) -> None:
    given = app.tokens(alice)

    answer = app.post(f"/oauth/revoke{slash}", token=getattr(given, kind), token_type_hint=hint)

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert not works(given.access)
    assert refused(app.refresh(given.refresh), "invalid_grant")
    assert held(alice) == 0


def test_with_a_secret(site: Program, alice: Account) -> None:
    given = site.tokens(alice)

    assert site.post("/oauth/revoke", token=given.refresh).status_code == 200
    assert not works(given.access)


def test_what_is_no_token_is_revoked_already(app: Program) -> None:
    assert app.post("/oauth/revoke", token="another").status_code == 200


def test_another_programs_token_stays(app: Program, site: Program, alice: Account) -> None:
    given = app.tokens(alice)

    for token in given:
        assert site.post("/oauth/revoke", token=token).status_code == 200

    assert works(given.access)
    assert app.refresh(given.refresh).status_code == 200


def test_the_persons_other_tokens_stay(app: Program, alice: Account) -> None:
    given, phone = app.tokens(alice), app.tokens(alice)

    app.post("/oauth/revoke", token=given.refresh)

    assert works(phone.access)


def test_no_token(app: Program) -> None:
    assert refused(app.post("/oauth/revoke"), "invalid_request")


def test_no_secret(site: Program, alice: Account) -> None:
    given = site.tokens(alice)
    client_id, site.application = site.application.client_id, site.application._replace(client_secret=None)

    assert refused(site.post("/oauth/revoke", token=given.access, client_id=client_id), "invalid_client", 401)
    assert works(given.access)


def test_no_name(app: Program, alice: Account) -> None:
    given = app.tokens(alice)

    assert refused(app.post("/oauth/revoke", token=given.access, client_id=None), "invalid_client", 401)
    assert works(given.access)
