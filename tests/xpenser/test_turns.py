"""Who is let in, in which order, and who is not."""

import threading
from collections import deque

import pytest

from tests.callers import PATIENCE, eventually
from xpenser.turns import NoTurn, Turns

pytestmark = pytest.mark.once


def test_so_many_have_one_at_once() -> None:
    turns = Turns(2, patience=PATIENCE, most_waiting=0)
    turns.take()
    turns.take()

    with pytest.raises(NoTurn):
        turns.take()

    turns.give_back()
    turns.take()


def test_the_others_come_in_their_order() -> None:
    told: list[int] = []
    turns = Turns(1, patience=PATIENCE, most_waiting=3, tell=told.append)
    turns.take()
    came: deque[int] = deque()

    def wait(number: int) -> None:
        turns.take()
        came.append(number)

    threads = [threading.Thread(target=wait, args=[number]) for number in range(3)]
    for number, thread in enumerate(threads):
        thread.start()
        assert eventually(lambda waiting=number + 1: told[-1:] == [waiting])  # type: ignore[misc]
    with pytest.raises(NoTurn):
        turns.take()
    for number, thread in enumerate(threads):
        turns.give_back()
        thread.join(PATIENCE)
        assert list(came) == list(range(number + 1))
    turns.give_back()

    assert told == [1, 2, 3, 2, 1, 0]
    turns.take()


def test_nobody_waits_for_ever() -> None:
    told: list[int] = []
    turns = Turns(1, patience=0, tell=told.append)
    turns.take()

    with pytest.raises(NoTurn):
        turns.take()

    assert told == [1, 0]
    turns.give_back()
    turns.take()  # it was not given to who had gone
