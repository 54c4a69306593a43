"""The urllib2 family (wire §5, T1 to T6): no credentials at first, then all over again with them after a 401."""

import json
from io import BytesIO
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import (
    BaseHandler,
    HTTPBasicAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    HTTPSHandler,
    ProxyHandler,
    Request,
    build_opener,
)

import pytest
from PIL import Image

from tests.callers import EVERYTHING, PATIENCE, trust
from tests.cast import PASSWORD
from tests.clients.door import Door

pytestmark = pytest.mark.once


class Stays(HTTPRedirectHandler):
    """Follows nobody: a redirected POST would become a GET, and the expense would be lost."""

    def http_error_302(self, req: Request, fp: Any, code: int, msg: str, headers: Any) -> NoReturn:
        pytest.fail(f"{req.get_method()} {req.full_url} was redirected to {headers['Location']}")

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


class Notes(BaseHandler):
    """Writes down what went over the wire: method, whether credentials were with it, status."""

    handler_order = 1  # first of all

    def __init__(self) -> None:
        self.exchanges: list[tuple[str, bool, int]] = []

    def http_response(self, request: Request, response: Any) -> Any:
        self.exchanges.append((request.get_method(), request.has_header("Authorization"), response.status))
        return response

    https_response = http_response

    def http_error_401(self, req: Request, fp: Any, code: int, msg: str, headers: Any) -> None:
        """Close the challenge, which the library leaves to the garbage collector; the next handler answers it."""
        if not req.has_header("Authorization"):
            fp.close()


class Urllib2:
    """A program of 2011: its password is for ``/api/v1.0/`` and no other path."""

    def __init__(self, door: Door, password: str = PASSWORD) -> None:
        passwords = HTTPPasswordMgrWithDefaultRealm()
        passwords.add_password(None, door.api, door.email, password)
        self.notes = Notes()
        tls = [] if door.server.ca is None else [HTTPSHandler(context=trust(door.server))]
        self.opener = build_opener(ProxyHandler({}), HTTPBasicAuthHandler(passwords), Stays(), self.notes, *tls)

    def open(self, url: str, body: bytes | None = None) -> Any:
        """Fetch a URL and return what its JSON holds."""
        with self.opener.open(Request(url, body), timeout=PATIENCE) as response:  # the scheme is the door's
            return json.load(response)


GET_TWICE = [("GET", False, 401), ("GET", True, 200)]
POST_TWICE = [("POST", False, 401), ("POST", True, 200)]


@pytest.mark.parametrize("path", ["expenses", "expenses/?", "expenses/", "expenses?"])
def test_it_works(door: Door, path: str) -> None:  # T1, T2
    client = Urllib2(door)

    rows = client.open(door.api + path)

    assert [(row["type"], row["amount"], list(row)) for row in rows] == [
        (
            "Sample Expense",
            "0.00",
            [
                "status",
                "rawamount",
                "notes",
                "created",
                "modified",
                "amount",
                "date",
                "type",
                "id",
                "tags",
                "report_id",
            ],
        )
    ]
    assert client.notes.exchanges == GET_TWICE


def test_a_star_and_a_plus_in_the_query_need_no_escape(door: Door) -> None:  # T2
    client = Urllib2(door)

    changed = client.open(f"{door.api}expenses/?modified=2010-09-28+00:00:00&modified_op=gt&report=*")
    unchanged = client.open(f"{door.api}expenses/?modified=2910-09-28+00:00:00&modified_op=gt&report=*")

    assert [row["type"] for row in changed] == ["Sample Expense"]
    assert unchanged == []


def test_an_expense_posted_twice_for_the_401_is_stored_once(door: Door) -> None:
    client = Urllib2(door)

    made = client.open(f"{door.api}expense/", b"q=lunch+34.50+with+jack+#cash&d=2009-10-02+05:14")

    assert client.notes.exchanges == POST_TWICE
    assert (made["type"], made["amount"], made["notes"]) == ("lunch", "34.50", "with jack")
    assert client.open(f"{door.api}expenses?type=lunch") == [made]


def test_an_edit_is_answered_with_the_expense(door: Door) -> None:  # T3
    client = Urllib2(door)
    made = client.open(f"{door.api}expense/", b"q=lunch+45")

    edited = client.open(f"{door.api}expense/{made['id']}", b"notes=with+Jack&amount=46.80&tags=personal+cash")

    assert edited == {
        **made,
        "notes": "with Jack",
        "amount": "46.80",
        "rawamount": "46.80",
        "modified": edited["modified"],
        "tags": edited["tags"],
    }
    assert [tag["name"] for tag in edited["tags"]] == ["personal", "cash"]
    assert client.notes.exchanges == POST_TWICE + POST_TWICE


def test_a_report_is_made_found_by_name_filled_and_handed_in(door: Door) -> None:  # T4, T5
    client = Urllib2(door)

    report = client.open(f"{door.api}report/", b"name=Trip+to+Oslo")
    found = {row["name"]: row for row in client.open(f"{door.api}reports/?status=U")}["Trip to Oslo"]
    expense = client.open(f"{door.api}expense/", b"q=taxi+20")
    moved = client.open(f"{door.api}expense/{expense['id']}", b"report=%i" % found["id"])
    handed_in = client.open(f"{door.api}report/{report['id']}", b"status=S")

    assert report == {"status": "U", "id": report["id"], "name": "Trip to Oslo"}
    assert found == report
    assert moved["report_id"] == report["id"]
    assert handed_in == {**report, "status": "S"}
    assert "Trip to Oslo" not in [row["name"] for row in client.open(f"{door.api}reports/?status=U")]


def test_a_receipt_is_fetched_without_credentials(door: Door) -> None:  # T6
    client = Urllib2(door)
    picture = BytesIO()
    Image.new("RGB", (4, 3), "teal").save(picture, "PNG")
    part = b'--b\r\nContent-Disposition: form-data; name="receipt"; filename="a.png"\r\n\r\n%b\r\n--b--\r\n'
    with door.caller() as caller:
        path = f"/api/v1.0/expense/?q={quote('lunch 45')}"
        made = caller.post(path, part % picture.getvalue(), Content_Type="multipart/form-data; boundary=b").json
    url = f"{door.server.url}/static/xpenser/media/Receipts/{made['receipt']['image']}"

    with client.opener.open(url, timeout=PATIENCE) as response:
        fetched = response.read()

    assert client.notes.exchanges == [("GET", False, 200)]
    assert (response.headers["Content-Type"], int(response.headers["Content-Length"])) == ("image/png", len(fetched))
    assert Image.open(BytesIO(fetched)).getpixel((3, 2)) == (0, 128, 128)


@pytest.mark.parametrize("body", [None, b"q=lunch+45"])
def test_a_wrong_password_is_tried_once_and_stores_nothing(door: Door, body: bytes | None) -> None:
    client = Urllib2(door, password="not my password")

    with pytest.raises(HTTPError) as refusal:
        client.open(f"{door.api}expense/", body)

    method = "GET" if body is None else "POST"
    assert client.notes.exchanges == [(method, False, 401), (method, True, 401)]
    with refusal.value as answer:
        assert answer.headers.get_all("WWW-Authenticate") == ['Basic realm="API"']
        assert answer.read() == b"Authorization Required"
    with door.caller() as caller:
        assert [row["type"] for row in caller.get(EVERYTHING).json] == ["Sample Expense"]
