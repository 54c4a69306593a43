from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests.cast import NOON
from web.templatetags.instants import ago, day

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "19 Nov 2026"),
        (timedelta(days=400), "16 Oct 2025"),
    ],
)
def test_ago(passed: timedelta, words: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert f">{words}</time>" in ago(NOON - passed, "UTC")


def test_a_day_is_that_of_the_person() -> None:
    late = datetime(2026, 12, 31, 23, 30, 5, 7, tzinfo=UTC)

    assert day(late, "Europe/Berlin") == (
        '<time datetime="2027-01-01T00:30:05+01:00" title="2027-01-01 00:30">1 Jan 2027</time>'
    )
    assert ">31 Dec 2026</time>" in day(late, "America/New_York")
