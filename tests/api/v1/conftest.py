from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOON


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """What the doors read: it stands at NOON until it is moved."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
