"""Who writes at the moment at which his account is closed is asked who he is, in every dialect."""

import pytest

from accounts.selectors import Account
from expenses import services
from tests.cast import NOON, NewClient, OldClient, spend, token_of
from tests.web.meanwhile import meanwhile

WRITES = [
    ("POST", "/api/simple/", "q=lunch+45"),
    ("POST", "/api/expense/", "q=lunch+45"),
    ("POST", "/api/v1.0/expense/", "type=lunch&amount=45"),
    ("PUT", "/api/v1.0/expense/{expense}", "notes=x"),
    ("DELETE", "/api/v1.0/expense/{expense}", ""),
    ("POST", "/api/v1.0/tag/", "name=x"),
    ("POST", "/api/v1.0/report/", "name=x"),
]


@pytest.mark.every_case
@pytest.mark.parametrize("key", ["", "k"])
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("kind", ["password", "token"])
def test_it_is_a_401(alice: Account, kind: str, write: tuple[str, str, str], key: str) -> None:
    method, path, body = write
    row = spend(alice, "lunch 45")
    client = OldClient(alice.email) if kind == "password" else NewClient(token_of(alice))
    headers = {"Idempotency-Key": key} if key else {}
    form = "application/x-www-form-urlencoded"

    with meanwhile(lambda: services.account_close(user_id=alice.id, now=NOON), seen="accounts_user"):
        answer = client.generic(method, path.format(expense=row.id), body, content_type=form, headers=headers)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic" if kind == "password" else "Bearer")
