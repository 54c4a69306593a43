"""The timer that runs: a person has one, or none."""

from datetime import datetime
from typing import NamedTuple

from expenses.models import Timer


class TimerRow(NamedTuple):
    """What a timer counts for: the expense that it will fill in when it is stopped."""

    expense_id: int
    type: str
    notes: str
    started: datetime


def timer_row(*, user_id: int) -> TimerRow | None:
    """Return the person's running timer."""
    row = Timer.objects.filter(user_id=user_id).values_list("expense_id", "expense__type", "expense__notes", "started")
    return next((TimerRow(*values) for values in row), None)
