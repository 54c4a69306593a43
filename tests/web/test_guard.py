"""Every page asks who is there, but those that say that they don't."""

import pytest
from django.test import Client

from tests.api.routes import Route, routes

OPEN = {
    "",
    "healthz",
    "opensearch.xml",
    "readyz",
    "metrics",
    "help/",
    "help/clients/",
    "manifest.webmanifest",
    "offline/",
    "share/",
    "worker.js",
    *(
        f"accounts/{page}"
        for page in (
            "login/", "logout/", "inactive/", "signup/", "join/{token}/", "confirm-email/", "confirm-email/{key}/",
            "password/reset/", "password/reset/done/", "password/reset/key/{uidb36}-{key}/", "password/reset/key/done/",
            "2fa/authenticate/", "2fa/webauthn/login/", "oidc/cancelled/", "oidc/error/", "oidc/signup/",
            "oidc/{provider_id}/login/", "oidc/{provider_id}/login/callback/",
        )
    ),
}  # fmt: skip
PAGES = [route for route in routes() if route.view.__module__.startswith(("web.", "allauth."))]


def test_there_are_some() -> None:
    assert {route.path for route in PAGES} > {
        *OPEN,
        "oauth/authorize",
        "settings/apps/",
        "settings/{kind}/{number}/cut/",
    }


@pytest.mark.parametrize("route", [route for route in PAGES if route.path not in OPEN], ids=lambda route: route.path)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stranger_signs_in_first(route: Route, method: str) -> None:
    path = "/" + route.path.format(
        kind="token", number=1, pk=1, what="mi", day="2026-01-01", output="csv", size="small", action="deactivate"
    )

    response = Client().generic(method, path)

    assert (response.status_code, response.headers["Location"]) == (302, f"/accounts/login/?next={path}")
