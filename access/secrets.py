"""The secrets that programs sign with, under the server's own keys."""

from collections.abc import Sequence
from functools import lru_cache
from secrets import choice
from string import ascii_letters, digits
from typing import Final

from django.conf import settings

from access.ciphers import decrypted, encrypted

KEY_LENGTH: Final = 18
SECRET_LENGTH: Final = 32
VERIFIER_LENGTH: Final = 10
"""Lengths of the old service, in which old clients keep them (wire §4)."""
_ALPHANUMERIC: Final = ascii_letters + digits
_ALOUD: Final = "23456789abcdefghjkmnpqrstuvwxyz"


def key_make() -> str:
    """Return a new name for a consumer or a token: 107 bits, since a request token's is all that opens its page."""
    return _drawn(_ALPHANUMERIC, KEY_LENGTH)


def secret_make() -> str:
    return _drawn(_ALPHANUMERIC, SECRET_LENGTH)


def verifier_make() -> str:
    """Return a new verifier: small letters and digits that are not mistaken for each other when read aloud."""
    return _drawn(_ALOUD, VERIFIER_LENGTH)


def secret_keys() -> tuple[str, ...]:
    """Return the server's secret keys, newest first."""
    return (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)


def secret_kept(secret: str) -> str:
    """Return a secret as it is stored."""
    return encrypted(secret, keys=secret_keys())


def secret_read(stored: str) -> str:
    """Return a stored secret. Raises SecretLost."""
    return _read(stored, secret_keys())


# Every signed request asks for two, and decrypting takes as long as the rest of the signature.
@lru_cache(maxsize=4096)
def _read(stored: str, keys: Sequence[str]) -> str:
    return decrypted(stored, keys=keys)


def _drawn(alphabet: str, length: int) -> str:
    return "".join(choice(alphabet) for _ in range(length))
