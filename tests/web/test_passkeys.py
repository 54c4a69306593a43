"""Passkeys, as far as they need no device; ``test_passkeys_in_a_browser`` has one."""

import hashlib
import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db.models.signals import post_save
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)
from pytest_django import Settings

from access.selectors.tokens import token_rows
from accounts.selectors import Account, credentials
from tests.cast import OldClient, basic
from tests.pages import shown
from tests.web.people import at_browser
from tests.web.test_second_factor import ROWS, secrets, sure
from tests.web.test_signin import signed_in
from web.coming_in.factors import passkeys_work

ADD = "/accounts/2fa/webauthn/add/"
LOGIN = "/accounts/2fa/webauthn/login/"


@pytest.fixture
def client(alice: Account) -> Client:
    """Return a browser in which Alice has signed in."""
    client = Client()
    signed_in(client, alice.email)
    return client


@pytest.mark.parametrize(
    ("url", "work"),
    [
        ("http://localhost:8000", True),
        ("https://expenses.example.com", True),
        ("http://expenses.example.com", False),
        ("http://localhost.example.com", False),
        ("https://192.168.1.5", False),
        ("https://[fd00::5]:8000", False),
        ("http://127.0.0.1:8000", False),
    ],
)
def test_where_they_work(settings: Settings, url: str, work: bool) -> None:
    settings.PUBLIC_URL = url

    assert passkeys_work() == work


def test_elsewhere_the_page_says_so(alice: Account, settings: Settings) -> None:
    settings.PUBLIC_URL, settings.PUBLIC_HOST = "http://testserver", "testserver"

    page = shown(at_browser(alice).get("/accounts/"))

    assert "Browsers give passkeys only to servers that are reached by https" in page
    assert "New passkey" not in page
    assert "passkey" not in shown(Client().get("/accounts/login/"))


def test_they_are_listed(client: Client, alice: Account) -> None:
    Authenticator.objects.create(user_id=alice.id, type="webauthn", data={"name": "<Telephone>"})

    page = shown(client.get("/accounts/"))

    assert 'scope="row"><bdi>&lt;Telephone&gt;</bdi> <small>' in page
    assert 'aria-label="Remove &lt;Telephone&gt;"' in page
    assert "Programs take a token in its place." in page


def test_one_is_made_that_is_enough_by_itself(client: Client, alice: Account) -> None:
    page = sure(client, ADD)

    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert options["rp"] == {"id": "localhost", "name": "localhost:8000"}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert "stop at once: they can" in shown(page)


def made(page: Any) -> str:
    """Return what a browser sends for a passkey that a device has made for a page."""
    challenge = websafe_decode(page.context["js_data"]["creation_options"]["publicKey"]["challenge"])
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())  # type: ignore[no-untyped-call]
    kept = AttestedCredentialData.create(Aaguid(bytes(16)), b"a passkey", key)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    device = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), flags, 0, kept)
    browser = CollectedClientData.create("webauthn.create", challenge, settings.PUBLIC_URL)
    said = {"clientDataJSON": browser, "attestationObject": AttestationObject.create("none", device, {})}
    name = websafe_encode(b"a passkey")
    return json.dumps(
        {
            "id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {"credProps": {"rk": True}},
            "response": {part: websafe_encode(bytes(octets)) for part, octets in said.items()},
        }
    )  # fmt: skip


def added(client: Client) -> Any:
    said = made(sure(client, ADD))
    return client.post(ADD, {"name": "Telephone", "credential": said, "passwordless": "on"})


def test_the_first_switches_the_password_off_for_programs(client: Client, alice: Account) -> None:
    page = added(client)

    assert "The second factor is on" in shown(page)
    token, _ = secrets(page)
    assert Client(headers={"Authorization": basic(alice.email, token)}).get(ROWS).status_code == 200
    assert OldClient(alice.email).get(ROWS).status_code == 401
    assert Authenticator.objects.get(type="webauthn").data["name"] == "Telephone"


def test_another_is_listed_and_makes_no_token(client: Client, alice: Account) -> None:
    Authenticator.objects.create(user_id=alice.id, type="totp", data={})

    response = added(client)

    assert response.status_code == 302
    page = shown(client.get("/accounts/"))
    assert "The passkey is made." in page
    assert "<bdi>Telephone</bdi>" in page
    assert token_rows(user_id=alice.id) == []


def test_a_passkey_and_what_is_noted_of_it_are_one(client: Client, alice: Account) -> None:
    """Where something goes wrong behind the note, there is neither, and the password is enough as before."""

    def wrong(**_: Any) -> None:
        raise RuntimeError

    post_save.connect(wrong, sender=Authenticator)
    try:
        with pytest.raises(RuntimeError):
            added(client)
    finally:
        post_save.disconnect(wrong, sender=Authenticator)

    assert not Authenticator.objects.exists()
    assert credentials(email=alice.email).password_is_enough


@pytest.mark.parametrize("credential", ["", "{}", "x", json.dumps({"id": "AA", "rawId": "AA", "response": {}})])
def test_what_is_no_passkey_is_refused(client: Client, credential: str) -> None:
    sure(client, ADD)

    response = client.post(ADD, {"name": "Key", "credential": credential, "passwordless": "on"})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("credential", ["", "{}", "x", json.dumps({"response": {"userHandle": "MQ"}})])
def test_nobody_comes_in_by_what_is_none(alice: Account, credential: str) -> None:
    client = Client()
    asked = client.get(LOGIN, headers={"Accept": "application/json"}).json()["request_options"]["publicKey"]
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")

    response = client.post(LOGIN, {"credential": credential})

    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_somebody_elses_does_not_exist(client: Client, bob: Account) -> None:
    his = Authenticator.objects.create(user_id=bob.id, type="webauthn", data={"name": "His"})
    sure(client, ADD)  # who she is has been shown

    for what in ("edit", "remove"):
        path = f"/accounts/2fa/webauthn/keys/{his.pk}/{what}/"
        assert client.get(path).status_code == 404
        assert client.post(path, {"name": "Hers"}).status_code == 404
    assert Authenticator.objects.get().data == {"name": "His"}
