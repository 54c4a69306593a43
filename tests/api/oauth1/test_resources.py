"""A ledger under OAuth: what is let in, and all that is not."""

import base64
import hmac
import ipaddress
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone
from oauthlib.oauth1.rfc5849 import Client as Signing
from pytest_django import DjangoAssertNumQueries, Settings

from access.models import AccessToken, Consumer
from access.selectors.oauth1 import access_rows
from access.services.consumers import NewConsumer
from access.services.oauth1 import NewToken, access_token_revoke, request_token_allow
from accounts.models import User
from accounts.selectors import Account
from tests.access.programs import let_in, program
from tests.api.oauth1.program import Program, refusal, token_in
from tests.api.test_dialect import ledger
from tests.cast import FORM, OldClient, basic, headers_of, spend

ROWS = "/api/v1.0/expenses/?report=*&format=json"
WRONG = (401, "Invalid signature.")
MALFORMED = (401, "Invalid request parameters.")


class TestDoors:
    @pytest.mark.parametrize(
        "path", ["/api/oauth/expenses/?format=json", "/api/expenses/?format=json", ROWS, "/api/v1.0/%20expenses/"]
    )
    def test_it_works(self, bobs: Program, bob: Account, path: str) -> None:
        spend(bob, "lunch 45 with jack")

        response = bobs.get(path)

        expected = OldClient(bob.email).get(path)
        assert (response.status_code, response.content) == (200, expected.content)
        assert headers_of(response) == headers_of(expected)

    @pytest.mark.parametrize("path", ["/api/oauth/expense/", "/api/expense", "/api/v1.0/expense/"])
    @pytest.mark.parametrize("place", ["AUTH_HEADER", "BODY", "QUERY"])
    def test_a_form_is_signed_with_it(self, bobs: Program, bob: Account, path: str, place: str) -> None:
        body = "q=caf%C3%A9+45+%23x&d=2009-10-02+05%3A14&tags=a&tags=b"

        assert bobs.post(path, body, signature_type=place).status_code == 200

        (row,) = [row for row in ledger(bob)[0] if row.type == "café"]
        assert str(row.date) == "2009-10-02 05:14:00"

    def test_what_stands_raw_in_a_form(self, bobs: Program, bob: Account) -> None:
        """The documented samples have a raw # (wire §1.0.7); oauthlib would pass over the whole body."""
        sent = bobs.signed("POST", "/api/v1.0/expense/", "q=lunch+34.50+%23personal+%23cash")

        assert Client().generic(**{**sent, "data": "q=lunch+34.50+#personal+#cash\r\n"}).status_code == 200

    def test_the_simple_door_acts_at_once(self, bobs: Program, bob: Account) -> None:
        response = bobs.get("/api/oauth/simple/?q=lunch+45+with+jack&format=json")

        assert (response.status_code, response.json()["data"]["amount"]) == (200, "45.00")

    def test_also_from_a_program_that_looks_like_a_browser(self, bobs: Program, bob: Account) -> None:
        """A signature is not what a page of another site can make its reader send (design §4)."""
        sent = bobs.signed("GET", "/api/v1.0/expense/?q=lunch+45")
        sent["headers"]["User-Agent"] = "Mozilla/5.0"

        assert Client().generic(**sent).status_code == 200

    def test_basic_works_under_the_alias(self, alice: Account, alice_client: OldClient) -> None:
        assert alice_client.get("/api/oauth/expenses/?format=json").status_code == 200

    def test_a_stranger_to_the_alias_hears_of_basic(self, db: None) -> None:
        assert Client().get("/api/oauth/expenses/")["WWW-Authenticate"] == 'Basic realm="API"'

    def test_another_scheme_beats_what_is_in_the_query(self, bobs: Program, alice: Account) -> None:
        sent = bobs.signed("GET", "/api/v1.0/user/", signature_type="QUERY")
        sent["headers"]["Authorization"] = basic(alice.email)

        assert Client().generic(**sent).json()["email"] == alice.email


