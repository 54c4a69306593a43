import pytest

from accounts.selectors import Account
from tests.access.oauth2 import register
from tests.access.programs import program
from tests.api.oauth1.program import Program as Program1
from tests.api.oauth2.dance import Program as Program2


@pytest.fixture
def app1(alice: Account) -> Program1:
    """A program of OAuth 1.0a that nobody has let in yet."""
    return Program1(program(alice))


@pytest.fixture
def site(bob: Account) -> Program2:
    """A program of OAuth 2.0 on a server of Bob's."""
    return Program2(register(bob, name="Site", is_confidential=True))
