"""The page "Register an app"."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from access.selectors.applications import application_rows
from access.selectors.oauth1 import consumer_rows
from accounts.selectors import Account
from tests.pages import shown
from tests.web.people import at_browser, csrf

PATH = "/settings/apps/new/"
BACK = "https://receipts.example/done"
FORM = {"name": "Receipt box", "kind": "2", "callback": BACK, "rsa_key": "", "once": "x"}
RSA = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo
4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u
+qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyeh
kd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ
0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdg
cKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbc
mwIDAQAB
-----END PUBLIC KEY-----"""
NO_RSA = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdIPU0Z3rWig+6fKWzPlmjoGEceE8
lw7yshV4ENdAfsZQO17FPp0VHmDPCjNRvnZ3ChH9JBoOrb6ME1UVUAvMFw==
-----END PUBLIC KEY-----"""


@pytest.fixture
def client(alice: Account) -> Client:
    return at_browser(alice)


def registered(client: Client, **fields: str) -> Any:
    return client.post(PATH, {**FORM, **fields})


def secrets(response: Any) -> list[tuple[str, str]]:
    """Return what is shown, with its label."""
    found = re.findall(r'<h2 id="label[0-9]">(.*?)</h2><code class="secret" [^>]*>(.*?)</code>', shown(response))
    return [(label, text) for label, text in found]


def nothing_was_registered(person: Account) -> bool:
    return application_rows(user_id=person.id) == [] and consumer_rows(user_id=person.id) == []


def test_it_asks(client: Client) -> None:
    text = shown(client.get(PATH))

    assert "<h1>Register an app</h1>" in text
    assert '<option value="2" selected>OAuth 2.0, on people&#x27;s own devices</option>' in text
    assert '<small id="id_kind_helptext" class="warn">OAuth 1.0 from before 2009' in text


def test_one_of_oauth_2(alice: Account, client: Client) -> None:
    response = registered(client, callback=f"{BACK}  com.example.app:/done")

    (row,) = application_rows(user_id=alice.id)
    assert response.status_code == 200
    assert (row.name, row.is_confidential) == ("Receipt box", False)
    assert row.redirect_uris == (BACK, "com.example.app:/done")
    assert secrets(response) == [("Client ID", row.client_id)]


def test_one_with_a_secret(alice: Account, client: Client) -> None:
    response = registered(client, kind="2s")

    (row,) = application_rows(user_id=alice.id)
    (_, key), (label, secret) = secrets(response)
    assert row.is_confidential
    assert (key, label) == (row.client_id, "Client secret")
    assert len(secret) > 40


@pytest.mark.parametrize(("kind", "is_legacy"), [("1a", False), ("1", True)])
@pytest.mark.parametrize("callback", [BACK, "", "oob"])
def test_one_of_oauth_1(alice: Account, client: Client, kind: str, is_legacy: bool, callback: str) -> None:
    response = registered(client, kind=kind, callback=callback)

    (row,) = consumer_rows(user_id=alice.id)
    assert (row.name, row.callback, row.is_legacy, row.has_rsa_key) == (
        "Receipt box",
        callback.removeprefix("oob"),
        is_legacy,
        False,
    )
    (_, key), (label, secret) = secrets(response)
    assert (key, label) == (row.key, "Consumer secret")
    assert len(secret) == 32
    assert response.headers["Cache-Control"] == "no-store"


def test_one_that_signs_with_rsa(alice: Account, client: Client) -> None:
    registered(client, kind="1a", rsa_key=RSA.replace("\n", "\r\n"))

    (row,) = consumer_rows(user_id=alice.id)
    assert row.has_rsa_key


@pytest.mark.parametrize("kind", ["2", "2s", "1a", "1"])
@pytest.mark.parametrize(
    "callback",
    [
        "receipts.example/done",
        "javascript:alert(1)",
        "https://a@evil.example/",
        "//evil.example/",
        "https://a.example/#x",
    ],
)
def test_a_callback_that_cannot_be_meant(alice: Account, client: Client, kind: str, callback: str) -> None:
    response = registered(client, kind=kind, callback=callback)

    (message,) = re.findall('<small class="bad" id="id_callback_error">(.*?)</small>', shown(response))
    assert escape(repr(callback)) in message
    assert message.endswith((" wanted", "hold no secret"))
    assert f'name="callback" value="{escape(callback)}"' in shown(response)
    assert nothing_was_registered(alice)


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "a\nb"}, "name", "Name &#x27;a\\nb&#x27;: 1 to 100 characters on one line are wanted"),
        ({"name": "a\nb", "kind": "1"}, "name", "Name &#x27;a\\nb&#x27;: 1 to 100 printable characters are wanted"),
        ({"kind": "3"}, "kind", "Select a valid choice. 3 is not one of the available choices."),
        ({"callback": ""}, "callback", "Redirect addresses: 1 to 10 are wanted, 0 were given"),
        ({"rsa_key": RSA}, "rsa_key", "OAuth 2.0 signs with no key: leave it empty, or choose OAuth 1.0a."),
        *[
            (
                {"kind": "1a", "rsa_key": key},
                "rsa_key",
                "RSA key: a public key in PEM (-----BEGIN PUBLIC KEY-----) of 2048 to 8192 bits is wanted",
            )
            for key in ("x", NO_RSA)
        ],
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_the_field(
    alice: Account, client: Client, fields: dict[str, str], field: str, message: str
) -> None:
    response = registered(client, **fields)

    assert response.status_code == 200
    assert f'<small class="bad" id="id_{field}_error">{message}</small>' in shown(response)
    assert f'<a class="bad" href="#id_{field}">' in shown(response)
    assert nothing_was_registered(alice)


def test_who_loads_the_answer_anew_registers_nothing_twice(alice: Account, client: Client) -> None:
    registered(client)

    assert registered(client).headers["Location"] == "/settings/apps/"
    assert len(application_rows(user_id=alice.id)) == 1


def test_nothing_is_registered_without_a_token_of_the_page(alice: Account) -> None:
    client = at_browser(alice, strict=True)

    assert registered(client).status_code == 403
    assert nothing_was_registered(alice)
    client.get(PATH)
    assert registered(client, csrfmiddlewaretoken=csrf(client)).status_code == 200


def test_who_is_not_signed_in_registers_nothing(alice: Account) -> None:
    assert registered(Client()).status_code == 302
    assert nothing_was_registered(alice)
