"""Every line of the documents (wire §8 but 3 and 11), word for word: only login, scheme and ids are replaced.

The host is not: curl is told where xpenser.com is, as the hosts file of an old client's machine is.
"""

import json
import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.callers import EVERYTHING, PATIENCE
from tests.cast import PASSWORD
from tests.clients.door import Door
from tests.tools import program

pytestmark = pytest.mark.once


class Printed(NamedTuple):
    status: int
    head: str
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Curl = Callable[..., Printed]


@pytest.fixture
def curl(door: Door, tmp_path: Path) -> Curl:
    """Return what runs a line of the documents; ``ids`` are those that stand in it, and what they are here."""
    settings = [
        f'connect-to = "::127.0.0.1:{door.server.port}"',
        "silent",
        "show-error",
        "include",
        f"max-time = {PATIENCE}",
    ]
    if door.server.ca is not None:
        settings.append(f'cacert = "{door.server.ca}"')
    Path(tmp_path, ".curlrc").write_text("\n".join(settings))
    path = program("curl")

    def run(line: str, ids: dict[int, int] | None = None) -> Printed:
        words = [here(word, door, ids or {}) for word in shlex.split(line)[1:]]
        done = subprocess.run([path, *words], env={"CURL_HOME": str(tmp_path)}, capture_output=True, check=True)
        head, _, body = done.stdout.decode().removeprefix("HTTP/1.1 100 Continue\r\n\r\n").partition("\r\n\r\n")
        return Printed(int(head.split()[1]), head, body)

    return run


def here(word: str, door: Door, ids: dict[int, int]) -> str:
    """Replace in a word of a line what is the reader's own."""
    if word in {"user:password", "user@test.com:password", "testuser@test.com:testpass"}:
        return f"{door.email}:{PASSWORD}"
    if door.server.scheme == "https":
        word = word.replace("http://xpenser.com", "https://www.xpenser.com")
    for documented, own in ids.items():
        word = re.sub(rf"\b{documented}(?![0-9])", str(own), word)
    return word


@pytest.fixture
def report(door: Door) -> int:
    """The report of the documents' lists, and what is in it: the default one holds the sample expense alone."""
    with door.caller() as caller:
        made = int(caller.post("/api/v1.0/report/", "name=Trip").json["id"])
        caller.spend("breakfast 2 #personal", r=made, d="2009-07-31+12:00")
        caller.spend("lunch 3 cash #CASH", r=made, d="2009-08-02+12:00")
        caller.spend("lunch 26 with jack", r=made, d="2009-08-26+00:00:01")
    return made


def test_it_works(door: Door, curl: Curl) -> None:  # rows 1, 2; T17
    lines = [
        'curl -i -u user@test.com:password "http://xpenser.com/api/simple/?q=test+expense+1&format=json"',
        'curl -i -u user@test.com:password "http://xpenser.com/api/simple/?q=lunch+45+with+jack&format=json"',
        'curl -i -u user:password "http://xpenser.com/api/simple/?q=Dinner+with+Jim+46.80+projectx&format=json"',
    ]

    printed = [curl(line) for line in lines]

    with door.caller() as caller:
        rows = sorted(caller.get("/api/v1.0/expenses/").json, key=lambda row: int(row["id"]))[1:]
    assert [(answer.status, answer.json) for answer in printed] == [
        (
            200,
            {
                "status": 200,
                "data": {
                    "date": row["date"],
                    "report": row["report_id"],
                    "amount": amount,
                    "type": kind,
                    "notes": notes,
                },
                "id": row["id"],
            },
        )
        for row, (amount, kind, notes) in zip(
            rows,
            [("1.00", "test expense", ""), ("45.00", "lunch", "with jack"), ("46.80", "Dinner with Jim", "projectx")],
            strict=True,
        )
    ]
    assert all(answer.head.startswith("HTTP/1.1 200 OK\r\n") for answer in printed)


def test_simple_files_in_the_report_that_is_named(curl: Curl, report: int) -> None:  # row 2
    line = 'curl -i -u user@test.com:password "http://xpenser.com/api/simple/?q=lunch+45&report=54&format=json"'

    printed = curl(line, {54: report})

    assert (printed.status, printed.json["data"]["report"]) == (200, report)


