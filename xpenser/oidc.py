"""How allauth is told of the provider of OpenID Connect that the operator named."""

from typing import Any
from urllib.parse import urlsplit

from xpenser.env import Oidc


def oidc_settings(oidc: Oidc | None) -> dict[str, Any]:
    """Return SOCIALACCOUNT_PROVIDERS.

    What a provider calls somebody means nothing at another: identities are kept under the provider's address, so that
    those of the one before open nothing when the operator names another, or another realm of the same.
    """
    if oidc is None:
        return {}
    address = urlsplit(oidc.issuer)
    app = {
        "provider_id": f"{address.hostname}{address.path}".replace("/", "~"), "name": oidc.name,
        "client_id": oidc.client_id, "secret": oidc.client_secret, "settings": {"server_url": oidc.issuer},
    }  # fmt: skip
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
