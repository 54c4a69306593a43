"""Whatever comes in that can't be meant gets a 4xx in the dialect's form; nothing is stored; the next request works."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage

from accounts.selectors import Account
from expenses import services
from tests.cast import FORM, NOON, OldClient, spend
from tests.expenses import pictures

pytestmark = pytest.mark.every_case

NUMBERS = [
    "abc", "NaN", "nan", "Infinity", "-Infinity", "1e400", "1e5", "0x10", "１２", "1,234.56", "12,50", "", " ",
    "--5", ".", "9" * 41, "1" + "0" * 15, "-1" + "0" * 15, "999999999999999.9999", "$5", "12 EUR", "1_000",
]  # fmt: skip
DATES = [
    "abc", "2009-02-30", "2009-13-01", "0000-01-01", "99999-01-01", "2009-08-26 25:00:00", "2009-08-26 10:61",
    "31 Foo 2009", "13/32/2009", "２００９-08-26", "2009-08-26T10:00:00+99:99", "-1",
]  # fmt: skip
REPORTS = ["999999", "-1", "0", "99999999999999999999999", "no such report", "1.5", "{bob_report}", "**"]
STRANGE_TEXTS = ["a%00b", "%ED%A0%80", "%FF%FE%81", "%C3%28%90"]
ITEM_IDS = ["0", "-1", "999999", "99999999999999999999999", "abc", "1.5", "１", "{bob_expense}", "%00"]

Case = tuple[str, str, list[str]]


def _each(name: str, values: list[str], paths: list[str]) -> list[Case]:
    return [(path, name, [quote(value, safe="{}") for value in values]) for path in paths]


V1_ITEM, CLASSIC_ITEM = "/api/v1.0/expense/{expense}", "/api/expense/{expense}"
ITEMS = [V1_ITEM, CLASSIC_ITEM]
CREATES = ["/api/v1.0/expense/", "/api/expense/"]
AS_XML = "/api/v1.0/expense/?format=xml"
LISTS = ["/api/v1.0/expenses/", "/api/expenses/"]
OPERATORS = ["ne", "LT", "<", "gt;drop table", "__lt", "regex", "in"]

POSTED: list[Case] = [
    *_each("amount", NUMBERS, [*ITEMS, *CREATES]),
    *_each("rawamount", [value for value in NUMBERS if value.strip()], [*ITEMS, *CREATES]),
    *_each("date", [*DATES, ""], [*ITEMS, *CREATES]),
    *_each("report", REPORTS, [*ITEMS, *CREATES]),
    *_each("type", ["", " ", "a\nb", "\x01", "x" * 201], [*ITEMS, *CREATES]),
    *_each("notes", ["x" * 20_001], [*ITEMS, *CREATES]),
    *_each("amount", NUMBERS, [AS_XML, V1_ITEM + "?format=xml"]),
    *_each("tags", ["x" * 101, "\x01", " ".join(f"t{n}" for n in range(101)), "t " * 1001], [*ITEMS, *CREATES]),
    *_each("action", ["destroy", "DELETE", "delete;"], [*ITEMS, "/api/v1.0/tag/{tag}", "/api/v1.0/report/{report}"]),
    *_each("q", ["lunch", "45", "x" * 2001, "lunch " + "9" * 16, "lunch 20 EUR", "Time stop"],
             [*CREATES, "/api/simple/?format=json"]),
    *_each("report", REPORTS, ["/api/simple/?format=json&q=lunch+5"]),
    *_each("r", REPORTS, ["/api/v1.0/expense/?q=lunch+5"]),
    *_each("d", DATES, ["/api/v1.0/expense/?q=lunch+5"]),
    *_each("name", ["", " ", "#", "a\nb", "\x01", "x" * 101], ["/api/v1.0/tag/", "/api/v1.0/tag/{tag}"]),
    *_each("name", ["", " ", "a\nb", "\x01", "x" * 201], ["/api/v1.0/report/", "/api/v1.0/report/{report}"]),
    *_each("status", ["Z", "closed", "-1"], ["/api/v1.0/report/?name=new", "/api/v1.0/report/{report}"]),
    *_each("is_default", ["0", "no", "maybe"], ["/api/v1.0/report/{report}"]),
    *[(path, name, STRANGE_TEXTS) for path in [*ITEMS, *CREATES] for name in ("notes", "type")],
    ("/api/simple/?format=json", "q", [f"lunch+5+{text}" for text in STRANGE_TEXTS]),
    ("/api/v1.0/tag/", "name", STRANGE_TEXTS),
    ("/api/v1.0/report/", "name", STRANGE_TEXTS),
]  # fmt: skip
ASKED: list[Case] = [
    *_each("amount", [value for value in NUMBERS if value.strip() and "0" * 15 not in value and ".9999" not in value],
             LISTS),
    *[case for name in ("date", "created", "modified") for case in _each(name, DATES, LISTS)],
    *[case for name in ("amount_op", "date_op", "created_op", "modified_op") for case in _each(name, OPERATORS, LISTS)],
    *_each("report", REPORTS, LISTS),
    *_each("format", ["yaml", "pickle", "JSON", "html", "<script>", "../etc"], LISTS),
    *_each("q", ["", "lunch", "45", "x" * 2001, "lunch " + "9" * 16, "Time stop", "lunch\0 5"],
           ["/api/v1.0/expense/", AS_XML, "/api/simple/?format=json"]),
    *_each("date", DATES, ["/api/v1.0/expenses/?format=xml"]),
    *_each("format", ["yaml", "csv", "qif"], ["/api/v1.0/tags/", "/api/v1.0/reports/", V1_ITEM, CLASSIC_ITEM]),
    *[(path, name, STRANGE_TEXTS) for path in LISTS for name in ("type", "notes", "tags", "report")],
]  # fmt: skip


@pytest.fixture
def ids(alice: Account, bob: Account) -> dict[str, int]:
    """Give the ids of Alice's things, and of Bob's."""
    report = services.report_create(user_id=alice.id, name="Trip", now=NOON)
    bobs_report = services.report_create(user_id=bob.id, name="Bob's", now=NOON)
    expense = spend(alice, "lunch 45 with jack #clientx", report_id=report.id)
    return {
        "expense": expense.id,
        "report": report.id,
        "tag": expense.tags[0].id,
        "bob_expense": spend(bob, "dinner 7").id,
        "bob_report": bobs_report.id,
    }


def everything() -> dict[str, list[Any]]:
    """Return every row of the ledger's tables, and every file."""
    models = [model for app in ("accounts", "reports", "expenses") for model in apps.get_app_config(app).get_models()]
    rows = {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}
    return rows | {"files": sorted(_files(""))}


