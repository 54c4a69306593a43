"""The OpenAPI document says what is served, all of it and nothing else."""

import re
from typing import Any, Final

import pytest
import yaml
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pytest_django import Settings

from accounts.selectors import Account
from api.classic import views as classic
from api.reference import views as reference
from api.reference.document import MEDIA, document
from api.v1 import views as v1
from expenses import services
from expenses.receipts import receipt_read
from tests.access.programs import CALLBACK
from tests.api.oauth1.program import Program as Program1
from tests.api.oauth2.dance import Program as Program2
from tests.api.routes import Route, routes
from tests.cast import NOON, OldClient, spend
from tests.expenses import pictures

DOCUMENT: Final[dict[str, Any]] = document(here="http://home.example")
OPERATIONS: Final = {
    (method, path): operation for path, item in DOCUMENT["paths"].items() for method, operation in item.items()
}
# What is at no path, and what tells of the rest.
NOT_TOLD: Final = {v1.NothingView, classic.NothingView, reference.schema, reference.reference}
ROUTES: Final = [
    route
    for route in routes()
    if (view := route.view_class or route.view).__module__.startswith("api.") and view not in NOT_TOLD
]
METHODS: Final = ["get", "post", "put", "patch", "delete"]
# Beside the ledger's doors, which Alice can ask one by one.
OF_PROGRAMS: Final = ("/oauth/", "/.well-known/", "/static/")
QUERIES: Final = {"/expense": "?q=lunch+4", "/simple": "?q=lunch+4"}
BODIES: Final = {
    "/expense": "q=lunch+4", "/simple": "q=lunch+4", "/expense/{expense_id}": "notes=x", "/tag": "name=new",
    "/tag/{tag_id}": "name=other", "/report": "name=New", "/report/{report_id}": "name=Other",
    "/orgchart/contact": "first_name=x",
}  # fmt: skip


def checked(response: Any, operation: dict[str, Any]) -> Any:
    """See that an answer is one that the document tells of, and return what it tells of it."""
    told = operation["responses"]
    answer = told.get(str(response.status_code)) or told[f"{response.status_code // 100}XX"]
    if "content" not in answer:
        assert response.content == b""
        return answer
    kind = response.headers["Content-Type"].partition(";")[0]
    assert kind in answer["content"] or f"{kind.partition('/')[0]}/*" in answer["content"]
    if kind == "application/json":
        whole = {**answer["content"][kind]["schema"], "components": DOCUMENT["components"]}
        Draft202012Validator(whole).validate(response.json())
    return answer


@pytest.fixture
def ids(alice: Account) -> dict[str, Any]:
    """What Alice has of everything, by the name that paths have for its number."""
    row = spend(alice, "lunch 4 #cash")
    services.expense_update(owner=alice, expense_id=row.id, fields={}, now=NOON, picture=receipt_read(pictures.jpeg()))
    receipt = OldClient(alice.email).get("/api/v1.0/receipts/").json()[0]
    return {
        "expense_id": row.id, "tag_id": row.tags[0].id, "receipt_id": receipt["id"], "image": receipt["image"],
        "report_id": services.report_create(user_id=alice.id, name="Trip", now=NOON).id,
        "category_id": services.category_create(user_id=alice.id, name="Meals", now=NOON).id, "company_id": alice.id,
    }  # fmt: skip


def test_it_works() -> None:
    response = Client().get("/api/schema/")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.json() == document(here=settings.PUBLIC_URL)


@pytest.mark.parametrize("path", ["/api/schema?format=yaml", "/api/schema/?format=yaml"])
def test_yaml_says_the_same(path: str) -> None:
    response = Client().get(path)

    assert response.headers["Content-Type"] == "application/yaml"
    assert response.content.startswith(b"openapi: 3.1.0\ninfo:\n  title: Xpenser\n")
    assert yaml.safe_load(response.content) == document(here=settings.PUBLIC_URL)


def test_another_format_is_refused() -> None:
    response = Client().get("/api/schema/?format=<x>")

    assert (response.status_code, response.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert response.content == b"format '<x>': one of json, yaml is wanted"


def test_it_is_only_read() -> None:
    assert Client().post("/api/schema/").status_code == 405


def test_it_is_a_valid_document() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_all_paths_are_in_it_and_no_others() -> None:
    assert {f"/{route.path}" for route in ROUTES} == set(DOCUMENT["paths"])


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"/{route.path}")
def test_all_methods_are_in_it_and_no_others(alice_client: OldClient, route: Route) -> None:
    answered = [
        method
        for method in METHODS
        if alice_client.generic(method.upper(), route.at(1, image="1/x.JPG")).status_code != 405
    ]

    assert set(answered) == set(DOCUMENT["paths"][f"/{route.path}"])


