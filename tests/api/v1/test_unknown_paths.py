"""Every path of v1.0, those that are none included: who calls is asked first, then how, then what."""

import pytest
from django.test import Client

from accounts.selectors import Account
from reports.models import Report
from tests.api.v1 import V1, rows_of
from tests.cast import FORM, OldClient, basic

LISTS = "GET, HEAD, OPTIONS"
ITEMS = "GET, POST, PUT, DELETE, HEAD, OPTIONS"
ROUTES = [
    ("expenses", LISTS),
    ("expense", "GET, POST, HEAD, OPTIONS"),
    ("expense/1", ITEMS),
    ("tags", LISTS),
    ("tag", "POST, OPTIONS"),
    ("tag/1", ITEMS),
    ("reports", LISTS),
    ("report", "GET, POST, HEAD, OPTIONS"),
    ("report/1", ITEMS),
    ("user", LISTS),
    ("users", LISTS),
    ("receipts", LISTS),
    ("receipt/1", LISTS),
    ("categories", LISTS),
    ("category/1", LISTS),
    ("orgchart/people/1", LISTS),
    ("people/1", LISTS),
    ("orgchart/contact", "POST, OPTIONS"),
]
NOWHERE = [
    "", "nothing", "nothing/", "expenses/1", "expense/abc", "expense/-1", "expense/1/2", "expense/1//", "expense//",
    "expense/9999999999999999999", "Expenses", "tag/cash", "report/default", "user/1", "people", "orgchart/people",
    "orgchart", "expense.json", "xexpenses", "expense/1x", "../expenses", "%2e%2e/tags", "expense/%00", "%E9",
]  # fmt: skip
METHODS = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]


@pytest.mark.parametrize("path", NOWHERE)
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options", "trace"])
def test_there_is_nothing(alice: Account, alice_client: OldClient, method: str, path: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/{path}")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content == b"Not Found"


def test_a_head_of_nothing(alice_client: OldClient) -> None:
    response = alice_client.head(f"{V1}/nothing")

    assert response.status_code == 404
    assert response.content == b""


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", ["nothing", *(path for path, _ in ROUTES)])
@pytest.mark.parametrize("method", METHODS)
def test_who_calls_is_asked_first(db: None, method: str, path: str, slash: str) -> None:
    """Before the method, the format and the body, and on a path of nothing too: a stranger can't tell them apart."""
    response = getattr(Client(), method)(f"{V1}/{path}{slash}?format=yaml&q=lunch+3", headers={"Origin": "null"})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert response.headers["Vary"] == "Authorization"
    assert "Location" not in response.headers
    assert response.content == (b"" if method == "head" else b"Authorization Required")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("q=lunch+3", FORM),
        ("q=lunch+3", ""),
        ("{", "application/json"),
        ("x", "multipart/form-data"),
        ("x", "text/yaml"),
    ],
)
@pytest.mark.parametrize("path", ["expense/", "expense/1?action=delete", "tag/", "report/", "nothing"])
def test_who_calls_is_asked_before_a_body_is_looked_at(alice: Account, path: str, body: str, content_type: str) -> None:
    wrong = {"Authorization": basic(alice.email, "wrong")}

    response = Client().post(f"{V1}/{path}", body, content_type=content_type, headers=wrong)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Basic realm="API"'
    assert rows_of(alice) == []


@pytest.mark.parametrize(("path", "allow"), ROUTES)
@pytest.mark.parametrize("slash", ["", "/"])
def test_methods(alice_client: OldClient, path: str, allow: str, slash: str) -> None:
    """A method that a path has not is answered with those that it has, and nothing else."""
    for method in METHODS:
        if method.upper() in allow:
            continue
        response = getattr(alice_client, method)(f"{V1}/{path}{slash}?format=yaml")

        assert response.status_code == 405
        assert response.headers["Allow"] == allow
        assert response.headers["Vary"] == "Authorization"
        assert "Content-Type" not in response.headers
        assert response.content == b""


@pytest.mark.parametrize(("path", "allow"), ROUTES)
def test_options(alice_client: OldClient, path: str, allow: str) -> None:
    response = alice_client.options(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Allow"] == allow
    assert response.headers["Vary"] == "Authorization"
    assert response.content == b""


@pytest.mark.parametrize(("path", "allow"), [route for route in ROUTES if "HEAD" in route[1] and "1" not in route[0]])
def test_heads(alice_client: OldClient, path: str, allow: str) -> None:
    got = alice_client.get(f"{V1}/{path}")

    response = alice_client.head(f"{V1}/{path}")

    assert response.status_code == got.status_code
    assert response.headers["Content-Type"] == got.headers["Content-Type"]
    assert response.headers["Vary"] == "Authorization"
    assert response.content == b""


@pytest.mark.parametrize(("path", "allow"), ROUTES)
@pytest.mark.parametrize("blank", ["%20", "%20%20", "%09"])
def test_a_blank_before_any_path(alice_client: OldClient, blank: str, path: str, allow: str) -> None:
    response = alice_client.options(f"{V1}/{blank}{path}")

    assert response.status_code == 200
    assert response.headers["Allow"] == allow


@pytest.mark.parametrize("path", ["expenses", "tags", "reports", "user", "users", "receipts", "categories", "report"])
@pytest.mark.parametrize("output", ["yaml", "pickle", "django", "xml,json", "JSON"])
def test_an_unknown_format(alice_client: OldClient, path: str, output: str) -> None:
    response = alice_client.get(f"{V1}/{path}?format={output}")

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"Invalid output format specified '{output}'."


def test_a_fault_of_ours_tells_nothing(
    alice: Account, alice_client: OldClient, caplog: pytest.LogCaptureFixture
) -> None:
    Report.objects.filter(user_id=alice.id).update(is_default=False)  # what no service does
    alice_client.raise_request_exception = False

    response = alice_client.get(f"{V1}/report/")

    assert response.status_code == 500
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == b"Internal Server Error"
    assert "DoesNotExist" in caplog.text