def _files(folder: str) -> Iterator[str]:
    if default_storage.exists(folder or "."):
        folders, files = default_storage.listdir(folder)
        yield from (f"{folder}/{name}" for name in files)
        for name in folders:
            yield from _files(f"{folder}/{name}".strip("/"))


def is_in_the_dialects_form(path: str, response: Any) -> bool:
    """Tell whether a refusal is one of the wire's: words in plain text, or the classic API's envelope."""
    kind, body = response.headers.get("Content-Type", ""), response.content.decode()
    if "Traceback" in body or "Exception" in body:
        return False
    if response.status_code == 405:  # stays empty (wire §7 row 24b)
        return not body and "Allow" in response.headers
    if kind == "application/json":
        answer = json.loads(body)
        return bool("/v1.0/" not in path and answer["status"] == response.status_code and answer["error"])
    return (kind == "text/plain; charset=utf-8" and body.split(":")[0] in {
        "Bad Request", "Not Found", "Conflict/Duplicate", "Forbidden", "Request Entity Too Large",
        "Unsupported Media Type", "Invalid output format specified",
    }) or body.startswith("Invalid output format specified '")  # fmt: skip


def check_refused(path: str, response: Any) -> None:
    assert 400 <= response.status_code < 500, (response.status_code, response.content[:200])
    assert is_in_the_dialects_form(path, response), response.content[:300]