@pytest.mark.parametrize(
    ("method", "path"), [key for key in OPERATIONS if not key[1].startswith(OF_PROGRAMS)], ids="{0[0]}".format
)
def test_answers_are_as_it_says(alice_client: OldClient, ids: dict[str, Any], method: str, path: str) -> None:
    operation, place = OPERATIONS[method, path], re.sub(r"^/api(/v1\.0|/oauth)?", "", path)
    query = QUERIES.get(place, "") if method == "get" else ""
    body = BODIES.get(place, "") if method in {"post", "put"} else ""

    response = alice_client.generic(
        method.upper(), path.format(**ids) + query, body, content_type="application/x-www-form-urlencoded"
    )

    checked(response, operation)
    assert response.status_code == {"/orgchart/contact": 403}.get(place, 204 if method == "delete" else 200)


@pytest.mark.parametrize(
    ("path", "output"),
    [
        (path, output)
        for (method, path), operation in OPERATIONS.items()
        for parameter in operation["parameters"]
        if method == "get" and parameter.get("name") == "format"
        for output in parameter["schema"]["enum"]
    ],
)
def test_every_format_is_answered_as_it_says(
    alice_client: OldClient, ids: dict[str, Any], path: str, output: str
) -> None:
    response = alice_client.get(path.format(**ids), {"format": output, "q": "lunch 4"})

    assert response.status_code == 200
    assert response.headers["Content-Type"].partition(";")[0] == MEDIA[output]
    checked(response, OPERATIONS["get", path])


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("/api/v1.0/expenses", "json"), ("/api/v1.0/tags", "json"), ("/api/expenses", "csv"), ("/api/simple", "html"),
    ],
)  # fmt: skip
def test_what_is_answered_without_a_format_is_as_it_says(alice_client: OldClient, path: str, default: str) -> None:
    (told,) = [each["schema"] for each in OPERATIONS["get", path]["parameters"] if each["name"] == "format"]

    response = alice_client.get(path)

    assert told["default"] == default
    assert response.headers["Content-Type"].partition(";")[0] == MEDIA[default]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1.0/expenses", "/api/expenses", "/api/oauth/expenses",
    ],
)  # fmt: skip
def test_every_comparison_of_a_filter_is_read(alice_client: OldClient, path: str) -> None:
    operators = [each["name"] for each in OPERATIONS["get", path]["parameters"] if each["name"].endswith("_op")]

    assert operators == ["amount_op", "date_op", "created_op", "modified_op"]
    for name in operators:
        response = alice_client.get(path, {name: "nonsense"})
        assert response.status_code == 400
        checked(response, OPERATIONS["get", path])


@pytest.mark.parametrize(
    ("method", "path", "query"),
    [
        ("post", "/api/v1.0/expense", ""), ("post", "/api/expense", ""), ("get", "/api/simple", "?q=lunch"),
        ("get", "/api/simple", "?q=lunch&format=json"), ("get", "/api/expenses", "?date=x"),
        ("post", "/oauth/token", ""), ("post", "/oauth/introspect", ""), ("get", "/oauth/request_token", ""),
    ],
)  # fmt: skip
def test_a_no_is_as_it_says(alice_client: OldClient, method: str, path: str, query: str) -> None:
    response = alice_client.generic(method.upper(), f"{path}{query}")

    assert response.status_code in {400, 401}
    checked(response, OPERATIONS[method, path])


def test_the_picture_is_as_it_says(alice_client: OldClient, ids: dict[str, Any]) -> None:
    operation = OPERATIONS["get", "/static/xpenser/media/Receipts/{image}"]

    response = alice_client.get(f"/static/xpenser/media/Receipts/{ids['image']}")

    assert response.status_code == 200
    checked(response, operation)
    assert list(operation["responses"]) == ["200", "4XX"]
    assert operation["security"] == []


def test_where_receipts_are_closed_it_says_so(settings: Settings) -> None:
    settings.RECEIPTS_PUBLIC = False

    operation = document(here="http://home.example")["paths"]["/static/xpenser/media/Receipts/{image}"]["get"]

    assert list(operation["responses"]) == ["200", "401", "503", "4XX"]
    assert {"token": ["receipts:read"]} in operation["security"]


