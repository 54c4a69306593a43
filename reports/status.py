"""The states of a report: the letters that are stored and printed, and the words that stand for them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from accounts.sentences import sentence


class Status(StrEnum):
    """Source: wire §2.2. Only U was seen (C2); the other letters are ours."""

    ACTIVE = "U"
    SUBMITTED = "S"
    APPROVED = "A"
    REJECTED = "R"
    PAID = "P"
    ARCHIVED = "X"


CLOSED: Final = frozenset({Status.SUBMITTED, Status.APPROVED, Status.PAID, Status.ARCHIVED})
"""Handed in, or put away as it was: takes no more expenses, and those in it stay as they are."""

ROUTED: Final = frozenset({Status.ACTIVE, Status.REJECTED})
"""Being worked on: free text files into it by name."""

STEPS: Final[Mapping[Status, tuple[Status, ...]]] = {
    Status.ACTIVE: (Status.SUBMITTED, Status.ARCHIVED),
    Status.SUBMITTED: (Status.APPROVED, Status.REJECTED, Status.ACTIVE),
    Status.APPROVED: (Status.PAID, Status.ACTIVE),
    Status.REJECTED: (Status.SUBMITTED, Status.ACTIVE, Status.ARCHIVED),
    Status.PAID: (Status.ARCHIVED, Status.ACTIVE),
    Status.ARCHIVED: (Status.ACTIVE,),
}
"""Where a person takes a report from each state, the usual way first. Programs set any state (wire §2.2)."""

_WORDS: Final = {
    "active": Status.ACTIVE,
    "unsubmitted": Status.ACTIVE,
    "open": Status.ACTIVE,
    "submitted": Status.SUBMITTED,
    "approved": Status.APPROVED,
    "rejected": Status.REJECTED,
    "paid": Status.PAID,
    "archived": Status.ARCHIVED,
    **{status.value.lower(): status for status in Status},
}


class UnknownStatus(ValueError):
    """The word or letter names no state of a report."""

    def __init__(self, text: str) -> None:
        super().__init__(
            sentence(
                "status %(text)s: one of active, submitted, approved, rejected, paid, archived is wanted",
                text=repr(text[:40]),
            )
        )


def read_status(text: str) -> Status:
    """Return the state that a word or letter names, in any case. Raises UnknownStatus."""
    try:
        return _WORDS[text.strip().lower()]
    except KeyError:
        raise UnknownStatus(text) from None
