"""What may be done to programs that speak OAuth 1.0, by who registers them."""

from datetime import datetime
from typing import Final, NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from access.callbacks import OOB, callback_checked
from access.models import Consumer
from access.secrets import key_make, secret_kept, secret_make
from accounts.retried import retried
from accounts.sentences import sentence

LONGEST_NAME: Final = 100
LEAST_RSA_BITS: Final = 2048
MOST_RSA_BITS: Final = 8192
"""Each signature costs work by the square of them."""


class NewConsumer(NamedTuple):
    """``secret`` is shown once: it is stored encrypted, and no page gives it again."""

    id: int
    key: str
    secret: str


class BadConsumerName(ValueError):
    """The program can't be called so. The message may be shown."""

    def __init__(self, name: str) -> None:
        super().__init__(
            sentence(
                "name %(name)s: 1 to %(most)s printable characters are wanted",
                name=repr(name[:40]),
                most=LONGEST_NAME,
            )
        )


class BadRSAKey(ValueError):
    """This is no public key that signatures can be checked with. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(
            sentence(
                "RSA key: a public key in PEM (-----BEGIN PUBLIC KEY-----) of %(least)s to %(most)s bits is wanted",
                least=LEAST_RSA_BITS,
                most=MOST_RSA_BITS,
            )
        )


class ConsumerNotFound(Exception):
    """The person registered no such program. The message may be shown."""

    def __init__(self) -> None:
        super().__init__(sentence("there is no such program among those that you registered"))


@retried
def consumer_register(
    *, user_id: int, name: str, now: datetime, callback: str = "", is_legacy: bool = False, rsa_key: str = ""
) -> NewConsumer:
    """Return a new program of the person's.

    ``callback``: the address that its users come back to, or one above it; "" for a program without (it then shows
    them where to type a verifier). ``rsa_key``: PEM, or "". Raises BadConsumerName, BadCallback, BadRSAKey.
    """
    name, callback, rsa_key, secret = name.strip(), callback.strip(), rsa_key.strip(), secret_make()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadConsumerName(name)
    row = Consumer.objects.create(
        user_id=user_id,
        name=name,
        key=key_make(),
        secret=secret_kept(secret),
        callback="" if callback in {"", OOB} else callback_checked(callback),
        is_legacy=is_legacy,
        rsa_key=_checked_rsa_key(rsa_key) if rsa_key else "",
        created=now,
    )
    return NewConsumer(row.pk, row.key, secret)


@retried
def consumer_delete(*, user_id: int, consumer_id: int) -> None:
    """Remove a program of the person's, and every access that anybody gave it. Raises ConsumerNotFound."""
    deleted, _ = Consumer.objects.filter(user_id=user_id, pk=consumer_id).delete()
    if not deleted:
        raise ConsumerNotFound


def _checked_rsa_key(pem: str) -> str:
    """Return the key anew, without what may stand beside it. Raises BadRSAKey."""
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm):
        raise BadRSAKey from None
    if not isinstance(key, RSAPublicKey) or not LEAST_RSA_BITS <= key.key_size <= MOST_RSA_BITS:
        raise BadRSAKey
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