def test_oauth_2_answers_as_it_says(site: Program2, alice: Account) -> None:
    given = site.exchange(site.code(alice))
    active = site.post("/oauth/introspect", token=given.json()["access_token"])
    revoked = site.post("/oauth/revoke", token=given.json()["access_token"])
    inactive = site.post("/oauth/introspect", token=given.json()["access_token"])

    checked(given, OPERATIONS["post", "/oauth/token"])
    checked(active, OPERATIONS["post", "/oauth/introspect"])
    checked(inactive, OPERATIONS["post", "/oauth/introspect"])
    checked(revoked, OPERATIONS["post", "/oauth/revoke"])
    assert (given.status_code, active.json()["active"], inactive.json()) == (200, True, {"active": False})
    checked(
        Client().get("/.well-known/oauth-authorization-server"),
        OPERATIONS["get", "/.well-known/oauth-authorization-server"],
    )


def test_oauth_1_answers_as_it_says(app1: Program1) -> None:
    response = app1.post("/oauth/request_token", callback_uri=CALLBACK)

    assert response.status_code == 200
    checked(response, OPERATIONS["post", "/oauth/request_token"])


@pytest.mark.parametrize(
    ("method", "path", "scopes", "ways"),
    [
        ("get", "/api/v1.0/expenses", ["expenses:read"], {"oauth1", "token", "oauth2", "basic"}),
        (
            "put", "/api/v1.0/expense/{expense_id}", ["expenses:read", "expenses:write"],
            {"oauth1", "token", "oauth2", "basic"},
        ),
        ("get", "/api/expenses", ["expenses:read"], {"oauth1", "token", "oauth2", "basic", "session"}),
        ("post", "/api/simple", ["expenses:write"], {"oauth1", "token", "oauth2", "basic"}),
    ],
)  # fmt: skip
def test_it_says_who_may_ask(method: str, path: str, scopes: list[str], ways: set[str]) -> None:
    told = {name: granted for way in OPERATIONS[method, path]["security"] for name, granted in way.items()}

    assert set(told) == ways
    assert told["token"] == told["oauth2"] == scopes
    assert told["basic"] == told["oauth1"] == []


def test_a_form_says_what_it_takes() -> None:
    content = OPERATIONS["post", "/api/v1.0/report/{report_id}"]["requestBody"]["content"]
    as_form = content["application/x-www-form-urlencoded"]["schema"]

    assert list(content) == ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]
    assert list(as_form["properties"]) == ["name", "status", "is_default", "action"]
    assert as_form["properties"]["is_default"] == {
        "type": "string", "enum": ["1", "true"], "description": "`1` makes it the default report.",
    }  # fmt: skip
    with_file = OPERATIONS["post", "/api/expense"]["requestBody"]["content"]
    assert [kind for kind, form in with_file.items() if "receipt" in form["schema"]["properties"]] == [
        "multipart/form-data"
    ]
    assert OPERATIONS["post", "/oauth/token"]["requestBody"]["content"].keys() == {"application/x-www-form-urlencoded"}
    assert OPERATIONS["post", "/api/v1.0/tag"]["requestBody"]["required"] is True


def test_objects_are_closed() -> None:
    assert DOCUMENT["components"]["schemas"]["v1.Expense"] == {
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "receipt": {"$ref": "#/components/schemas/v1.Receipt"},
            "rawamount": {
                "type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$",
                "description": "what was typed: miles, minutes, foreign money",
            },
            "notes": {"type": "string"},
            **{
                name: {
                    "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
                    "description": "in the server's zone",
                }
                for name in ("created", "modified")
            },
            "amount": {
                "type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2}$", "description": "in the owner's base currency",
            },
            "date": {
                "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$",
                "description": "on the owner's clock",
            },
            "type": {"type": "string"},
            "id": {"type": "integer"},
            "tags": {"type": "array", "items": {"$ref": "#/components/schemas/v1.Named"}},
            "report_id": {"type": "integer"},
        },
        "required": [
            "status", "rawamount", "notes", "created", "modified", "amount", "date", "type", "id", "tags", "report_id",
        ],
        "additionalProperties": False,
    }  # fmt: skip
    assert DOCUMENT["components"]["schemas"]["classic.Fields"]["properties"]["category"] == {
        "type": ["integer", "null"]
    }
