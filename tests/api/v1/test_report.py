import json
from datetime import timedelta

import pytest
import time_machine

from accounts.selectors import Account
from reports.selectors import ReportRow, report_rows
from reports.status import Status
from tests.api.v1 import V1, add_report, default_of, record, rows_of
from tests.cast import FORM, OldClient


def reports_of(owner: Account) -> list[ReportRow]:
    return report_rows(user_id=owner.id)


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_works(alice: Account, alice_client: OldClient, slash: str) -> None:
    report = add_report(alice, "Berlin")

    response = alice_client.get(f"{V1}/report/{report}{slash}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == f'{{\n    "status": "U", \n    "id": {report}, \n    "name": "Berlin"\n}}'


@pytest.mark.parametrize("path", ["report/{0}?format=xml", "report/?format=xml", "report?format=xml"])
def test_the_default_one_in_xml(alice: Account, alice_client: OldClient, path: str) -> None:
    report = default_of(alice)

    response = alice_client.get(f"{V1}/{path.format(report)}")

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><status>U</status><is_default>True</is_default><id>{report}</id><name>My Expenses</name></response>"
    )


@pytest.mark.parametrize("slash", ["", "/"])
def test_it_is_made(alice: Account, alice_client: OldClient, slash: str) -> None:
    response = alice_client.send(f"{V1}/report{slash}", "name=Berlin+caf%C3%A9")

    row = reports_of(alice)[1]
    assert response.status_code == 200
    assert response.content.decode() == f'{{\n    "status": "U", \n    "id": {row.id}, \n    "name": "Berlin café"\n}}'


@pytest.mark.parametrize(("status", "letter"), [("U", "U"), ("active", "U"), ("s", "S"), ("", "U"), ("archived", "X")])
def test_it_is_made_in_a_state(alice_client: OldClient, status: str, letter: str) -> None:
    wire = alice_client.send(f"{V1}/report/", f"name=Berlin&status={status}").json()

    assert wire == {"status": letter, "id": wire["id"], "name": "Berlin"}


def test_it_is_made_of_json(alice: Account, alice_client: OldClient) -> None:
    body = json.dumps({"name": "Berlin"})

    response = alice_client.post(f"{V1}/report/", body, content_type="application/json")

    assert response.json()["name"] == "Berlin"
    assert [row.name for row in reports_of(alice)] == ["My Expenses", "Berlin"]


@pytest.mark.parametrize("name", ["Berlin", "BERLIN", "+berlin+"])
def test_one_that_is_there_and_open_is_not_made_again(alice: Account, alice_client: OldClient, name: str) -> None:
    report = add_report(alice, "Berlin")

    response = alice_client.send(f"{V1}/report/", f"name={name}")

    assert response.status_code == 200
    assert response.json() == {"status": "U", "id": report, "name": "Berlin"}
    assert len(reports_of(alice)) == 2


def test_a_name_of_one_that_was_handed_in_is_refused(alice: Account, alice_client: OldClient) -> None:
    add_report(alice, "Berlin", Status.SUBMITTED)

    response = alice_client.send(f"{V1}/report/", "name=berlin")

    assert response.status_code == 409
    assert response.content == b"Conflict/Duplicate: name 'berlin': a report of yours has this name"
    assert len(reports_of(alice)) == 2


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "name '': 1 to 200 characters on one line are wanted"),
        ("name=+", "name '': 1 to 200 characters on one line are wanted"),
        ("name=a%0Ab", "name 'a\\nb': 1 to 200 characters on one line are wanted"),
        ("name=Berlin&status=bogus",
         "status 'bogus': one of active, submitted, approved, rejected, paid, archived is wanted"),
        ("name=Berlin&status=needs_action",
         "status 'needs_action': one of active, submitted, approved, rejected, paid, archived is wanted"),
    ],
)  # fmt: skip
def test_what_can_not_be_made_is_refused(alice: Account, alice_client: OldClient, body: str, message: str) -> None:
    response = alice_client.send(f"{V1}/report/", body)

    assert response.status_code == 400
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode() == f"Bad Request: {message}"
    assert len(reports_of(alice)) == 1


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("method", ["post", "put"])
@pytest.mark.parametrize(
    ("status", "letter"), [("S", "S"), ("approved", "A"), ("REJECTED", "R"), ("p", "P"), ("X", "X")]
)
def test_its_state_is_set(
    *, alice: Account, alice_client: OldClient, method: str, slash: str, status: str, letter: str
) -> None:
    report = add_report(alice, "Berlin")

    response = getattr(alice_client, method)(f"{V1}/report/{report}{slash}", f"status={status}", content_type=FORM)

    assert response.status_code == 200
    assert response.json() == {"status": letter, "id": report, "name": "Berlin"}
    assert reports_of(alice)[1].status == letter


