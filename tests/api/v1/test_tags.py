import pytest

from accounts.selectors import Account
from tests.api.v1 import V1, add_tag, queries_of
from tests.cast import OldClient


@pytest.mark.parametrize("path", ["tags/", "tags", "tags/?format=json", "%20tags/", "tags/?unknown=1"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    """Two members and no third: an old client zips every id with every other member."""
    cpap, hmsd = add_tag(alice, "CPAP.com"), add_tag(alice, "HMSD")

    response = alice_client.get(f"{V1}/{path}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Vary"] == "Authorization"
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        '        "name": "CPAP.com", \n'
        f'        "id": {cpap}\n'
        "    }, \n"
        "    {\n"
        '        "name": "HMSD", \n'
        f'        "id": {hmsd}\n'
        "    }\n"
        "]"
    )


def test_it_works_in_xml(alice: Account, alice_client: OldClient) -> None:
    tag = add_tag(alice, "fish&chips")

    response = alice_client.get(f"{V1}/tags/?format=xml")

    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><resource><name>fish&amp;chips</name><id>{tag}</id></resource></response>"
    )


@pytest.mark.parametrize(
    ("output", "body"),
    [("json", b"[]"), ("xml", b'<?xml version="1.0" encoding="utf-8"?>\n<response></response>')],
)
def test_an_empty_list(alice_client: OldClient, output: str, body: bytes) -> None:
    assert alice_client.get(f"{V1}/tags/?format={output}").content == body


def test_ids_are_the_order_and_no_expenses(alice: Account, alice_client: OldClient) -> None:
    made = [add_tag(alice, name) for name in ("b", "c", "a")]

    listed = [wire["id"] for wire in alice_client.get(f"{V1}/tags/").json()]

    assert listed == made == sorted(made)
    assert made[0] > 1_000_000_000


def test_it_hides_what_is_not_hers(alice_client: OldClient, bob: Account) -> None:
    add_tag(bob, "cash")

    assert alice_client.get(f"{V1}/tags/").json() == []


def test_its_queries_do_not_grow_with_the_list(alice: Account, alice_client: OldClient) -> None:
    add_tag(alice, "first")
    few = queries_of(alice_client, f"{V1}/tags/")
    for number in range(20):
        add_tag(alice, f"tag{number}")

    assert few == queries_of(alice_client, f"{V1}/tags/") == 2


@pytest.mark.parametrize("output", ["csv", "qif", "yaml"])
def test_an_unknown_format_is_refused(alice_client: OldClient, output: str) -> None:
    response = alice_client.get(f"{V1}/tags/?format={output}")

    assert response.status_code == 400
    assert response.content.decode() == f"Invalid output format specified '{output}'."


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(alice_client: OldClient, method: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/tags/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert response.content == b""
