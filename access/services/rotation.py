"""What is done when the server gets a new secret key."""

from typing import NamedTuple

from access.ciphers import SecretLost, reencrypted
from access.models import AccessToken, Consumer, RequestToken
from access.secrets import secret_keys


class Reencrypted(NamedTuple):
    """How many secrets are under the first key now, and how many can't be read with any."""

    done: int
    lost: int


def secrets_reencrypt() -> Reencrypted:
    """Put every stored secret under the first of the server's keys, whichever of them it was under."""
    done = lost = 0
    for table in (Consumer, RequestToken, AccessToken):
        for number, stored in list(table.objects.order_by("pk").values_list("pk", "secret")):
            try:
                secret = reencrypted(stored, keys=secret_keys())
            except SecretLost:
                lost += 1
                continue
            table.objects.filter(pk=number).update(secret=secret)
            done += 1
    return Reencrypted(done, lost)
