"""The pictures of the overview: scales that have room, and shapes that lead somewhere."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from web.overview.pictures import Bar, Column, columns, scale_of, strip

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("amounts", "marks"),
    [
        ([17_000], [20_000, 15_000, 10_000, 5000, 0]),
        ([4_999_990, 20], [5_000_000, 4_000_000, 3_000_000, 2_000_000, 1_000_000, 0]),
        ([-90_000, 551_890], [600_000, 400_000, 200_000, 0, -200_000]),
        ([-3], [0, -1, -2, -3]),
        ([0, 0], [1000, 800, 600, 400, 200, 0]),
        ([], [1000, 800, 600, 400, 200, 0]),
    ],
)
def test_a_scale_has_few_round_marks(amounts: list[int], marks: list[int]) -> None:
    assert scale_of(amounts).marks == marks


@given(st.lists(st.integers(-(10**20), 10**20), max_size=5))
@example([10**6, -1])
@example([1])
def test_a_scale_has_room_for_all(amounts: list[int]) -> None:
    scale = scale_of(amounts)

    assert 2 <= len(scale.marks) <= 6
    assert 0 in scale.marks
    assert all(scale.low <= amount <= scale.high for amount in amounts)
    assert len({one - other for one, other in zip(scale.marks, scale.marks[1:], strict=False)}) == 1


def test_columns_are_links_that_say_what_they_are() -> None:
    now, before, none = (
        Bar(500, "June <2026>: 0.50", "/?a=1&b=2"),
        Bar(-200, 'June "2025": −0.20', "/?c=3"),
        Bar(0, "", ""),
    )

    drawn = columns([Column(now, before), Column(none, None)], scale=scale_of([500, -200]), name="R&D")

    assert drawn == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100" preserveAspectRatio="none meet"'
        ' role="group" aria-label="R&amp;D">'
        '<line class="grid" x1="0" y1="0.0" x2="200" y2="0.0"/><line class="grid" x1="0" y1="25.0" x2="200" y2="25.0"/>'
        '<line class="grid" x1="0" y1="50.0" x2="200" y2="50.0"/>'
        '<line class="zero" x1="0" y1="75.0" x2="200" y2="75.0"/>'
        '<line class="grid" x1="0" y1="100.0" x2="200" y2="100.0"/>'
        '<a tabindex="-1" href="/?c=3" aria-label="June &quot;2025&quot;: −0.20">'
        "<title>June &quot;2025&quot;: −0.20</title>"
        '<rect class="room" x="14" y="0" width="36" height="100"/>'
        '<rect class="then" x="16" y="75.0" width="32" height="25.0"/></a>'
        '<a href="/?a=1&amp;b=2" aria-label="June &lt;2026&gt;: 0.50"><title>June &lt;2026&gt;: 0.50</title>'
        '<rect class="room" x="50" y="0" width="36" height="100"/>'
        '<rect class="now" x="52" y="12.5" width="32" height="62.5"/></a></svg>'
    )


@pytest.mark.parametrize(
    ("amount", "most", "width", "kind"),
    [(500, 1000, "50.0", "now"), (-250, 1000, "25.0", "then"), (0, 1000, "0.0", "now"), (0, 0, "0", "now")],
)
def test_a_strip_is_a_part_of_the_largest(amount: int, most: int, width: str, kind: str) -> None:
    assert strip(amount, most) == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 8" preserveAspectRatio="none meet" class="hbar"'
        f' aria-hidden="true"><rect class="{kind}" width="{width}" height="8"/></svg>'
    )