@contextmanager
def nothing_stored(client: OldClient) -> Iterator[None]:
    """See that what is done meanwhile leaves nothing behind, and that the next request works."""
    before = everything()
    yield
    assert everything() == before
    assert client.get("/api/v1.0/expenses/").status_code == 200


@pytest.mark.parametrize("case", POSTED, ids=lambda case: "-".join(case[:2]))
def test_bad_values_are_refused(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, case: Case
) -> None:
    path, name, values = case[0].format(**ids), case[1], [value.format(**ids) for value in case[2]]
    with nothing_stored(alice_client):
        for value in values:
            with subtests.test(value=value):
                response = alice_client.send(path, _form(path, name, value))

                check_refused(path, response)


def _form(path: str, name: str, value: str) -> str:
    """Return a form with the field; where it would make an expense, one that would, but for the field."""
    if not path.removesuffix("?format=xml").endswith("/expense/"):
        return f"{name}={value}"
    return "&".join(f"{name}={value}" for name, value in {"type": "lunch", "amount": "5", name: value}.items())


@pytest.mark.parametrize("case", ASKED, ids=lambda case: "-".join(case[:2]))
def test_bad_questions_are_refused(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, case: Case
) -> None:
    path, name, values = case[0].format(**ids), case[1], [value.format(**ids) for value in case[2]]
    with nothing_stored(alice_client):
        for value in values:
            with subtests.test(value=value):
                response = alice_client.get(f"{path}{'&' if '?' in path else '?'}{name}={value}")

                check_refused(path, response)


KINDS = ["/api/v1.0/expense/", "/api/v1.0/tag/", "/api/v1.0/report/", "/api/v1.0/receipt/", "/api/v1.0/category/",
         "/api/v1.0/people/", "/api/expense/"]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_ids_that_are_nobodys_lead_nowhere(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, kind: str, method: str
) -> None:
    deleted = alice_client.send("/api/v1.0/expense/", "q=gone+1").json()["id"]
    alice_client.delete(f"/api/v1.0/expense/{deleted}")
    with nothing_stored(alice_client):
        for item in [*ITEM_IDS, *([str(deleted)] if method in {"get", "post", "put"} else [])]:
            with subtests.test(item=item):
                path = kind + item.format(**ids)
                response = getattr(alice_client, method)(path, "amount=1" if method != "get" else {}, content_type=FORM)

                check_refused(path, response)


