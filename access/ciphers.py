"""How secrets that must be read again are kept: encrypted, with keys that are made from the server's secret keys."""

import base64
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SecretLost(Exception):
    """A stored secret was encrypted with a key that is not here. The message may be shown to the operator."""

    def __init__(self) -> None:
        super().__init__("a stored OAuth secret can't be read: it was encrypted with another secret_key than this one")


def encrypted(secret: str, *, keys: Sequence[str]) -> str:
    """Return ``secret`` encrypted with the first of the server's secret ``keys``, in ASCII."""
    return _cipher(tuple(keys)).encrypt(secret.encode()).decode("ascii")


def decrypted(text: str, *, keys: Sequence[str]) -> str:
    """Return the secret in ``text``, whichever of ``keys`` it was encrypted with. Raises SecretLost."""
    try:
        return _cipher(tuple(keys)).decrypt(text).decode()
    except InvalidToken:
        raise SecretLost from None


def reencrypted(text: str, *, keys: Sequence[str]) -> str:
    """Return the same secret encrypted with the first of ``keys``. Raises SecretLost."""
    return encrypted(decrypted(text, keys=keys), keys=keys)


@lru_cache(maxsize=8)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_key(key)) for key in keys])


def _key(secret_key: str) -> bytes:
    """Derive a key of its own: what else the secret key signs says nothing about it (RFC 5869)."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"xpenser OAuth secrets")
    return base64.urlsafe_b64encode(derive.derive(secret_key.encode()))