def test_classic_items(curl: Curl) -> None:  # rows 4, 5, 6
    made = curl('curl -u user:password -d "type=lunch&amount=14&notes=cash" http://xpenser.com/api/expense/')
    ids = {676: made.json["id"]}
    read = curl("curl -u user:password http://xpenser.com/api/expense/676", ids)
    changed = curl('curl -u user:password -d "amount=15.32" http://xpenser.com/api/expense/676', ids)

    assert re.fullmatch(
        r'\{"status": 200, "data": \{"date": "[-0-9]{10} [:0-9]{8}", "report": [0-9]+, "amount": "14.00", '
        r'"type": "lunch", "notes": "cash"\}, "id": [0-9]+\}',
        made.body,
    )
    assert read.json == {"status": 200, "data": made.json["data"]}
    assert changed.json == {**made.json, "data": {**made.json["data"], "amount": "15.32"}}


def test_the_classic_download_is_csv(curl: Curl) -> None:  # row 7
    printed = curl("curl -i -u testuser@test.com:testpass http://xpenser.com/api/expenses/")

    header, sample, rest = printed.body.split("\r\n")
    assert header.startswith("date,type,amount,currency,notes,tags,report,")
    assert ",Sample Expense,0.00,USD," in sample
    assert rest == ""
    assert "\r\ncontent-type: text/csv; charset=utf-8\r\n" in printed.head.lower()


SAMPLE, BREAKFAST, LUNCH_3, LUNCH_26 = "Sample Expense 0.00", "breakfast 2.00", "lunch 3.00", "lunch 26.00"
CLASSIC_LISTS = [  # rows 8, 9, 10
    ("format=json", [SAMPLE]),
    ("format=json&report=*", [SAMPLE, LUNCH_26, LUNCH_3, BREAKFAST]),
    ("report=*", [SAMPLE, LUNCH_26, LUNCH_3, BREAKFAST]),
    ("report=54", [LUNCH_26, LUNCH_3, BREAKFAST]),
    ("report=54&date_op=gt&date=01+Aug+2009", [LUNCH_26, LUNCH_3]),
    ("report=54&type=lunch", [LUNCH_26, LUNCH_3]),
    ("report=54&notes=cash", [LUNCH_3]),
    ("report=54&amount_op=gt&amount=3", [LUNCH_26]),
    ("report=*&created=2009-08-26+00:00:00&created_op=gt", [SAMPLE, LUNCH_26, LUNCH_3, BREAKFAST]),
    ("report=*&modified=2009-08-26+00:00:00&modified_op=gt", [SAMPLE, LUNCH_26, LUNCH_3, BREAKFAST]),
]


def test_classic_lists(curl: Curl, report: int) -> None:
    got = []
    for query, _ in CLASSIC_LISTS:
        printed = curl(f'curl -u user:password "http://xpenser.com/api/expenses/?{query}"', {54: report})
        assert printed.status == 200
        rows: list[Any] = json.loads(printed.body) if "format=json" in query else csv_rows(printed.body)
        got.append((query, [f"{row['type']} {row['amount']}" for row in (row.get("fields", row) for row in rows)]))

    assert got == CLASSIC_LISTS


def csv_rows(text: str) -> list[dict[str, str]]:
    header, *lines = [line.split(",") for line in text.split("\r\n")[:-1]]
    return [dict(zip(header, line, strict=False)) for line in lines]


V1_LISTS = [  # rows 12, 13, 14
    ("expenses/?format=json", [SAMPLE]),
    ("expenses/?report=54&format=json", [BREAKFAST, LUNCH_3, LUNCH_26]),
    ("%20expenses/?report=54&format=json", [BREAKFAST, LUNCH_3, LUNCH_26]),
    ("expenses/?report=*&format=json", [BREAKFAST, LUNCH_3, LUNCH_26, SAMPLE]),
    ("expenses/?report=*&date_op=gt&date=2009-08-26+00:00:00", [LUNCH_26, SAMPLE]),
    ("expenses/?report=54&type=lunch&format=json", [LUNCH_3, LUNCH_26]),
    ("expenses/?report=54&type=lunch&amount=25&amount_op=gt&format=json", [LUNCH_26]),
    (
        "expenses/?report=*&modified=2009-08-26+00:00:00&modified_op=gt&format=json",
        [BREAKFAST, LUNCH_3, LUNCH_26, SAMPLE],
    ),
    ("expenses/?report=54tags=personal&tags=cash", [BREAKFAST, LUNCH_3]),
]


