"""Programs that speak OAuth 2.0, and what they hold, for tests that don't walk through the whole flow."""

from datetime import datetime, timedelta
from uuid import uuid4

from oauth2_provider.models import AccessToken, Grant, RefreshToken, set_token_value

from access.services.applications import NewApplication, application_register
from access.services.oauth2 import approval_note
from accounts.selectors import Account
from tests.cast import NOON

CALLBACK = "https://app.example/callback"
SCOPES = "expenses:read expenses:write"


def register(owner: Account, *uris: str, name: str = "Tally", is_confidential: bool = False) -> NewApplication:
    return application_register(
        user_id=owner.id, name=name, redirect_uris=uris or [CALLBACK], is_confidential=is_confidential, now=NOON
    )


def give(
    application: NewApplication, person: Account, *, scope: str = SCOPES, now: datetime = NOON, token: str = "opens"
) -> tuple[str, str]:
    """Let an application act for a person, as if consent had been given at ``now``; return its two tokens."""
    approval_note(user_id=person.id, application_id=application.id, now=now)
    access = AccessToken(
        user_id=person.id, application_id=application.id, scope=scope, expires=now + timedelta(hours=1)
    )
    set_token_value(access, token)
    access.save()
    refresh = RefreshToken(user_id=person.id, application_id=application.id, access_token=access, token_family=uuid4())
    set_token_value(refresh, f"{token} again")
    refresh.save()
    return token, f"{token} again"


def held(person: Account) -> int:
    """Count what anybody still holds of a person: codes, and tokens that were not revoked."""
    return int(
        Grant.objects.filter(user_id=person.id).count()
        + AccessToken.objects.filter(user_id=person.id).count()
        + RefreshToken.objects.filter(user_id=person.id, revoked=None).count()
    )
