import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_attempts_so_far() -> None:
    """Attempts to sign in are counted in the cache, over all tests."""
    cache.clear()
