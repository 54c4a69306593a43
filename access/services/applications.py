"""What may be done to programs that speak OAuth 2.0: register one, let it act for a person, take that back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken

from access.models import Approval
from access.redirects import redirect_check
from accounts.retried import retried
from accounts.sentences import sentence

NAME_LENGTH: Final = 100
MOST_REDIRECTS: Final = 10


class NewApplication(NamedTuple):
    """A program that was just registered. ``client_secret`` is shown once, since only its digest is kept; a program
    that can't keep a secret (on a phone, in a browser) has none."""

    id: int
    client_id: str
    client_secret: str | None


class BadApplication(ValueError):
    """A program can't be registered as it was described. The message may be shown."""


class BadApplicationName(BadApplication):
    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "name %(name)s: 1 to %(most)s characters on one line are wanted",
                name=repr(name[:40]),
                most=NAME_LENGTH,
            )
        )


class RedirectCount(BadApplication):
    def __init__(self, count: int) -> None:
        super().__init__(
            sentence(
                "redirect addresses: 1 to %(most)s are wanted, %(count)s were given",
                most=MOST_REDIRECTS,
                count=count,
            )
        )


class ApplicationNotFound(Exception):
    """The person has no such application. The message may be shown."""

    def __init__(self, application_id: int) -> None:
        super().__init__(
            sentence(
                "application %(application_id)s: no application of yours has this id", application_id=application_id
            )
        )


@retried
@transaction.atomic
def application_register(
    *, user_id: int, name: str, redirect_uris: Sequence[str], is_confidential: bool, now: datetime
) -> NewApplication:
    """Register a program and return its credentials, for the only time. Raises BadApplication, BadRedirect.

    ``is_confidential``: it runs where nobody else looks, and can keep a secret. What it may do is asked of each person
    when it comes, so no scopes are kept with it.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_LENGTH or not name.isprintable():
        raise BadApplicationName(name)
    if not 0 < len(redirect_uris) <= MOST_REDIRECTS:
        raise RedirectCount(len(redirect_uris))
    for uri in redirect_uris:
        redirect_check(uri, is_confidential=is_confidential)
    # A public client is given one as well, and not told: a blank one would let anybody in who sends a blank.
    secret = generate_client_secret()
    row = Application.objects.create(
        user_id=user_id,
        name=name,
        redirect_uris=" ".join(redirect_uris),
        client_type=Application.CLIENT_CONFIDENTIAL if is_confidential else Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        client_secret=secret,
    )
    Application.objects.filter(pk=row.pk).update(created=now)  # the column takes a clock's time by itself
    return NewApplication(row.pk, row.client_id, secret if is_confidential else None)


@retried
@transaction.atomic
def application_delete(*, user_id: int, application_id: int) -> None:
    """Delete a program that the person registered, with everything it holds of anybody. Raises ApplicationNotFound."""
    row = Application.objects.filter(user_id=user_id, pk=application_id).first()
    if row is None:
        raise ApplicationNotFound(application_id)
    # In the order in which tokens are issued (access.services.oauth2), so that the two can't wait for each other.
    Approval.objects.filter(application_id=application_id).delete()
    row.delete()


@retried
@transaction.atomic
def grant_revoke(*, user_id: int, application_id: int) -> None:
    """Take back all that a program holds of the person: it works nowhere from the next request on.

    Raises ApplicationNotFound where it holds nothing.
    """
    # The approval first: who issues tokens holds its row, so what is issued meanwhile is either seen or refused.
    deleted, _ = Approval.objects.filter(user_id=user_id, application_id=application_id).delete()
    if not deleted:
        raise ApplicationNotFound(application_id)
    for table in (Grant, RefreshToken, AccessToken):
        table.objects.filter(user_id=user_id, application_id=application_id).delete()
