"""How a personal token looks: a prefix, 30 random letters, and a checksum, by which scanners of leaked secrets know it.

The form is GitHub's: base 62, and behind the random part its CRC-32, filled up with zeros to six letters. A scanner,
and a door, can tell a token from any other text without asking a database.
"""

import hashlib
import re
import secrets
import zlib
from typing import Final

PREFIX: Final = "xp_"
BEGINNING: Final = len(PREFIX) + 6
"""As many letters are kept to know a token by; those that are left are beyond guessing."""
_LETTERS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM: Final = 30
_SUM: Final = 6
_FORM: Final = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_RANDOM}}})([0-9A-Za-z]{{{_SUM}}})")


def token_make() -> str:
    """Return a new token, of 178 random bits."""
    random = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return f"{PREFIX}{random}{_checksum(random)}"


def is_token(text: str) -> bool:
    """Tell whether a text is a token by its form and its checksum; whose, and whether it works, is not asked."""
    match = _FORM.fullmatch(text)
    return match is not None and _checksum(match[1]) == match[2]


def token_digest(token: str) -> str:
    """Return what is kept of a token. It is random already: nobody can guess it back, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _checksum(random: str) -> str:
    number, letters = zlib.crc32(random.encode("ascii")), ""
    for _ in range(_SUM):
        number, rest = divmod(number, len(_LETTERS))
        letters = _LETTERS[rest] + letters
    return letters
