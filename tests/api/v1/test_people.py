import pytest

from accounts.selectors import Account
from tests.api.v1 import V1
from tests.cast import OldClient


@pytest.mark.parametrize("path", ["orgchart/people/{0}", "orgchart/people/{0}/", "people/{0}", "people/{0}/"])
def test_it_works(alice: Account, alice_client: OldClient, path: str) -> None:
    response = alice_client.get(f"{V1}/{path.format(alice.id)}")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.content.decode() == (
        "[\n"
        "    {\n"
        '        "first_name": "", \n'
        '        "last_name": "", \n'
        f'        "user_id": {alice.id}, \n'
        '        "level": 0, \n'
        '        "type": "I", \n'
        f'        "id": {alice.id}, \n'
        '        "role": "", \n'
        '        "deptname": "", \n'
        '        "email": "alice@example.com"\n'
        "    }\n"
        "]"
    )


def test_it_works_in_xml(alice: Account, alice_client: OldClient) -> None:
    response = alice_client.get(f"{V1}/people/{alice.id}?format=xml")

    assert response.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response><resource><first_name></first_name><last_name></last_name><user_id>{alice.id}</user_id>"
        f"<level>0</level><type>I</type><id>{alice.id}</id><role></role><deptname></deptname>"
        "<email>alice@example.com</email></resource></response>"
    )


@pytest.mark.parametrize("path", ["orgchart/people/{0}", "people/{0}"])
def test_it_hides_who_is_not_hers(bob: Account, alice_client: OldClient, path: str) -> None:
    for company in (bob.id, 0, 999_999_999_999_999_999):
        response = alice_client.get(f"{V1}/{path.format(company)}")

        assert response.status_code == 404
        assert response.content == b"Not Found"


@pytest.mark.parametrize("path", ["orgchart/contact/", "orgchart/contact"])
def test_contacts_are_not_made_without_a_company(alice_client: OldClient, path: str) -> None:
    response = alice_client.send(f"{V1}/{path}", "first_name=Jack")

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content == (b"Forbidden: contacts are made by a company's administrator, and there is no company")


@pytest.mark.parametrize(
    ("path", "method", "allow"),
    [
        ("people/1", "post", "GET, HEAD, OPTIONS"),
        ("orgchart/people/1", "delete", "GET, HEAD, OPTIONS"),
        ("orgchart/contact/", "get", "POST, OPTIONS"),
        ("orgchart/contact/", "put", "POST, OPTIONS"),
    ],
)
def test_other_methods(alice_client: OldClient, path: str, method: str, allow: str) -> None:
    response = getattr(alice_client, method)(f"{V1}/{path}")

    assert response.status_code == 405
    assert response.headers["Allow"] == allow
    assert response.content == b""