def _bodies() -> list[tuple[str, str, bytes]]:
    boundary = "multipart/form-data; boundary=x"
    picture = pictures.jpeg()
    deep = b'{"q":' * 50_000 + b'"lunch 5"' + b"}" * 50_000
    return [
        ("a megabyte of text", FORM, b"q=lunch+5+" + b"x" * 999_990),
        ("a megabyte of notes", FORM, b"type=lunch&amount=5&notes=" + b"x" * 999_970),
        ("10 MB of text", FORM, b"q=lunch+5+" + b"x" * 10_000_000),
        ("10 MB of JSON", "application/json", b'{"q": "lunch 5 ' + b"x" * 10_000_000 + b'"}'),
        ("2 MB of text in multipart", boundary, _file("receipt", picture, notes=b"x" * 2_000_000)),
        ("10 000 parameters", FORM, b"q=lunch+5&" + b"&".join(b"a%d=1" % number for number in range(10_000))),
        ("deep JSON", "application/json", deep),
        ("a JSON array", "application/json", b'["lunch 5"]'),
        ("half JSON", "application/json", b'{"q": "lunch 5"'),
        ("an object in JSON", "application/json", b'{"q": {"a": 1}}'),
        ("a surrogate in JSON", "application/json", b'{"q": "lunch 5 \\ud800"}'),
        ("a NUL in JSON", "application/json", b'{"q": "lunch 5 \\u0000"}'),
        ("NaN in JSON", "application/json", b'{"type": "lunch", "amount": NaN}'),
        ("XML", "text/xml", b"<q>lunch 5</q>"),
        ("YAML", "application/x-yaml", b"q: lunch 5"),
        ("a pickle", "application/python-pickle", b"cos\nsystem\n(S'true'\ntR."),
        ("multipart without boundary", "multipart/form-data", b"q=lunch 5"),
        ("multipart cut short", boundary, b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\nlunch 5'),
        ("a file of no picture", boundary, _file("receipt", b"just text")),
        ("HTML named JPG", boundary, _file("receipt", b"<html><script>alert(1)</script></html>")),
        ("half a picture", boundary, _file("image", picture[: len(picture) // 2])),
        ("a bomb", boundary, _file("file", pictures.png_bomb())),
        ("two receipts", boundary, _file("image", picture)[:-7] + b"\r\n" + _file("receipt", picture)),
        ("two of one name", boundary, _file("image", picture)[:-7] + b"\r\n" + _file("image", picture)),
        ("a part without a name", boundary, _file("image", picture).replace(b'form-data; name="image"', b"form-data")),
        ("a NUL in multipart", boundary, _file("receipt", picture, notes=b"a\0b")),
        ("eleven files", boundary, b"".join(_file(f"f{number}", b"x")[:-5] for number in range(11)) + b"--x--\r\n"),
    ]


def _file(name: str, content: bytes, notes: bytes = b"") -> bytes:
    """Return a multipart form that would make an expense with a receipt."""
    fields = {b"type": b"lunch", b"amount": b"5", b"notes": notes}
    parts = [b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % field for field in fields.items()]
    head = b'--x\r\nContent-Disposition: form-data; name="%s"; filename="a.jpg"\r\n' % name.encode()
    return b"".join(parts) + head + b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n--x--\r\n"


@pytest.mark.parametrize("path", [*CREATES, "/api/simple/?format=json"])
def test_bad_bodies_are_refused(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, path: str
) -> None:
    with nothing_stored(alice_client):
        for what, content_type, body in _bodies():
            with subtests.test(what):
                response = alice_client.post(path, body, content_type=content_type)

                check_refused(path, response)


@pytest.mark.parametrize(
    "path", ["tag/?name=new", "tag/{tag}?name=new", "report/?name=new", "report/{report}?name=new", "orgchart/contact/"]
)
def test_bad_bodies_are_refused_where_they_are_not_needed(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, path: str
) -> None:
    path = f"/api/v1.0/{path.format(**ids)}"
    with nothing_stored(alice_client):
        for what, content_type, body in _bodies():
            if what not in {
                "a megabyte of text",
                "a megabyte of notes",
                "NaN in JSON",
            }:  # fields that mean nothing here
                with subtests.test(what):
                    response = alice_client.post(path, body, content_type=content_type)

                    check_refused(path, response)


@pytest.mark.parametrize("path", ITEMS)
def test_bad_changes_are_refused(
    alice_client: OldClient, ids: dict[str, int], subtests: pytest.Subtests, path: str
) -> None:
    path = path.format(**ids)
    with nothing_stored(alice_client):
        for what, content_type, body in _bodies():
            if b"q" not in body[:10] and b'"q"' not in body[:80]:  # a change has no q, so it is not looked at there
                with subtests.test(what):
                    response = alice_client.post(path, body, content_type=content_type)

                    check_refused(path, response)


def test_a_body_beyond_the_limit_is_refused(alice_client: OldClient, ids: dict[str, int]) -> None:
    with nothing_stored(alice_client):
        response = alice_client.send("/api/v1.0/expense/", "q=lunch+5+" + "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

        assert response.status_code == 413
        check_refused("/api/v1.0/expense/", response)
