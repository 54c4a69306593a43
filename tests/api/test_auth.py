import base64
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from access.scopes import Grant
from accounts import passwords
from accounts.models import User
from accounts.selectors import Account
from api.auth import BasicAuthentication
from tests.cast import NOON, PASSWORD, OldClient, basic, open_account


def asked(authorization: str | None) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    door = Request(RequestFactory().get("/", headers=headers), parser_context={"view": SimpleNamespace(now=NOON)})
    return BasicAuthentication().authenticate(door)


def encoded(octets: bytes) -> str:
    return "Basic " + base64.b64encode(octets).decode("ascii")


class TestBasic:
    def test_it_works(self, alice: Account) -> None:
        assert asked(basic(alice.email)) == (alice, Grant("basic"))

    @pytest.mark.parametrize(
        "spelling",
        [
            "basic {}",
            "BASIC {}",
            "Basic  {}",
            "Basic {} ",
        ],
    )
    def test_every_spelling_of_the_scheme(self, alice: Account, spelling: str) -> None:
        assert asked(spelling.format(basic(alice.email).removeprefix("Basic "))) == (alice, Grant("basic"))

    @pytest.mark.parametrize("email", ["ALICE@example.com", "Alice@Example.COM", "alice@example.com"])
    def test_the_address_in_any_case(self, alice: Account, email: str) -> None:
        assert asked(basic(email)) == (alice, Grant("basic"))

    @pytest.mark.parametrize(
        "authorization", [None, "", "Bearer abc", "OAuth realm=x", "Digest username=x", "Basically x"]
    )
    def test_other_schemes_are_not_its_business(self, authorization: str | None) -> None:
        assert asked(authorization) is None

    @pytest.mark.parametrize("password", ["a:colon:in:it", ":starts with one", "ends with one:", "::::::::"])
    def test_the_name_ends_at_the_first_colon(self, db: None, password: str) -> None:
        user = _user("carla@example.com", password)

        account, _ = asked(basic("carla@example.com", password))

        assert account.id == user.pk

    @pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
    def test_old_clients_send_latin_1(self, db: None, encoding: str) -> None:
        _user("carla@example.com", "pässwört für carla")

        account, _ = asked(encoded("carla@example.com:pässwört für carla".encode(encoding)))

        assert account.email == "carla@example.com"

    @pytest.mark.every_case
    @pytest.mark.parametrize(
        "authorization",
        [
            "Basic",
            "Basic ",
            "Basic !!!!",
            "Basic YWxpY2U",  # the padding is missing
            "Basic YWxp Y2U6eA==",
            "Basic YWxpY2U6eA==\u00e9",
            encoded(b""),
            encoded(b"alice@example.com"),  # no colon
            encoded(b":"),
            encoded(b":password"),
            encoded(b"alice@example.com:a fine\0old password"),
            encoded(b"\xff\xfe:\xff"),
        ],
    )
    def test_what_cant_be_read_as_credentials(self, alice: Account, authorization: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(authorization)

    @pytest.mark.parametrize("garbage", ["!", " ", "\t", "\u00e9"])
    def test_garbage_between_right_ones_is_not_skipped(self, alice: Account, garbage: str) -> None:
        right = basic(alice.email)

        with pytest.raises(AuthenticationFailed):
            asked(right[:20] + garbage + right[20:])

    def test_a_nul_is_refused_where_a_database_would_choke_on_it(self, db: None) -> None:
        _user("carla@example.com", "a nul \0 in it")

        with pytest.raises(AuthenticationFailed):
            asked(basic("carla@example.com", "a nul \0 in it"))

    @pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " ", "x" * 5000])
    def test_a_wrong_password(self, alice: Account, password: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, password))

    def test_another_persons_password(self, alice: Account) -> None:
        _user("carla@example.com", "the password of carla")

        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, "the password of carla"))

    @pytest.mark.parametrize("email", ["nobody@example.com", "", "x" * 10_000, "' OR 1=1 --"])
    def test_an_unknown_account(self, alice: Account, email: str) -> None:
        with pytest.raises(AuthenticationFailed):
            asked(basic(email))

    def test_an_account_without_a_usable_password(self, alice: Account) -> None:
        User.objects.filter(pk=alice.id).update(password=make_password(None))

        with pytest.raises(AuthenticationFailed):
            asked(basic(alice.email, ""))

    @pytest.mark.parametrize("stored", ["", "plain text"])
    def test_a_stored_hash_that_is_none(self, alice: Account, stored: str) -> None:
        User.objects.filter(pk=alice.id).update(password=stored)

        response = Client().get("/api/expenses/", headers={"Authorization": basic(alice.email, "plain text")})

        assert response.status_code == 401


def test_nobody_is_logged_in_by_a_failure_at_the_door(alice: Account) -> None:
    response = Client().get("/api/v1.0/expenses/", headers={"Authorization": basic(alice.email, "wrong")})

    assert response.status_code == 401
    assert response.content == b"Authorization Required"
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'


def _user(email: str, password: str) -> User:
    """A person with just any password, also one that a sign-up would refuse."""
    account = open_account(email)
    User.objects.filter(pk=account.id).update(password=make_password(password))
    return User.objects.get(pk=account.id)


def test_who_would_wait_for_long_is_told_to_come_again(
    alice_client: OldClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    alice_client.get("/api/v1.0/user/")
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)

    with passwords._HASHING:
        refused = Client(headers={"Authorization": basic("alice@example.com", "not it")}).get("/api/v1.0/user/")
        in_classic = OldClient("nobody@example.com").get("/api/expenses/?format=json")
        known = alice_client.get("/api/v1.0/user/")

    assert (refused.status_code, refused.content) == (503, b"Throttled, wait 2 seconds.")
    assert refused.headers["Retry-After"] == "2"
    assert (in_classic.status_code, in_classic.json()) == (503, {"status": 503, "error": "Throttled, wait 2 seconds."})
    assert known.status_code == 200
    assert caplog.records == []  # strangers can't fill the log
