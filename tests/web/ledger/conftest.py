from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from accounts.selectors import Account
from tests.cast import NOON
from tests.web.people import at_browser


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def browser(alice: Account) -> Client:
    return at_browser(alice)