class TestMethods:
    """Signature methods."""

    @pytest.mark.parametrize("method", ["HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512"])
    def test_hmac(self, bobs: Program, method: str) -> None:
        assert bobs.get(ROWS, signature_method=method).status_code == 200
        assert refusal(bobs.get(ROWS, signature_method=method, client_secret="wrong")) == WRONG

    @pytest.mark.parametrize(
        ("allowed", "scheme", "method"),
        [
            ("signed", "http", "HMAC-SHA1"),
            ("signed", "https", "PLAINTEXT"),
            ("plaintext", "http", "PLAINTEXT"),
            ("plaintext", "http", "HMAC-SHA1"),
            ("none", "https", "HMAC-SHA1"),
            ("none", "https", "PLAINTEXT"),
        ],
    )
    def test_what_may_come(self, bobs: Program, settings: Settings, allowed: str, scheme: str, method: str) -> None:
        settings.OAUTH1_HTTP, bobs.scheme = allowed, scheme

        assert bobs.get(ROWS, signature_method=method).status_code == 200

    @pytest.mark.parametrize(
        ("allowed", "method"), [("signed", "PLAINTEXT"), ("none", "HMAC-SHA1"), ("none", "PLAINTEXT")]
    )
    def test_what_may_not_come_over_http(self, bobs: Program, settings: Settings, allowed: str, method: str) -> None:
        settings.OAUTH1_HTTP = allowed

        assert refusal(bobs.get(ROWS, signature_method=method)) == (401, "Https is needed for this.")

    def test_plaintext_needs_neither_nonce_nor_time(self, bobs: Program) -> None:  # RFC 5849 §3.1
        assert bobs.token is not None
        given = {
            "oauth_consumer_key": bobs.consumer.key, "oauth_token": bobs.token.key,
            "oauth_signature_method": "PLAINTEXT", "oauth_signature": f"{bobs.consumer.secret}%26{bobs.token.secret}",
        }  # fmt: skip
        header = "OAuth " + ", ".join(f'{name}="{value}"' for name, value in given.items())

        for _ in range(2):
            assert Client().get(ROWS, headers={"Authorization": header}, secure=True).status_code == 200
        wrong = Client().get(ROWS, headers={"Authorization": header[:-2] + '"'}, secure=True)
        assert refusal(wrong) == WRONG

    @pytest.mark.parametrize("method", ["RSA-SHA512", "HMAC-MD5", "", "hmac-sha1"])
    def test_none_of_ours(self, bobs: Program, method: str) -> None:
        sent = bobs.signed("GET", ROWS)
        header = re.sub(
            'oauth_signature_method="[^"]*"', f'oauth_signature_method="{method}"', sent["headers"]["Authorization"]
        )

        assert refusal(Client().generic(**{**sent, "headers": {"Authorization": header}})) == MALFORMED


@pytest.fixture(scope="module")
def private() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


