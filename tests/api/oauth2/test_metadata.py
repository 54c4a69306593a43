"""GET /.well-known/oauth-authorization-server (RFC 8414)."""

from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

PATH = "/.well-known/oauth-authorization-server"


def metadata(base: str) -> dict[str, Any]:
    secret = ["client_secret_basic", "client_secret_post"]
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "token_endpoint": f"{base}/oauth/token",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "scopes_supported": [
            "expenses:read", "expenses:write", "reports:read", "reports:write", "receipts:read", "receipts:write",
            "account:read",
        ],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [*secret, "none"],
        "revocation_endpoint_auth_methods_supported": [*secret, "none"],
        "introspection_endpoint_auth_methods_supported": secret,
        "authorization_response_iss_parameter_supported": True,
    }  # fmt: skip


def test_it_works(settings: Any) -> None:
    answer = Client().get(PATH)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json() == metadata(settings.PUBLIC_URL)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in answer.headers


def test_it_does_not_come_from_the_host_header(settings: Any) -> None:
    settings.PUBLIC_URL = "https://expenses.example.com"

    answer = Client().get(PATH, headers={"Host": "127.0.0.1:4711"})

    assert answer.json() == metadata("https://expenses.example.com")


def test_all_that_it_lists_is_there() -> None:
    for name, address in metadata("").items():
        if name.endswith("_endpoint"):
            assert resolve(address)


def test_nothing_else_of_the_toolkits_is_there() -> None:
    from oauth2_provider.urls import urlpatterns

    ours = {"authorize", "token", "introspect", "oauth-server-metadata"}
    for pattern in urlpatterns:
        path = str(pattern.pattern).replace("<slug:pk>", "1").replace("^", "").replace("\\", "").replace("/?$", "")
        for place in ("/", "/oauth/"):
            if pattern.name not in ours:
                with pytest.raises(Resolver404):
                    resolve(place + path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_other_methods(method: str) -> None:
    answer = Client().generic(method, PATH)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
