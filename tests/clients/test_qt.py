"""The Qt 4 desktop program (wire §5, T14 and T15): XML into a table, whose third column it deletes by."""

from io import BytesIO
from itertools import count
from typing import NamedTuple
from xml.etree.ElementTree import iterparse

import pytest

from tests.callers import Caller, Heard
from tests.clients.door import Door

pytestmark = pytest.mark.once

IGNORED = {
    "response",
    "resource",
    "modified",
    "status",
    "tags",
    "notes",
    "receipt",
    "report_id",
    "rawamount",
    "created",
}
IGNORED |= {"image"}
BUCKETS = 17  # of a QHash with so few keys
DELETE_BY = 2


class Table(NamedTuple):
    """What the program shows: names of columns, and rows of cells, in their order."""

    columns: list[str]
    rows: list[list[str]]


def table(xml: bytes) -> Table:
    """Read as the program does: every element that it does not ignore is a cell, the next ``resource`` a new row."""
    cells: dict[str, dict[int, str]] = {}
    numbers = count()
    row = next(numbers)
    for _, element in iterparse(BytesIO(xml)):
        if element.tag == "resource":
            row = next(numbers)
        elif element.tag not in IGNORED:
            cells.setdefault(element.tag, {})[row] = element.text or ""
    columns = sorted(cells, key=lambda name: qt_hash(name) % BUCKETS)
    return Table(columns, [[cells[name].get(number, "") for name in columns] for number in range(row)])


def qt_hash(text: str) -> int:
    """Return Qt 4's hash of a string, which is the order of its columns."""
    value = 0
    for character in text:
        value = (value << 4) + ord(character)
        value ^= (value & 0xF0000000) >> 23
        value &= 0x0FFFFFFF
    return value


class Qt(Caller):
    """Sends every request bare, and once more when it is asked who it is."""

    def retried(self, method: str, path: str) -> Heard:
        credentials, self.headers = self.headers, {}
        refusal = self.ask(method, path, b"" if method == "POST" else None)
        self.headers = credentials
        assert (refusal.status, refusal.headers["WWW-Authenticate"]) == (401, 'Basic realm="API"')
        return self.ask(method, path, b"" if method == "POST" else None)


def test_it_works(door: Door) -> None:  # T14
    with Qt(door.server, door.email) as client:
        report = client.post("/api/v1.0/report/", "name=Trip+%26+back").json
        made = client.spend("lunch 34.50 with <jack> %26 jill", r=report["id"], d="2009-10-02+05:14")

        reports = client.retried("GET", "/api/v1.0/reports/?format=xml")
        own = client.retried("GET", f"/api/v1.0/expenses/?report={report['id']}&format=xml")

    assert (
        own.body
        == (
            '<?xml version="1.0" encoding="utf-8"?>\n<response><resource><status>1</status><rawamount>34.50</rawamount>'
            f"<notes>with &lt;jack&gt; &amp; jill</notes><created>{made['created']}</created>"
            f"<modified>{made['modified']}</modified><amount>34.50</amount><date>2009-10-02 05:14:00</date>"
            f"<type>lunch</type><id>{made['id']}</id><tags></tags><report_id>{report['id']}</report_id></resource></response>"
        ).encode()
    )
    assert table(own.body) == (
        ["amount", "type", "id", "date"],
        [["34.50", "lunch", str(made["id"]), "2009-10-02 05:14:00"]],
    )
    names = table(reports.body)
    assert [dict(zip(names.columns, row, strict=True)) for row in names.rows] == [
        {"is_default": "True", "id": names.rows[0][names.columns.index("id")], "name": "My Expenses"},
        {"is_default": "", "id": str(report["id"]), "name": "Trip & back"},
    ]
    assert reports.body.count(b"<is_default>") == 1


def test_all_reports_together_hold_what_the_default_list_and_the_others_do(door: Door) -> None:  # T14
    with Qt(door.server, door.email) as client:
        report = client.post("/api/v1.0/report/", "name=Trip").json
        made = [client.spend("lunch 1", r=report["id"]), client.spend("lunch 2")]

        default = table(client.retried("GET", "/api/v1.0/expenses/?format=xml").body)
        reports = table(client.retried("GET", "/api/v1.0/reports/?format=xml").body)
        ids = [row[reports.columns.index("id")] for row in reports.rows]
        by_report = [table(client.retried("GET", f"/api/v1.0/expenses/?report={n}&format=xml").body) for n in ids]

    assert [[row[1] for row in rows] for _, rows in by_report] == [["Sample Expense", "lunch"], ["lunch"]]
    assert by_report[0] == default
    assert [rows[-1][DELETE_BY] for _, rows in by_report] == [str(made[1]["id"]), str(made[0]["id"])]


def test_an_empty_report_is_an_empty_table(door: Door) -> None:
    with Qt(door.server, door.email) as client:
        report = client.post("/api/v1.0/report/", "name=Trip").json

        answer = client.retried("GET", f"/api/v1.0/expenses/?report={report['id']}&format=xml")

    assert answer.body == b'<?xml version="1.0" encoding="utf-8"?>\n<response></response>'
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert table(answer.body) == ([], [])


def test_the_id_of_a_receipt_does_not_hide_the_expenses(door: Door) -> None:
    gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;"
    part = b'--b\r\nContent-Disposition: form-data; name="receipt"; filename="a.gif"\r\n\r\n%b\r\n--b--\r\n'
    with Qt(door.server, door.email) as client:
        kind = "multipart/form-data; boundary=b"
        made = client.post("/api/v1.0/expense/?q=lunch+45", part % gif, Content_Type=kind).json

        shown = table(client.retried("GET", "/api/v1.0/expenses/?type=lunch&format=xml").body)

    assert made["receipt"]["id"] != made["id"]
    assert shown == (["amount", "type", "id", "date"], [["45.00", "lunch", str(made["id"]), made["date"]]])


def test_delete_posts_the_third_column_and_no_body(door: Door) -> None:  # T15
    with Qt(door.server, door.email) as client:
        kept, gone = client.spend("lunch 1"), client.spend("lunch 2")
        shown = table(client.retried("GET", "/api/v1.0/expenses/?type=lunch&format=xml").body)

        answer = client.retried("POST", f"/api/v1.0/expense/{shown.rows[1][DELETE_BY]}?action=delete")

        assert shown.rows[1][DELETE_BY] == str(gone["id"])
        assert (answer.status, answer.body) == (204, b"")
        assert client.get("/api/v1.0/expenses/?type=lunch").json == [kept]


def test_its_delete_on_a_row_with_tags_hits_nothing(door: Door) -> None:
    """A tag's id stands in the column then: an error of the program that must not cost anybody an expense."""
    with Qt(door.server, door.email) as client:
        made = client.spend("lunch 45 #cash")
        shown = table(client.retried("GET", "/api/v1.0/expenses/?type=lunch&format=xml").body)
        wrong = shown.rows[0][shown.columns.index("id")]

        answer = client.retried("POST", f"/api/v1.0/expense/{wrong}?action=delete")

        assert wrong == str(made["tags"][0]["id"])
        assert answer.status == 404
        assert client.get("/api/v1.0/expenses/?type=lunch").json == [made]
