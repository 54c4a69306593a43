"""Bodies that a signature covers nothing of: what of them is read."""

import base64
import hashlib
from typing import Any

import pytest
from django.test import Client

from accounts.selectors import Account
from expenses.models import Expense
from tests.api.oauth1.program import Program, refusal
from tests.api.test_dialect import ledger
from tests.cast import FORM, spend

ADD = "/api/v1.0/expense/"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=x"
LUNCH = '{"q": "lunch 45"}'
WRONG = (401, "Invalid signature.")


def parts(*heads: str) -> str:
    """Return a multipart body that says "dinner 9999" under each head."""
    return (
        "".join(f"--x\r\nContent-Disposition: form-data; {head}\r\n\r\ndinner 9999\r\n" for head in heads) + "--x--\r\n"
    )


def digest(body: str, kind: str = "sha1") -> str:
    return base64.b64encode(hashlib.new(kind, body.encode()).digest()).decode()


def hashed(program: Program, path: str, body_hash: str, *, method: str = "POST", **choices: Any) -> dict[str, Any]:
    """Return a request whose client signed this hash in its header, by way of what it signs in the query."""
    joint = "&" if "?" in path else "?"
    quoted = body_hash.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
    return program.signed(method, f"{path}{joint}oauth_body_hash={quoted}", **choices)


def with_body(sent: dict[str, Any], body: str, kind: str) -> Any:
    return Client().generic(**{**sent, "data": body, "content_type": kind})


class TestUnsigned:
    """Whoever is on the way adds a body to what was signed without one."""

    @pytest.mark.parametrize("sent", [(JSON, '{"q": "dinner 9999"}'), (JSON, "{"), (MULTIPART, parts('name="q"'))])
    @pytest.mark.parametrize("method", ["GET", "POST"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_what_is_recorded(self, bobs: Program, scheme: str, method: str, sent: tuple[str, str]) -> None:
        bobs.scheme, before, (kind, body) = scheme, Expense.objects.count(), sent

        answer = with_body(bobs.signed(method, f"{ADD}?q=lunch+45"), body, kind)

        assert (answer.status_code, b"body: " in answer.content) == (400, True)
        assert Expense.objects.count() == before

    @pytest.mark.parametrize(
        ("kind", "body"),
        [
            (JSON, '{"action": ""}'),
            (MULTIPART, parts('name="action"')),
            (MULTIPART, parts('name="x"; filename="y"', 'name="action"; filename="y"')),
        ],
    )
    def test_what_is_done(self, bobs: Program, bob: Account, kind: str, body: str) -> None:
        expense = spend(bob, "lunch 45 with jack")

        answer = with_body(bobs.signed("POST", f"{ADD}{expense.id}?action=delete"), body, kind)

        assert answer.status_code == 400
        assert expense.id in {row.id for row in ledger(bob)[0]}

    @pytest.mark.parametrize("name", ["oauth_token", "oauth_x"])
    def test_what_proves_who_signed(self, bobs: Program, name: str) -> None:
        answer = with_body(bobs.signed("POST", ADD), parts('name="q"', f'name="{name}"'), MULTIPART)

        assert (answer.status_code, name in answer.content.decode()) == (400, True)

    def test_a_name_that_cant_be_printed(self, bobs: Program) -> None:
        answer = with_body(bobs.signed("POST", f"{ADD}?a%E2%80%AEb=x"), parts('name="a\u202eb"'), MULTIPART)

        assert (answer.status_code, r"body: 'a\u202eb' is signed" in answer.content.decode()) == (400, True)

    @pytest.mark.parametrize("method", ["GET", "DELETE"])
    def test_files_where_none_are_taken(self, bobs: Program, bob: Account, method: str) -> None:
        expense = spend(bob, "lunch 45 with jack")

        answer = with_body(bobs.signed(method, f"{ADD}{expense.id}"), parts('name="q"'), MULTIPART)

        assert (answer.status_code, b"body: under OAuth 1.0" in answer.content) == (400, True)
        assert expense.id in {row.id for row in ledger(bob)[0]}

    def test_other_fields_beside_a_receipt(self, bobs: Program) -> None:
        answer = with_body(bobs.signed("POST", f"{ADD}?format=json"), parts('name="q"'), MULTIPART)

        assert (answer.status_code, answer.json()["amount"]) == (200, "9999.00")

    def test_a_stranger_hears_of_his_signature_first(self, bobs: Program) -> None:
        sent = bobs.signed("POST", ADD, client_secret="wrong")

        assert refusal(with_body(sent, LUNCH, JSON)) == WRONG


class TestHashed:
    @pytest.mark.parametrize(
        ("method", "kind"),
        [("HMAC-SHA1", "sha1"), ("HMAC-SHA256", "sha256"), ("HMAC-SHA256", "sha1"), ("HMAC-SHA512", "sha512"),
         ("PLAINTEXT", "sha1")],
    )  # fmt: skip
    @pytest.mark.parametrize("verb", ["GET", "POST"])
    def test_it_works(self, bobs: Program, method: str, kind: str, verb: str) -> None:
        bobs.scheme = "https"
        sent = hashed(bobs, ADD, digest(LUNCH, kind), method=verb, signature_method=method)

        answer = with_body(sent, LUNCH, JSON)

        assert (answer.status_code, answer.json()["amount"]) == (200, "45.00")

    def test_a_multipart_body_may_then_say_what_it_likes(self, bobs: Program) -> None:
        body = parts('name="q"')

        answer = with_body(hashed(bobs, f"{ADD}?q=lunch+45", digest(body)), body, MULTIPART)

        assert (answer.status_code, answer.json()["amount"]) == (200, "9999.00")

    @pytest.mark.parametrize(
        ("body", "kind"),
        [(LUNCH.replace("45", "46"), JSON), (parts('name="x"'), MULTIPART), ("&", FORM), ("&", ""), ("", JSON)],
    )
    def test_another_body(self, bobs: Program, bob: Account, body: str, kind: str) -> None:
        before = Expense.objects.count()

        assert refusal(with_body(hashed(bobs, f"{ADD}?q=tea+1", digest(LUNCH)), body, kind)) == WRONG

        assert Expense.objects.count() == before

    @pytest.mark.parametrize(
        "body_hash", ["", "x", "é", digest(LUNCH)[:-1], digest(LUNCH, "sha256"), digest(LUNCH, "md5")]
    )
    def test_what_is_no_hash_of_it(self, bobs: Program, body_hash: str) -> None:
        sent = hashed(bobs, ADD, body_hash.replace("é", "%C3%A9"))

        assert refusal(with_body(sent, LUNCH, JSON)) == WRONG

    def test_no_body(self, bobs: Program) -> None:
        sent = hashed(bobs, "/api/v1.0/expenses/?report=*", digest(""), method="GET")

        assert Client().generic(**sent).status_code == 200

    def test_what_is_not_signed_is_no_hash(self, bobs: Program) -> None:
        sent = bobs.signed("POST", ADD)
        forged = {**sent, "path": f"{ADD}?oauth_body_hash={digest(LUNCH).replace('+', '%2B')}"}

        assert refusal(with_body(forged, LUNCH, JSON)) == WRONG
