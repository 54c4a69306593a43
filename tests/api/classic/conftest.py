"""The classic API answers at NOON, unless a test moves its clock."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOON


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
