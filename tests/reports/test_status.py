"""The states of a report, their letters and words (wire §2.2)."""

import pytest

from reports.status import CLOSED, ROUTED, STEPS, Status, UnknownStatus, read_status

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("active", Status.ACTIVE),
        ("unsubmitted", Status.ACTIVE),
        ("open", Status.ACTIVE),
        ("submitted", Status.SUBMITTED),
        ("approved", Status.APPROVED),
        ("rejected", Status.REJECTED),
        ("paid", Status.PAID),
        ("archived", Status.ARCHIVED),
        ("U", Status.ACTIVE),
        ("S", Status.SUBMITTED),
        ("A", Status.APPROVED),
        ("R", Status.REJECTED),
        ("P", Status.PAID),
        ("X", Status.ARCHIVED),
        ("u", Status.ACTIVE),
        (" PAID\n", Status.PAID),
    ],
)
def test_it_works(text: str, status: Status) -> None:
    assert read_status(text) is status


@pytest.mark.parametrize("text", ["", "needs_action", "all", "Z", "UU", "deleted", "aktiv"])
def test_unknown(text: str) -> None:
    with pytest.raises(UnknownStatus) as caught:
        read_status(text)

    assert str(caught.value) == (
        f"status {text!r}: one of active, submitted, approved, rejected, paid, archived is wanted"
    )


def test_what_is_handed_in_or_put_away_is_closed_and_what_is_worked_on_takes_texts() -> None:
    assert {Status.SUBMITTED, Status.APPROVED, Status.PAID, Status.ARCHIVED} == CLOSED
    assert {Status.ACTIVE, Status.REJECTED} == ROUTED


def test_every_state_can_be_left_and_worked_on_again() -> None:
    assert STEPS.keys() == set(Status)
    assert all(status not in steps and len(set(steps)) == len(steps) for status, steps in STEPS.items())
    assert all(Status.ACTIVE in steps for status, steps in STEPS.items() if status is not Status.ACTIVE)