def test_it_is_renamed(alice: Account, alice_client: OldClient, clock: time_machine.Traveller) -> None:
    """What an export shows of its expenses changes with it, so they are modified."""
    report = add_report(alice, "Berlin")
    record(alice, "3", report_id=report)
    clock.shift(timedelta(hours=1))

    response = alice_client.send(f"{V1}/report/{report}", "name=Paris")

    assert response.json() == {"status": "U", "id": report, "name": "Paris"}
    assert [row.modified for row in rows_of(alice)] == ["2026-11-20 13:00:00"]


@pytest.mark.parametrize("yes", ["1", "true", "True"])
def test_it_becomes_the_default_one(alice: Account, alice_client: OldClient, yes: str) -> None:
    before, report = default_of(alice), add_report(alice, "Berlin")

    response = alice_client.send(f"{V1}/report/{report}", f"is_default={yes}")

    assert response.json() == {"status": "U", "is_default": True, "id": report, "name": "Berlin"}
    assert alice_client.get(f"{V1}/report/").json() == response.json()
    assert "is_default" not in alice_client.get(f"{V1}/report/{before}").json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("is_default=0", "is_default '0': 1 or true is wanted; to change the default, say it of another report"),
        (
            "is_default=false",
            "is_default 'false': 1 or true is wanted; to change the default, say it of another report",
        ),
        ("is_default=1&status=S", "report 'Berlin' is not open, so it can't be the default one"),
        ("status=bogus", "status 'bogus': one of active, submitted, approved, rejected, paid, archived is wanted"),
        ("name=", "name '': 1 to 200 characters on one line are wanted"),
        ("name=" + "x" * 201, f"name {'x' * 40!r}: 1 to 200 characters on one line are wanted"),
    ],
)
def test_what_can_not_be_changed_is_refused(alice: Account, alice_client: OldClient, body: str, message: str) -> None:
    report = add_report(alice, "Berlin")
    before = reports_of(alice)

    response = alice_client.send(f"{V1}/report/{report}", body)

    assert response.status_code == 400
    assert response.content.decode() == f"Bad Request: {message}"
    assert reports_of(alice) == before