def test_v1_lists(curl: Curl, report: int) -> None:
    got = []
    for query, _ in V1_LISTS:
        printed = curl(f'curl -u user:password "http://xpenser.com/api/v1.0/{query}"', {54: report})
        assert printed.status == 200
        got.append((query, [f"{row['type']} {row['amount']}" for row in printed.json]))

    assert got == V1_LISTS


def test_what_was_deleted_is_in_the_delta(door: Door, curl: Curl) -> None:  # row 12
    with door.caller() as caller:
        gone = caller.spend("lunch 45")["id"]
        caller.post(f"/api/v1.0/expense/{gone}?action=delete")
    delta = "report=*&modified=2009-08-26+00:00:00&modified_op=gt&status=all&format=json"

    printed = curl(f'curl -u user:password "http://xpenser.com/api/v1.0/expenses/?{delta}"')

    assert [(row["type"], row["status"]) for row in printed.json] == [("Sample Expense", 1), ("lunch", -1)]


def test_xml(curl: Curl) -> None:  # row 14
    printed = curl("curl -u user:password http://xpenser.com/api/v1.0/expenses/?format=xml")

    assert printed.status == 200
    assert printed.body.startswith('<?xml version="1.0" encoding="utf-8"?>\n<response><resource><status>1</status>')
    assert printed.body.endswith("</resource></response>")


def test_a_raw_hash_in_a_body_is_a_tag(curl: Curl, report: int) -> None:  # row 15
    plain = curl('curl -u user:password -d "q=lunch+34.50+with+jack" http://xpenser.com/api/v1.0/expense/')
    line = (
        'curl -u user:password -d "q=lunch+34.50+with+jack+#personal+#cash&r=76&d=2009-10-02+05:14"'
        " http://xpenser.com/api/v1.0/expense/"
    )
    whole = curl(line, {76: report})

    made = plain.json
    assert made == {
        "status": 1,
        "rawamount": "34.50",
        "notes": "with jack",
        "created": made["created"],
        "modified": made["created"],
        "amount": "34.50",
        "date": made["date"],
        "type": "lunch",
        "id": made["id"],
        "tags": [],
        "report_id": made["report_id"],
    }
    assert made["report_id"] != report
    # A tag is there once, as it was first written.
    assert whole.json == {
        **made,
        "created": whole.json["created"],
        "modified": whole.json["created"],
        "date": "2009-10-02 05:14:00",
        "id": whole.json["id"],
        "tags": [
            {"name": name, "id": tag["id"]} for name, tag in zip(("personal", "CASH"), whole.json["tags"], strict=True)
        ],
        "report_id": report,
    }


def test_v1_items(curl: Curl) -> None:  # row 16
    made = curl('curl -u user:password -d "q=lunch+45" http://xpenser.com/api/v1.0/expense/').json
    ids = {3831: made["id"], 45: made["id"]}

    read = curl("curl -u user:password http://xpenser.com/api/v1.0/expense/3831", ids)
    line = 'curl -u user:password -d "tags=personal+cash&amount=34.50" http://xpenser.com/api/v1.0/expense/45'
    changed = curl(line, ids).json
    deleted = curl('curl -u user:password -d "" "http://xpenser.com/api/v1.0/expense/45?action=delete"', ids)
    after = curl("curl -u user:password http://xpenser.com/api/v1.0/expense/3831", ids)

    assert read.json == made
    assert changed == {
        **made,
        "amount": "34.50",
        "rawamount": "34.50",
        "modified": changed["modified"],
        "tags": changed["tags"],
    }
    assert [tag["name"] for tag in changed["tags"]] == ["personal", "cash"]
    assert (deleted.status, deleted.body) == (204, "")
    assert after.status == 404


