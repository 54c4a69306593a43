"""What may be done to programs that speak OAuth 2.0, and what may be asked about them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken, Application, Grant

from access.models import Approval
from access.redirects import BadRedirect
from access.scopes import EVERYTHING
from access.scopes import Grant as Permission
from access.selectors.applications import (
    ApplicationRow,
    GrantRow,
    UnknownApplication,
    application_of,
    application_rows,
    grant_rows,
    introspection,
)
from access.selectors.tokens import WrongToken
from access.services.applications import (
    ApplicationNotFound,
    BadApplicationName,
    RedirectCount,
    application_delete,
    application_register,
    grant_revoke,
)
from access.services.oauth2 import approval_note, expired_clear, oauth2_account
from accounts import selectors as accounts
from accounts.models import User
from accounts.selectors import Account
from accounts.services import password_set
from tests.access.oauth2 import CALLBACK, SCOPES, give, held, register
from tests.cast import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def opened(token: str, now: datetime = NOON, used_from: str = "192.0.2.1") -> tuple[Account, Permission]:
    return oauth2_account(token=token, now=now, used_from=used_from)


def test_registering_an_app(alice: Account) -> None:
    new = register(alice)

    assert new.client_secret is None
    assert application_rows(user_id=alice.id) == [
        ApplicationRow(new.id, "Tally", "alice@example.com", new.client_id, (CALLBACK,), False, NOON)
    ]
    assert application_of(client_id=new.client_id).id == new.id


def test_registering_a_program_that_keeps_a_secret(alice: Account) -> None:
    new = register(alice, is_confidential=True)

    assert new.client_secret is not None
    assert len(new.client_secret) == 48
    assert application_rows(user_id=alice.id)[0].is_confidential
    kept = Application.objects.get().client_secret
    assert kept.startswith("sha256$")
    assert new.client_secret not in kept


def test_an_app_has_a_secret_that_nobody_knows(alice: Account) -> None:
    register(alice)

    assert len(Application.objects.get().client_secret) == len("sha256$") + 64


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines", "bell\a"])
def test_a_name_that_cant_be_shown(alice: Account, name: str) -> None:
    with pytest.raises(BadApplicationName):
        register(alice, name=name)


@pytest.mark.parametrize("count", [0, 11])
def test_too_few_and_too_many_addresses(alice: Account, count: int) -> None:
    with pytest.raises(RedirectCount):
        application_register(
            user_id=alice.id, name="Tally", redirect_uris=[CALLBACK] * count, is_confidential=False, now=NOON
        )


def test_a_bad_address(alice: Account) -> None:
    with pytest.raises(BadRedirect):
        register(alice, CALLBACK, "http://app.example/callback")

    assert application_rows(user_id=alice.id) == []


def test_deleting_one_takes_all_that_it_holds_of_anybody(alice: Account, bob: Account) -> None:
    new = register(alice)
    give(new, bob)

    application_delete(user_id=alice.id, application_id=new.id)

    assert (application_rows(user_id=alice.id), held(bob), Approval.objects.count()) == ([], 0, 0)


def test_nobody_deletes_what_others_registered(alice: Account, bob: Account) -> None:
    new = register(alice)

    with pytest.raises(ApplicationNotFound):
        application_delete(user_id=bob.id, application_id=new.id)

    assert len(application_rows(user_id=alice.id)) == 1
    assert application_rows(user_id=bob.id) == []


def test_an_unknown_program(db: None) -> None:
    with pytest.raises(UnknownApplication):
        application_of(client_id="nobody's")


def test_what_a_person_allowed(alice: Account, bob: Account) -> None:
    tally, other = register(alice), register(alice, name="Other")
    give(tally, bob)
    give(tally, bob, scope="reports:read", now=NOON + HOUR, token="second")
    give(other, alice, token="alice's")

    rows = grant_rows(user_id=bob.id, now=NOON)

    assert rows == [
        GrantRow(
            tally.id,
            "Tally",
            "alice@example.com",
            frozenset({"expenses:read", "expenses:write", "reports:read"}),
            NOON,
            None,
            "",
        )
    ]


def test_what_has_ended_is_not_shown(alice: Account) -> None:
    give(register(alice), alice)
    end = NOON + HOUR + 90 * DAY

    assert len(grant_rows(user_id=alice.id, now=end - timedelta(seconds=1))) == 1
    assert grant_rows(user_id=alice.id, now=end) == []


def test_revoking_takes_everything(alice: Account, bob: Account) -> None:
    tally = register(alice)
    token, _ = give(tally, bob)
    give(tally, bob, token="second")
    give(tally, alice, token="alice's")
    Grant.objects.create(
        user_id=bob.id, application_id=tally.id, code="code", expires=NOON + HOUR, redirect_uri=CALLBACK
    )

    grant_revoke(user_id=bob.id, application_id=tally.id)

    assert (held(bob), held(alice), grant_rows(user_id=bob.id, now=NOON)) == (0, 2, [])
    with pytest.raises(WrongToken):
        opened(token)
    with pytest.raises(ApplicationNotFound):
        grant_revoke(user_id=bob.id, application_id=tally.id)


def test_a_token_opens_its_account_by_one_indexed_question(alice: Account, bob: Account) -> None:
    token, _ = give(register(alice), bob)
    opened(token)

    with CaptureQueriesContext(connection) as asked:
        found = opened(token)

    assert found == (accounts.account(email=bob.email), Permission("oauth2", frozenset(SCOPES.split())))
    assert len(asked) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
            assert not any("SCAN" in str(row) for row in cursor.fetchall())


def test_its_use_is_noted_once_a_minute(alice: Account, bob: Account) -> None:
    token, _ = give(register(alice), bob)

    noted = []
    for seconds in (0, 59, 60, 61):
        opened(token, NOON + timedelta(seconds=seconds), str(seconds))
        (row,) = grant_rows(user_id=bob.id, now=NOON)
        noted.append((row.used, row.used_from))

    later = (NOON + timedelta(seconds=60), "60")
    assert noted == [(NOON, "0"), (NOON, "0"), later, later]


def test_what_is_no_scope_any_more_is_not_granted(alice: Account) -> None:
    token, _ = give(register(alice), alice, scope="expenses:read everything:else")

    assert opened(token)[1].scopes == EVERYTHING & {"expenses:read"}


def test_a_token_ends_to_the_second(alice: Account) -> None:
    token, _ = give(register(alice), alice)

    assert opened(token, NOON + HOUR - timedelta(microseconds=1))
    with pytest.raises(WrongToken):
        opened(token, NOON + HOUR)


@pytest.mark.parametrize("token", ["", "other", "OPENS", "opens again"])
def test_a_wrong_token(alice: Account, token: str) -> None:
    give(register(alice), alice)

    with pytest.raises(WrongToken):
        opened(token)


def test_no_token_is_kept(alice: Account) -> None:
    give(register(alice), alice)

    row = AccessToken.objects.get()
    assert (row.token, row.refresh_token.token) == ("", "")


def test_a_closed_account_is_closed_to_tokens(alice: Account, bob: Account) -> None:
    tally = register(alice)
    token, refresh = give(tally, bob)
    User.objects.filter(pk=bob.id).update(is_active=False)

    for given in (token, refresh):
        with pytest.raises(WrongToken):
            introspection(token=given, application_id=tally.id, now=NOON)
    with pytest.raises(WrongToken):
        opened(token)


def test_a_changed_password_leaves_tokens_alone(alice: Account) -> None:
    token, _ = give(register(alice), alice)

    password_set(user_id=alice.id, password="another fine old password")

    assert opened(token)[0].id == alice.id


def test_expired_rows_are_cleared(alice: Account, bob: Account) -> None:
    tally, now = register(alice), datetime.now(UTC)
    give(tally, alice, now=now - 100 * DAY)
    give(tally, bob, now=now - 80 * DAY, token="bob's")
    Grant.objects.create(
        user_id=alice.id, application_id=tally.id, code="code", expires=now - HOUR, redirect_uri=CALLBACK
    )

    expired_clear(now=now)

    assert (held(alice), held(bob)) == (0, 2)
    assert list(Approval.objects.values_list("user_id", flat=True)) == [bob.id]


def test_an_approval_that_waits_for_its_tokens_is_kept(alice: Account) -> None:
    approval_note(user_id=alice.id, application_id=register(alice).id, now=NOON)

    expired_clear(now=NOON + HOUR)
    assert Approval.objects.count() == 1

    expired_clear(now=NOON + 2 * DAY)
    assert Approval.objects.count() == 0
