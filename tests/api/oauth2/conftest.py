import pytest

from accounts.selectors import Account
from tests.access.oauth2 import register
from tests.api.oauth2.dance import Program


@pytest.fixture
def app(bob: Account) -> Program:
    """A program on phones, which Bob wrote."""
    return Program(register(bob))


@pytest.fixture
def site(bob: Account) -> Program:
    """A program on a server of Bob's, which keeps a secret."""
    return Program(register(bob, name="Site", is_confidential=True))