def test_tags(curl: Curl) -> None:  # row 17
    made = curl('curl -u user:password -d "name=mytag" http://xpenser.com/api/v1.0/tag/').json
    ids = {82: made["id"]}

    listed = curl("curl -u user:password http://xpenser.com/api/v1.0/tags/")
    read = curl("curl -u user:password http://xpenser.com/api/v1.0/tag/82", ids)
    renamed = curl('curl -u user:password -d "name=newname" http://xpenser.com/api/v1.0/tag/82', ids)
    spared = curl('curl -u user:password -d "" http://xpenser.com/api/v1.0/tag/82/', ids)
    deleted = curl('curl -u user:password -d "" http://xpenser.com/api/v1.0/tag/82/?action=delete', ids)
    left = curl("curl -u user:password http://xpenser.com/api/v1.0/tags/")

    assert made == {"name": "mytag", "id": made["id"]}
    assert (listed.json, read.json) == ([made], made)
    assert renamed.json == {"name": "newname", "id": made["id"]}
    # The line that lost its action does not delete.
    assert (spared.status, spared.json) == (200, renamed.json)
    assert (deleted.status, deleted.body) == (204, "")
    assert left.body == "[]"


def test_a_get_records(door: Door, curl: Curl) -> None:  # row 18
    printed = curl('curl -u user:password "http://xpenser.com/api/v1.0/expense/?q=test+expense+15+my+notes"')

    made = printed.json
    assert (made["type"], made["amount"], made["notes"]) == ("test expense", "15.00", "my notes")
    with door.caller() as caller:
        assert caller.get("/api/v1.0/expenses/?type=test+expense").json == [made]


@pytest.mark.parametrize(
    "options",
    [
        '-H "Expect: 100-continue"',
        '-H "Content-Type:"',
        "--http1.0 --no-alpn",  # curl of today would insist on HTTP/1.0 while it agrees on a cipher
        "-X PUT",
    ],
)
def test_a_body_is_read_however_it_comes(curl: Curl, options: str) -> None:
    made = curl('curl -u user:password -d "q=lunch+45" http://xpenser.com/api/v1.0/expense/').json

    line = f'curl -u user:password {options} --data-binary "notes=with+jack" http://xpenser.com/api/v1.0/expense/45'
    printed = curl(line, {45: made["id"]})

    assert (printed.status, printed.json["notes"]) == (200, "with jack")


@pytest.mark.parametrize(
    "body",
    [
        '-F "type=lunch" -F "amount=45" -F "notes={notes}"',
        """-H "Content-Type: application/json" --data-binary '{{"type": "lunch", "amount": 45, "notes": "{notes}"}}'""",
    ],
)
def test_an_expense_that_comes_in_chunks_is_stored(door: Door, curl: Curl, body: str) -> None:
    notes = "x" * 15_000

    printed = curl(
        'curl -u user:password -H "Transfer-Encoding: chunked" -H "Expect: 100-continue"'
        f" {body.format(notes=notes)} http://xpenser.com/api/v1.0/expense/"
    )

    assert (printed.status, printed.json["notes"]) == (200, notes)
    with door.caller() as caller:
        assert caller.get(EVERYTHING).json[-1] == printed.json


def test_a_form_in_chunks_is_refused(door: Door, curl: Curl) -> None:
    before = curl(f"curl -u user:password 'http://xpenser.com{EVERYTHING}'").body

    printed = curl(
        'curl -u user:password -H "Transfer-Encoding: chunked" -d "q=lunch+45" http://xpenser.com/api/v1.0/expense/'
    )

    assert (printed.status, printed.body) == (
        411,
        "Length Required: a form in chunks may have been cut off unseen; a Content-Length is wanted",
    )
    with door.caller() as caller:
        assert caller.get(EVERYTHING).body.decode() == before


@pytest.mark.parametrize("path", ["expense/1", "tags", "api", "nowhere", "simple", "v1.0", "v1.0/", "v1.0/nowhere/"])
def test_a_stranger_is_asked_who_he_is_on_every_path(curl: Curl, path: str) -> None:
    printed = curl(f'curl -d "q=lunch+45" http://xpenser.com/api/{path}')

    assert (printed.status, printed.body) == (401, "Authorization Required")
    assert re.findall("(?im)^www-authenticate: (.*)\r$", f"{printed.head}\r\n") == ['Basic realm="API"']
