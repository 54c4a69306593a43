"""What a person has beside a password: codes of an app, passkeys, codes for when they are lost. allauth keeps them."""

import re
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from access.ciphers import SecretLost, reencrypted
from access.secrets import secret_keys
from access.services.rotation import Reencrypted
from accounts.services import second_factor_note

_ADDRESS: Final = re.compile(r"[0-9.]+|.*:.*")
# Of what is kept of each, the part that must be read again.
_SECRETS: Final = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def factors(user_id: int) -> QuerySet[Authenticator]:
    """Return what the person may show beside a password; codes for when it is lost are none by themselves."""
    found: QuerySet[Authenticator] = Authenticator.objects.filter(user_id=user_id).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return found


def passkeys_work() -> bool:
    """Tell whether browsers give passkeys to pages of ours: to https and to localhost, and to names only."""
    home = urlsplit(settings.PUBLIC_URL)
    name = home.hostname or ""
    return name == "localhost" or (home.scheme == "https" and not _ADDRESS.fullmatch(name))


def factor_noted(*, instance: Authenticator, created: bool = True, **_: Any) -> None:
    """Note, when a factor was added or taken away, whether there is one now: for ``post_save`` and ``post_delete``.

    In the transaction of the change (``web.coming_in.urls.changing``), so that the one is never without the other.
    """
    if created:
        second_factor_note(user_id=instance.user_id, has_one=factors(instance.user_id).exists)


def factors_drop(*, user_id: int) -> None:
    """Take all second factors of a person away, codes too: then the password is enough again."""
    with transaction.atomic():
        Authenticator.objects.filter(user_id=user_id).delete()


def factors_reencrypt() -> Reencrypted:
    """Put the secrets of all factors under the first of the server's keys, whichever of them they were under."""
    done = lost = 0
    for factor in Authenticator.objects.filter(type__in=_SECRETS).order_by("pk"):
        kept = _SECRETS[factor.type]
        try:
            factor.data[kept] = reencrypted(factor.data[kept], keys=secret_keys())
        except SecretLost:
            lost += 1
            continue
        factor.save(update_fields=["data"])
        done += 1
    return Reencrypted(done, lost)
