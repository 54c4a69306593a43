"""How passwords are kept, and secrets that nobody has to remember."""

import hashlib
from typing import Any, Final

from django.contrib.auth.hashers import Argon2PasswordHasher, BasePasswordHasher
from django.utils.crypto import constant_time_compare

LONGEST_PASSWORD: Final = 1000
"""Characters. Before a hash is a hash, it is work by the length of what is hashed."""


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane (18 ms here; Django's default takes 103)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


class SecretHasher(BasePasswordHasher):
    """SHA-256, for secrets that this server drew itself.

    Nobody guesses 48 random characters, however fast a guess is; a slow hash would only let strangers, who know a
    program's name, have 18 ms of work done for each of theirs.
    """

    algorithm = "sha256"

    def salt(self) -> str:
        return ""

    def encode(self, password: str, salt: str) -> str:
        return f"{self.algorithm}${hashlib.sha256(password.encode()).hexdigest()}"

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(self.encode(password, ""), encoded)

    def safe_summary(self, encoded: str) -> dict[Any, Any]:
        return {"algorithm": self.algorithm}
