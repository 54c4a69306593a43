import pytest

from xpenser.env import Oidc
from xpenser.oidc import oidc_settings

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("issuer", "kept_under"),
    [
        ("https://login.example.com", "login.example.com"),
        ("https://login.example.com:8443", "login.example.com"),
        ("https://login.example.com/realms/Work", "login.example.com~realms~Work"),
    ],
)
def test_identities_are_kept_apart_by_where_they_come_from(issuer: str, kept_under: str) -> None:
    named = Oidc(name="Work", issuer=issuer, client_id="xpenser", client_secret="hush")

    (app,) = oidc_settings(named)["openid_connect"]["APPS"]

    assert app["provider_id"] == kept_under
    assert app["settings"] == {"server_url": issuer}


def test_without_a_provider_there_is_none() -> None:
    assert oidc_settings(None) == {}
