"""Reports in the words of pages."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from reports.status import STEPS, Status

STATES: Final[Mapping[Status, Promise]] = {
    Status.ACTIVE: _("Active"),
    Status.REJECTED: _("Rejected"),
    Status.SUBMITTED: _("Submitted"),
    Status.APPROVED: _("Approved"),
    Status.PAID: _("Paid"),
    Status.ARCHIVED: _("Archived"),
}
"""The names of the states: what is worked on first, what is put away last."""

_VERBS: Final[Mapping[Status, Promise]] = {
    Status.ACTIVE: _("Reopen"),
    Status.REJECTED: _("Reject"),
    Status.SUBMITTED: _("Submit"),
    Status.APPROVED: _("Approve"),
    Status.PAID: _("Mark as paid"),
    Status.ARCHIVED: _("Archive"),
}
_WAY: Final = (Status.ACTIVE, Status.SUBMITTED, Status.APPROVED, Status.PAID)
_BYWAYS: Final = {
    Status.REJECTED: (Status.ACTIVE, Status.SUBMITTED, Status.REJECTED),
    Status.ARCHIVED: (Status.ACTIVE, Status.ARCHIVED),
}


class Stage(NamedTuple):
    """A state on a report's way. ``when``: "done", "now" or "later"."""

    name: Promise
    when: str


class Step(NamedTuple):
    """A state that a report may be taken to, and what that is called."""

    status: Status
    verb: Promise


def stages(status: Status) -> list[Stage]:
    """Return the way that a report has gone, is at and, if nobody objects, will go."""
    way: Sequence[Status] = _BYWAYS.get(status, _WAY)
    at = way.index(status)
    times = ["done"] * at + ["now"] + ["later"] * (len(way) - at - 1)
    return [Stage(STATES[each], when) for each, when in zip(way, times, strict=True)]


def steps(status: Status) -> list[Step]:
    """Return what may be done with a report next, the usual first."""
    return [Step(after, _VERBS[after]) for after in STEPS[status]]
