import pytest

from accounts.selectors import Account
from reports.status import Status
from tests.api.v1 import V1, add_report, default_of, queries_of
from tests.cast import OldClient


@pytest.fixture
def reports(alice: Account) -> None:
    """One report in each state, besides the default one."""
    for state in Status:
        add_report(alice, state.name.lower(), state)


@pytest.mark.parametrize("path", ["reports/", "reports", "reports/?format=json", "reports/?status=", "%20reports"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    """``is_default`` is absent where it would be false: any text in it is true to an old client."""
    berlin = add_report(alice, "Berlin", Status.SUBMITTED)

    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        '        "status": "U", \n'
        '        "is_default": true, \n'
        f'        "id": {default_of(alice)}, \n'
        '        "name": "My Expenses"\n'
        "    }, \n"
        "    {\n"
        '        "status": "S", \n'
        f'        "id": {berlin}, \n'
        '        "name": "Berlin"\n'
        "    }\n"
        "]"
    )


def test_it_works_in_xml(alice: Account, alice_client: OldClient) -> None:
    berlin = add_report(alice, "Berlin")

    response = alice_client.get(f"{V1}/reports/?format=xml")

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><resource><status>U</status><is_default>True</is_default><id>{default_of(alice)}</id>"
        "<name>My Expenses</name></resource>"
        f"<resource><status>U</status><id>{berlin}</id><name>Berlin</name></resource></response>"
    )


@pytest.mark.parametrize(
    ("status", "names"),
    [
        ("U", ["My Expenses", "active"]),
        ("u", ["My Expenses", "active"]),
        ("active", ["My Expenses", "active"]),
        ("Unsubmitted", ["My Expenses", "active"]),
        ("open", ["My Expenses", "active"]),
        ("S", ["submitted"]),
        ("submitted", ["submitted"]),
        ("A", ["approved"]),
        ("APPROVED", ["approved"]),
        ("R", ["rejected"]),
        ("rejected", ["rejected"]),
        ("P", ["paid"]),
        ("paid", ["paid"]),
        ("X", ["archived"]),
        ("+archived+", ["archived"]),
        ("needs_action", ["rejected"]),
        ("NEEDS_ACTION", ["rejected"]),
    ],
)
@pytest.mark.usefixtures("reports")
def test_states_by_word_and_letter(alice_client: OldClient, status: str, names: list[str]) -> None:
    response = alice_client.get(f"{V1}/reports/?status={status}")

    assert [wire["name"] for wire in response.json()] == names


@pytest.mark.parametrize("query", ["", "?status=all", "?status=*", "?status=bogus", "?status=0", "?status=U,S"])
@pytest.mark.usefixtures("reports")
def test_an_unknown_state_is_all_of_them(alice_client: OldClient, query: str) -> None:
    """A client that finds no report of a name makes one: an empty list would make it double them."""
    response = alice_client.get(f"{V1}/reports/{query}")

    assert [(wire["name"], wire["status"]) for wire in response.json()] == [
        ("My Expenses", "U"), ("active", "U"), ("submitted", "S"), ("approved", "A"), ("rejected", "R"), ("paid", "P"),
        ("archived", "X"),
    ]  # fmt: skip


def test_it_hides_what_is_not_hers(bob: Account, alice_client: OldClient) -> None:
    add_report(bob, "Berlin")

    assert [wire["name"] for wire in alice_client.get(f"{V1}/reports/").json()] == ["My Expenses"]


def test_its_queries_do_not_grow_with_the_list(alice: Account, alice_client: OldClient) -> None:
    few = queries_of(alice_client, f"{V1}/reports/")
    for number in range(20):
        add_report(alice, f"Trip {number}")

    assert few == queries_of(alice_client, f"{V1}/reports/") == 2


@pytest.mark.parametrize("output", ["csv", "yaml"])
def test_an_unknown_format_is_refused(alice_client: OldClient, output: str) -> None:
    assert alice_client.get(f"{V1}/reports/?format={output}").status_code == 400


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(alice_client: OldClient, method: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/reports/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