def test_a_name_that_is_taken_is_refused(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")

    response = alice_client.send(f"{V1}/report/{report}", "name=MY+EXPENSES")

    assert response.status_code == 409
    assert reports_of(alice)[1].name == "Berlin"


@pytest.mark.parametrize(
    ("method", "rest", "body"), [("post", "", "status=S"), ("post", "?action=delete", ""), ("delete", "", "")]
)
def test_the_default_one_stays_and_stays_open(
    alice: Account, alice_client: OldClient, method: str, rest: str, body: str
) -> None:
    before = reports_of(alice)

    response = getattr(alice_client, method)(f"{V1}/report/{default_of(alice)}{rest}", body, content_type=FORM)

    assert response.status_code == 400
    assert response.content == (b"Bad Request: report 'My Expenses' is the default one: make another the default first")
    assert reports_of(alice) == before


@pytest.mark.parametrize("method", ["post", "put"])
@pytest.mark.parametrize("body", ["", "name=Berlin", "status=U", "status=&is_default=", "unknown=1"])
def test_saying_nothing_new_changes_nothing(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller, method: str, body: str
) -> None:
    report = add_report(alice, "Berlin")
    row = record(alice, "3", report_id=report)
    clock.shift(timedelta(hours=1))

    response = getattr(alice_client, method)(f"{V1}/report/{report}", body, content_type=FORM)

    assert response.status_code == 200
    assert response.json() == {"status": "U", "id": report, "name": "Berlin"}
    assert rows_of(alice) == [row]


@pytest.mark.parametrize(
    ("method", "rest"), [("delete", ""), ("delete", "/"), ("post", "?action=delete"), ("post", "/?action=delete")]
)
def test_it_is_deleted_and_its_expenses_move_to_the_default_one(
    alice: Account, alice_client: OldClient, clock: time_machine.Traveller, method: str, rest: str
) -> None:
    report = add_report(alice, "Berlin")
    record(alice, "3", report_id=report)
    clock.shift(timedelta(hours=1))

    response = getattr(alice_client, method)(f"{V1}/report/{report}{rest}")

    (row,) = rows_of(alice)
    assert response.status_code == 204
    assert response.content == b""
    assert (row.report_id, row.modified) == (default_of(alice), "2026-11-20 13:00:00")
    assert alice_client.get(f"{V1}/report/{report}").status_code == 404


@pytest.mark.parametrize("method", ["delete", "post"])
def test_one_that_was_handed_in_is_not_deleted(alice: Account, alice_client: OldClient, method: str) -> None:
    report = add_report(alice, "Berlin", Status.SUBMITTED)

    response = getattr(alice_client, method)(f"{V1}/report/{report}?action=delete")

    assert response.status_code == 400
    assert response.content == b"Bad Request: report 'Berlin' was handed in (status S) and can't be changed"
    assert len(reports_of(alice)) == 2


def test_an_unknown_action_is_refused(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")

    response = alice_client.send(f"{V1}/report/{report}?action=submit", "name=x")

    assert response.status_code == 400
    assert response.content == b"Bad Request: action 'submit': delete is the only action"
    assert reports_of(alice)[1].name == "Berlin"


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("get", "", ""),
        ("head", "", ""),
        ("post", "", "name=mine"),
        ("post", "", "status=S"),
        ("post", "", "is_default=1"),
        ("post", "", ""),
        ("put", "", "name=mine"),
        ("post", "?action=delete", ""),
        ("delete", "", ""),
    ],
)
def test_it_hides_what_is_not_hers(bob: Account, alice_client: OldClient, method: str, rest: str, body: str) -> None:
    path = f"{V1}/report/{add_report(bob, 'Berlin')}{rest}"
    before, send = reports_of(bob), getattr(alice_client, method)

    response = send(path, body, content_type=FORM) if body else send(path)

    assert response.status_code == 404
    assert response.content == (b"" if method == "head" else b"Not Found")
    assert reports_of(bob) == before


@pytest.mark.every_case
@pytest.mark.parametrize("name", ["0", "999999999999999999", "9999999999999999999", "-1", "Berlin"])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_id_of_nothing(alice_client: OldClient, method: str, name: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/report/{name}")

    assert response.status_code == 404
    assert response.content == b"Not Found"


@pytest.mark.parametrize("rest", ["/", "/{0}", "/{0}?action=delete"])
@pytest.mark.parametrize("origin", ["null", "http://evil.example"])
def test_a_page_of_another_site_writes_nothing(alice: Account, alice_client: OldClient, rest: str, origin: str) -> None:
    report = add_report(alice, "Berlin")
    before = reports_of(alice)

    response = alice_client.send(f"{V1}/report{rest.format(report)}", "name=evil", headers={"Origin": origin})

    assert response.status_code == 403
    assert reports_of(alice) == before


def test_a_repeat_with_the_same_key(alice: Account, alice_client: OldClient) -> None:
    report = add_report(alice, "Berlin")
    path = f"{V1}/report/{report}"

    first = alice_client.delete(path, headers={"Idempotency-Key": "k"})
    second = alice_client.delete(path, headers={"Idempotency-Key": "k"})

    assert first.status_code == second.status_code == 204
    assert alice_client.delete(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "allow"), [("report/", "GET, POST, HEAD, OPTIONS"), ("report/1", "GET, POST, PUT, DELETE, HEAD, OPTIONS")]
)
def test_other_methods(alice_client: OldClient, path: str, allow: str) -> None:
    response = alice_client.patch(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == allow
    assert response.content == b""