class TestRSA:
    @pytest.fixture
    def keyed(self, alice: Account, bob: Account, private: RSAPrivateKey) -> Program:
        """A program with a key of its own, let into Bob's ledger."""
        pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        consumer = program(alice, rsa_key=pem)
        return Program(consumer, let_in(consumer, bob))

    @pytest.fixture
    def sign_as(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        """Let oauthlib's client sign so: for RSA it wants one more package."""

        def teach(method: str, sign: Callable[[bytes], bytes | str]) -> None:
            def signature(base_string: str, client: Signing) -> str:
                made = sign(base_string.encode())
                return made if isinstance(made, str) else base64.b64encode(made).decode()

            monkeypatch.setitem(Signing.SIGNATURE_METHODS, method, signature)

        return teach

    @pytest.mark.parametrize(("method", "algorithm"), [("RSA-SHA1", SHA1()), ("RSA-SHA256", SHA256())])
    def test_it_works(
        self, keyed: Program, private: RSAPrivateKey, sign_as: Any, method: str, algorithm: HashAlgorithm
    ) -> None:
        sign_as(method, lambda text: private.sign(text, PKCS1v15(), algorithm))
        assert keyed.get(ROWS, signature_method=method).status_code == 200

        sign_as(method, lambda text: private.sign(text + b"x", PKCS1v15(), algorithm))
        assert refusal(keyed.get(ROWS, signature_method=method)) == WRONG

    def test_all_the_way(self, keyed: Program, bob: Account, private: RSAPrivateKey, sign_as: Any) -> None:
        sign_as("RSA-SHA1", lambda text: private.sign(text, PKCS1v15(), SHA1()))
        asking = Program(keyed.consumer, choices={"signature_method": "RSA-SHA1"})
        asking.token = token_in(asking.post("/oauth/request_token", callback_uri="oob"))
        _, verifier = request_token_allow(key=asking.token.key, user_id=bob.id, now=timezone.now())

        asking.token = token_in(asking.post("/oauth/access_token", verifier=verifier))

        assert asking.get(ROWS).status_code == 200

    @pytest.mark.parametrize("signature", ["x", "!!!!", "ä", "A" * 344])
    def test_what_is_no_signature(self, keyed: Program, sign_as: Any, signature: str) -> None:
        sign_as("RSA-SHA1", lambda _: signature)

        assert refusal(keyed.get(ROWS, signature_method="RSA-SHA1")) == WRONG

    def test_a_program_without_a_key_and_no_program(self, bobs: Program, private: RSAPrivateKey, sign_as: Any) -> None:
        sign_as("RSA-SHA1", lambda text: private.sign(text, PKCS1v15(), SHA1()))
        nobody = Program(NewConsumer(0, "unknown0unknown0un", ""), bobs.token)

        for signing in (bobs, nobody):
            assert refusal(signing.get(ROWS, signature_method="RSA-SHA1")) == WRONG


class TestBaseString:
    """It is made from the address that the client used."""

    @pytest.mark.parametrize(
        "host", ["localhost:8000", "LOCALHOST:8000", "localhost", "localhost:80", "127.0.0.1:1234", "[::1]:8000",
                 "xpenser.com", "www.xpenser.com", "xpenser.com:80", "localhost:443"]
    )  # fmt: skip
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_hosts_and_ports(self, bobs: Program, host: str, scheme: str) -> None:
        bobs.host, bobs.scheme = host, scheme

        assert bobs.get(ROWS).status_code == 200

    def test_behind_a_proxy(self, bobs: Program, settings: Settings) -> None:
        settings.PROXIES = [ipaddress.ip_network("127.0.0.1")]
        bobs.host, bobs.scheme = "xpenser.com", "https"
        sent = bobs.signed("GET", ROWS)
        forwarded = {
            **sent["headers"], "Host": "localhost:8000", "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "xpenser.com",
        }  # fmt: skip

        answer = Client().generic(**{**sent, "headers": forwarded, "secure": False})

        assert answer.status_code == 200
        assert AccessToken.objects.get().used_from == "192.0.2.1"

    def test_a_proxy_that_is_none(self, bobs: Program) -> None:
        bobs.host, bobs.scheme = "xpenser.com", "https"
        sent = bobs.signed("GET", ROWS)
        forged = {
            **sent["headers"], "Host": "localhost:8000", "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "xpenser.com",
        }  # fmt: skip

        assert refusal(Client().generic(**{**sent, "headers": forged, "secure": False})) == WRONG

    @pytest.mark.parametrize(
        "query", ["report=*&tags=b&tags=a&tags=b", "report=*&tags=%C3%A9&x=%2B+%20", "report=*&&x", "report=*&x=%7E~"]
    )
    def test_queries(self, bobs: Program, query: str) -> None:
        sent = bobs.signed("GET", "/api/v1.0/expenses/?" + query.replace("&&", "&").replace("&x&", "&x=&"))

        assert Client().generic(**{**sent, "path": f"/api/v1.0/expenses/?{query}"}).status_code == 200

    @pytest.mark.parametrize("query", ["x=%E9", "%E9=x"])
    def test_other_encodings_than_utf_8(self, bobs: Program, query: str) -> None:  # RFC 5849 §3.6
        sent = bobs.signed("GET", ROWS)

        assert refusal(Client().generic(**{**sent, "path": f"{ROWS}&{query}"})) == MALFORMED


class TestTampering:
    """Whatever is changed on the way is noticed."""

    @pytest.fixture
    def sent(self, bobs: Program) -> dict[str, Any]:
        return bobs.signed("POST", "/api/v1.0/expense/1?action=delete", "q=lunch+4")

    @pytest.mark.parametrize(
        ("name", "value", "told"),
        [
            ("oauth_consumer_key", "unknown0unknown0un", WRONG),
            ("oauth_token", "unknown0unknown0un", WRONG),
            ("oauth_nonce", "another0nonce", WRONG),
            ("oauth_signature", "bYT5CMsGcbgUdFHObYMEfcx6bsw%3D", WRONG),
            ("oauth_signature", "%C3%A9", WRONG),
            ("oauth_signature_method", "HMAC-SHA256", WRONG),
            ("oauth_signature_method", "RSA-SHA1", WRONG),
            ("oauth_version", "2.0", MALFORMED),
            ("oauth_version", "", MALFORMED),
            ("oauth_consumer_key", "", MALFORMED),
            ("oauth_consumer_key", "short", MALFORMED),
            ("oauth_consumer_key", "x" * 65, MALFORMED),
            ("oauth_consumer_key", "a%00bcdefg", MALFORMED),
            ("oauth_consumer_key", "%E9", MALFORMED),
            ("oauth_token", "", MALFORMED),
            ("oauth_token", "x%27--------", MALFORMED),
            ("oauth_token", "x%00xxxxxxxx", MALFORMED),
            ("oauth_nonce", "", MALFORMED),
            ("oauth_nonce", "short", MALFORMED),
            ("oauth_nonce", "x" * 65, MALFORMED),
            ("oauth_nonce", "%C3%A9%C3%A9%C3%A9%C3%A9", MALFORMED),
            ("oauth_timestamp", "", MALFORMED),
            ("oauth_timestamp", "now", MALFORMED),
            ("oauth_timestamp", "-1234567890", MALFORMED),
            ("oauth_timestamp", "%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1", MALFORMED),
            ("oauth_timestamp", "9" * 5000, MALFORMED),
            ("oauth_signature", "", MALFORMED),
        ],
    )
    def test_a_parameter(self, sent: dict[str, Any], name: str, value: str, told: tuple[int, str]) -> None:
        header = re.sub(f'{name}="[^"]*"', f'{name}="{value}"', sent["headers"]["Authorization"])
        assert header != sent["headers"]["Authorization"]

        answer = Client().generic(**{**sent, "headers": {**sent["headers"], "Authorization": header}})

        assert refusal(answer) == told

    def test_the_time(self, sent: dict[str, Any]) -> None:
        header = re.sub(
            'oauth_timestamp="[^"]*"', f'oauth_timestamp="{int(time.time()) - 9}"', sent["headers"]["Authorization"]
        )

        assert refusal(Client().generic(**{**sent, "headers": {**sent["headers"], "Authorization": header}})) == WRONG

    @pytest.mark.parametrize(
        "name",
        ["oauth_consumer_key", "oauth_token", "oauth_nonce", "oauth_timestamp", "oauth_signature_method",
         "oauth_signature"],
    )  # fmt: skip
    def test_one_that_is_missing(self, sent: dict[str, Any], name: str) -> None:
        header = re.sub(f'{name}="[^"]*"(, )?', "", sent["headers"]["Authorization"])

        answer = Client().generic(**{**sent, "headers": {**sent["headers"], "Authorization": header}})

        assert refusal(answer) == MALFORMED

    @pytest.mark.parametrize(
        "header",
        ["OAuth", "OAuth ", "OAuth x", "OAuth a=b c=d", 'OAuth oauth_token="x', "OAuth ,,,", "OAuth =",
         'OAuth realm="API"', "OAuth oauth_token=%E9", "oauth x=y"],
    )  # fmt: skip
    def test_headers_that_say_nothing(self, db: None, header: str) -> None:
        assert refusal(Client().get(ROWS, headers={"Authorization": header})) == MALFORMED

    @pytest.mark.parametrize(
        "change",
        [
            {"method": "GET"},
            {"method": "DELETE"},
            {"path": "/api/v1.0/expense/2?action=delete"},
            {"path": "/api/v1.0/expense/1/?action=delete"},
            {"path": "/api/v1.0/expense/1"},
            {"path": "/api/v1.0/expense/1?action=delete&status=1"},
            {"path": "/api/v1.0/expense/1?action=deletE"},
            {"data": "q=lunch+5"},
            {"data": "q=lunch+4&q=lunch+5"},
            {"data": "q=lunch+4#"},
            {"data": ""},
            {"content_type": ""},
            {"secure": True},
        ],
        ids=str,
    )
    def test_the_request(self, sent: dict[str, Any], change: dict[str, Any]) -> None:
        if change == {"content_type": ""}:
            change["data"] = "q=lunch+5"  # a form without its type is read, so it is signed

        assert refusal(Client().generic(**{**sent, **change})) == WRONG

    def test_a_body_where_there_was_none(self, bobs: Program) -> None:
        sent = bobs.signed("POST", "/api/v1.0/expense/?q=lunch+4")

        for kind in (FORM, ""):
            changed = {**sent, "data": "q=lunch+5", "content_type": kind}
            assert refusal(Client().generic(**changed)) == WRONG

    @pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8001", "localhost", "xpenser.com"])
    def test_the_host(self, sent: dict[str, Any], host: str) -> None:
        assert refusal(Client().generic(**{**sent, "headers": {**sent["headers"], "Host": host}})) == WRONG

    def test_a_parameter_twice(self, bobs: Program) -> None:  # RFC 5849 §3.2
        sent = bobs.signed("GET", ROWS)

        assert refusal(Client().generic(**{**sent, "path": f"{ROWS}&oauth_token=x"})) == MALFORMED
        header = sent["headers"]["Authorization"] + ', oauth_nonce="x"'
        assert refusal(Client().generic(**{**sent, "headers": {"Authorization": header}})) == MALFORMED

    def test_a_body_too_large_to_be_looked_at(self, bobs: Program) -> None:
        sent = bobs.signed("POST", "/api/v1.0/expense/", "q=lunch+4")

        for length in ("99999999999", "x"):
            assert refusal(Client().generic(**sent, CONTENT_LENGTH=length)) == WRONG


class TestReplay:
    def test_it_works_once(self, bobs: Program) -> None:
        sent = bobs.signed("POST", "/api/v1.0/expense/", "q=lunch+4")

        assert Client().generic(**sent).status_code == 200
        assert refusal(Client().generic(**sent)) == (401, "Nonce already used.")

    def test_a_nonce_is_a_signers_own(self, bobs: Program, app: Program, alice: Account) -> None:
        hers = Program(app.consumer, let_in(app.consumer, alice))
        stamp = {"nonce": "the same one", "timestamp": str(int(time.time()))}

        assert [signing.get(ROWS, **stamp).status_code for signing in (bobs, hers, bobs)] == [200, 200, 401]

    def test_who_can_t_sign_spends_no_nonce(self, bobs: Program) -> None:
        stamp = {"nonce": "a nonce", "timestamp": str(int(time.time()))}

        assert refusal(bobs.get(ROWS, client_secret="wrong", **stamp)) == WRONG
        assert bobs.get(ROWS, **stamp).status_code == 200

    @pytest.mark.parametrize("nonce", ["123456", "x" * 64, "aB3-_.~+/=", "with blank inside", "a" * 41])
    def test_nonces_of_all_kinds(self, bobs: Program, nonce: str) -> None:
        assert bobs.get(ROWS, nonce=nonce).status_code == 200

    @pytest.mark.parametrize(("off", "comes_in"), [(-290, True), (290, True), (-310, False), (310, False)])
    def test_how_far_a_clock_may_be_off(self, bobs: Program, off: int, comes_in: bool) -> None:
        stamp = int(time.time()) + off

        response = bobs.get(ROWS, timestamp=str(stamp))

        if comes_in:
            assert response.status_code == 200
        else:
            status, text = refusal(response)
            assert status == 401
            assert re.fullmatch(f"Expired timestamp: given {stamp} and now [0-9]+[.]", text)


class TestWho:
    def test_a_revoked_token(self, bobs: Program, bob: Account) -> None:
        assert bobs.get(ROWS).status_code == 200

        access_token_revoke(user_id=bob.id, token_id=access_rows(user_id=bob.id)[0].id)

        assert refusal(bobs.get(ROWS)) == WRONG

    def test_a_closed_account(self, bobs: Program, bob: Account) -> None:
        User.objects.filter(pk=bob.id).update(is_active=False)

        assert refusal(bobs.get(ROWS)) == WRONG

    def test_a_program_that_is_gone(self, bobs: Program) -> None:
        Consumer.objects.all().delete()

        assert refusal(bobs.get(ROWS)) == WRONG

    def test_another_program_s_token(self, bobs: Program, alice: Account) -> None:
        assert refusal(Program(program(alice), bobs.token).get(ROWS)) == WRONG

    def test_wrong_secrets(self, bobs: Program) -> None:
        assert bobs.token is not None
        wrong = [
            Program(bobs.consumer._replace(secret="wrong"), bobs.token),
            Program(bobs.consumer, bobs.token._replace(secret="wrong")),
            Program(bobs.consumer._replace(secret=bobs.token.secret), NewToken(bobs.token.key, bobs.consumer.secret)),
        ]

        for signing in wrong:
            assert refusal(signing.get(ROWS)) == WRONG

    def test_a_request_token(self, app: Program, bob: Account) -> None:
        asked = app.post("/oauth/request_token", callback_uri="oob")
        fields = dict(pair.split("=") for pair in asked.content.decode().split("&"))
        asking = Program(app.consumer, NewToken(fields["oauth_token"], fields["oauth_token_secret"]))

        assert refusal(asking.get(ROWS)) == WRONG

    def test_a_program_without_a_token(self, app: Program) -> None:
        assert refusal(app.get(ROWS)) == MALFORMED

    def test_the_work_tells_nothing(
        self, bobs: Program, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        assert bobs.token is not None
        seen: list[str] = []
        sign = hmac.digest

        def counted(key: bytes, message: bytes, digest: str) -> bytes:
            seen.append(digest)
            return sign(key, message, digest)

        monkeypatch.setattr(hmac, "digest", counted)
        strangers = [
            Program(bobs.consumer._replace(secret="wrong"), bobs.token),
            Program(bobs.consumer._replace(key="unknown0unknown0un"), bobs.token),
            Program(bobs.consumer, NewToken("unknown0unknown0un", "x")),
        ]

        for signing in strangers:
            sent = signing.signed("GET", ROWS)
            seen.clear()
            with django_assert_num_queries(1):
                assert refusal(Client().generic(**sent)) == WRONG
            assert seen == ["sha1"]

    def test_a_signed_request_costs_one_question(
        self, bobs: Program, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        assert bobs.get("/api/v1.0/nothing").status_code == 404

        with django_assert_num_queries(1):
            assert bobs.get("/api/v1.0/nothing").status_code == 404

    def test_last_use_is_shown(self, bobs: Program, bob: Account) -> None:
        bobs.get(ROWS)

        (row,) = access_rows(user_id=bob.id)
        assert row.used is not None
        assert row.used_from == "127.0.0.1"

    def test_a_refused_request_is_no_use(self, bobs: Program, bob: Account) -> None:
        bobs.get(ROWS, client_secret="wrong")

        assert access_rows(user_id=bob.id)[0].used is None


def test_what_was_to_be_signed_is_told_nobody(bobs: Program, caplog: pytest.LogCaptureFixture) -> None:
    answers = [
        bobs.get(ROWS, client_secret="wrong"),
        bobs.get(ROWS, timestamp="1234567890"),
        bobs.get(ROWS, nonce="x"),
    ]

    for answer in answers:
        assert b"%26" not in answer.content
        assert b"GET&" not in answer.content
    assert caplog.records == []
