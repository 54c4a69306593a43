"""A hash that costs nothing, for the thousands of accounts that the tests open."""

from accounts.hashers import Argon2idHasher


class QuickHasher(Argon2idHasher):
    """The product's algorithm with the least work it allows; what the product itself asks for has a test of its own."""

    time_cost = 1
    memory_cost = 8
