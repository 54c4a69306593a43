import pytest

from accounts.selectors import Account
from tests.access.programs import let_in, program
from tests.api.oauth1.program import Program


@pytest.fixture
def app(alice: Account) -> Program:
    """A program of Alice's that nobody has let in yet."""
    return Program(program(alice))


@pytest.fixture
def legacy(alice: Account) -> Program:
    """The same, of the time before 1.0a."""
    return Program(program(alice, name="Old App", callback="", is_legacy=True))


@pytest.fixture
def bobs(app: Program, bob: Account) -> Program:
    """Alice's program, let into Bob's ledger."""
    return Program(app.consumer, let_in(app.consumer, bob))
