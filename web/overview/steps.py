"""Sums over time: the picture, and the table behind it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from expenses.selectors import Step, Total
from web.figures import money, whole
from web.overview.asked import year_before
from web.overview.links import Rows
from web.overview.pictures import Bar, Column, columns, scale_of
from web.periods import Period, period_told

_DAYS: Final = 62  # that are shown as such; what is longer is shown in larger steps
_MONTHS: Final = 36
_LABELS: Final = 12
_LATE: Final = 10  # months of a year from which on there is no room for its number before that of the next
_GAPS: Final = 40  # years; where there are more, those without expenses are left out
_NONE: Final = Total(0, 0)
_KEYS: Final[Mapping[Step, int]] = {"day": 10, "month": 7, "year": 4}


class Line(NamedTuple):
    """A step: its sum, that of the year before if it is shown, and the difference of the two once it is over."""

    name: str
    now: Total
    href: str
    before: Total
    before_href: str
    difference: int | None


class Label(NamedTuple):
    """What stands under a column; of ``rest`` there is no room on a phone."""

    start: str
    rest: str = ""


class Plot(NamedTuple):
    """Sums over time. ``before`` is the total of the year before, None where it is not compared with that."""

    step: Step
    marks: Sequence[str]
    picture: SafeString
    labels: Sequence[Label]
    lines: Sequence[Line]
    before: Total | None


def step_of(period: Period) -> Step:
    """Return the step in which a period is shown."""
    if period.days <= _DAYS:
        return "day"
    return "month" if _month(period.last) - _month(period.first) < _MONTHS else "year"


def plot_of(
    *, period: Period, sums: Mapping[str, Total], before: Mapping[str, Total], rows: Rows, currency: str, today: date
) -> Plot:
    """Draw sums over the days of a period, beside those of the year before if there are any; both by their step."""
    step = step_of(period)
    spans = list(_spans(period, step, sums))
    lines = [
        _line(span, sums.get(_key(span, step), _NONE), before.get(_key(year_before(span), step), _NONE), rows, today)
        for span in spans
    ]
    drawn = [_column(line, currency, compared=bool(before)) for line in lines]
    scale = scale_of(bar.amount for column in drawn for bar in column if bar)
    name = gettext("Expenses over time, %(days)s. The table below has every figure.") % {"days": period_told(period)}
    return Plot(
        step,
        [_mark(mark, currency) for mark in scale.marks],
        columns(drawn, scale=scale, name=name),
        [_label(span, step, place, len(spans)) for place, span in enumerate(spans)],
        [line for line in lines if line.now.expenses or line.before.expenses],
        Total(*map(sum, zip(*before.values(), strict=True))) if before else None,
    )


def _line(span: Period, now: Total, before: Total, rows: Rows, today: date) -> Line:
    is_over = span.last < today
    return Line(
        period_told(span) if is_over else gettext("%(days)s, so far") % {"days": period_told(span)},
        now,
        rows.within(span).href if now.expenses else "",
        before,
        rows.within(year_before(span)).href if before.expenses else "",
        now.amount - before.amount if is_over else None,
    )


def _column(line: Line, currency: str, *, compared: bool) -> Column:
    def bar(name: str, total: Total, href: str) -> Bar:
        return Bar(total.amount, f"{name}: {money(total.amount, currency)} {currency}", href)

    earlier = gettext("%(days)s, a year before") % {"days": line.name}
    return Column(
        bar(line.name, line.now, line.href), bar(earlier, line.before, line.before_href) if compared else None
    )


def _spans(period: Period, step: Step, sums: Mapping[str, Total]) -> Iterator[Period]:
    """Yield the steps of a period; the first and the last may be cut short by it."""
    if step == "year" and period.last.year - period.first.year >= _GAPS:
        starts = [date.fromisoformat(f"{year}-01-01") for year in sums]
    else:
        starts = list(_starts(period, step))
    for start in starts:
        whole = {"day": Period(start, start), "month": Period.of_month(start), "year": Period.of_year(start)}[step]
        yield Period(max(whole.first, period.first), min(whole.last, period.last))


def _starts(period: Period, step: Step) -> Iterator[date]:
    if step == "day":
        yield from (period.first + timedelta(days) for days in range(period.days))
    elif step == "month":
        for month in range(_month(period.first), _month(period.last) + 1):
            yield date(month // 12, month % 12 + 1, 1)
    else:
        yield from (date(year, 1, 1) for year in range(period.first.year, period.last.year + 1))


def _label(span: Period, step: Step, place: int, among: int) -> Label:
    first = span.first
    if step == "month" and among <= _LABELS:
        name = date_format(first, "M")
        return Label(name[:1], name[1:])
    if step == "month":
        return Label(str(first.year) if first.month == 1 or (not place and first.month < _LATE) else "")
    every = -(-among // _LABELS)
    shown = str(first.year) if step == "year" else date_format(first, "j")
    return Label("" if place % every else shown)


def _mark(amount: int, currency: str) -> str:
    """Return a mark of the scale without decimals, unless it needs them."""
    return whole(amount) if amount % 1000 == 0 else money(amount, currency)


def _key(days: Period | None, step: Step) -> str:
    """Return how the sums name the step that begins with these days; "" before the calendar begins."""
    return days.first.isoformat()[: _KEYS[step]] if days else ""


def _month(day: date) -> int:
    """Return the number of a day's month since the year 0."""
    return day.year * 12 + day.month - 1
