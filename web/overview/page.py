"""The page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses.selectors import (
    ENOUGH,
    FACTOR,
    JUDGED,
    LedgerFilter,
    Spread,
    Total,
    ledger_by_step,
    ledger_by_tag,
    ledger_extent,
    ledger_largest,
    ledger_spread,
    ledger_totals,
    ledger_unusual,
    tags_suggested,
    types_suggested,
)
from reports.selectors import ReportRow, report_rows
from web.account import owner
from web.figures import more
from web.ledger.lines import Line, line_of
from web.ledger.page import EXAMPLES, OFFERED
from web.overview.asked import OverviewForm, month_before, year_before
from web.overview.links import Rows
from web.overview.pictures import strip
from web.overview.steps import plot_of, step_of
from web.periods import Period, period_told, period_written

LISTED: Final = 5
"""Largest and most unusual expenses that are shown."""
SHOWN: Final = 10
"""Types, tags and reports that are shown at once; the others stand behind a click."""
_A_YEAR: Final = 366  # days
_SAMPLE: Final = Total(1, 0)
"""What a new ledger comes to, with its sample expense; there is nothing to be seen in a picture of that."""


class Chosen(NamedTuple):
    """Whose expenses are meant, which, where they are found, and when it is asked."""

    person: Account
    matching: LedgerFilter
    rows: Rows
    today: date


class Figure(NamedTuple):
    """What some days come to. ``change``: how much more now is than that, "" for now itself."""

    days: str
    total: Total
    href: str
    change: str = ""


class Part(NamedTuple):
    """A type, tag or report. ``share`` is its part of the whole as text, "" where that would mean nothing."""

    name: str
    total: Total
    href: str
    picture: SafeString
    share: str


class Parts(NamedTuple):
    """All types, tags or reports, the largest first."""

    first: Sequence[Part]
    others: Sequence[Part]


class Odd(NamedTuple):
    """An unusual expense, and what is usual for its type."""

    line: Line
    usual: int


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what the chosen part of the ledger comes to."""
    person, now = owner(request), timezone.now()
    today, reports = person.wall_clock(now).date(), report_rows(user_id=person.id)
    form = OverviewForm(
        request.GET.dict(), today=today, reports=reports,
        types=types_suggested(user_id=person.id, limit=OFFERED), tags=tags_suggested(user_id=person.id, limit=OFFERED),
    )  # fmt: skip
    chosen = Chosen(person, form.matching(), Rows(form.labels, None), today)
    context = {
        "form": form,
        "currency": person.currency,
        "examples": EXAMPLES,
        "lately": _compared(chosen, _this_month(today), [month_before, year_before]),
        **_shown(chosen, form, reports),
    }
    return render(request, "overview/overview.html", context)


def _shown(chosen: Chosen, form: OverviewForm, reports: Sequence[ReportRow]) -> dict[str, Any]:
    """Return all that is shown of the chosen period, or why there is nothing."""
    period = _period(chosen)
    if period is None:
        return _nothing(chosen)
    person, matching = chosen.person, chosen.matching
    spread = ledger_spread(user_id=person.id, matching=matching, step=step_of(period))
    if not spread.total.expenses:
        return _nothing(chosen)
    if spread.total == _SAMPLE and not form.is_narrowed:
        return {}
    if matching.first_day is not None or matching.last_day is not None:
        chosen = chosen._replace(rows=chosen.rows.within(period))
    return {
        "days": period_told(period),
        "total": spread.total,
        "href": chosen.rows.href,
        **_over_time(chosen, period, spread),
        **_by_label(chosen, spread, {report.id: report.name for report in reports}),
        **_standing_out(chosen),
    }


def _period(chosen: Chosen) -> Period | None:
    """Return the days that are shown: where the filter leaves an end open, up to the expense there."""
    first, last = chosen.matching.first_day, chosen.matching.last_day
    if first is None or last is None:
        extent = ledger_extent(user_id=chosen.person.id, matching=chosen.matching)
        if extent is None:
            return None
        first, last = first or extent[0], last or extent[1]
    return Period(first, last) if first <= last else None


def _nothing(chosen: Chosen) -> dict[str, Any]:
    """Return when there was something like it, if ever."""
    whenever = replace(chosen.matching, first_day=None, last_day=None)
    extent = ledger_extent(user_id=chosen.person.id, matching=whenever)
    if extent is None:
        return {}
    year = Period.of_year(extent[1])
    query = urlencode({**chosen.rows.labels, "period": period_written(year)})
    return {"last_year": period_told(year), "last_year_href": f"{reverse('overview')}?{query}"}


def _over_time(chosen: Chosen, period: Period, spread: Spread) -> dict[str, Any]:
    """Return the picture of a period, and where there is a year before it, how both compare up to today."""
    today, earlier = chosen.today, year_before(period) if period.days <= _A_YEAR else None
    before: Mapping[str, Total] = {}
    if earlier and step_of(period) == "month":
        last_year = replace(chosen.matching, first_day=earlier.first, last_day=earlier.last)
        before = ledger_by_step(user_id=chosen.person.id, matching=last_year, step="month")
    so_far = Period(period.first, min(period.last, today)) if period.first <= today else period
    return {
        "plot": plot_of(
            period=period, sums=spread.steps, before=before, rows=chosen.rows, currency=chosen.person.currency,
            today=today,
        ),
        "compared": _compared(chosen, so_far, [year_before]) if earlier and so_far != _this_month(today) else [],
    }  # fmt: skip


def _compared(chosen: Chosen, period: Period, others: Sequence[Callable[[Period], Period | None]]) -> list[Figure]:
    """Return what a period comes to, and others that it is compared with."""
    periods = [period, *(found for other in others if (found := other(period)))]
    now, *totals = ledger_totals(user_id=chosen.person.id, matching=chosen.matching, periods=periods)
    changes = ["", *(_change(now.amount, total.amount, chosen.person.currency) for total in totals)]
    return [
        Figure(period_told(days), total, chosen.rows.within(days).href, change)
        for days, total, change in zip(periods, [now, *totals], changes, strict=True)
    ]


def _this_month(today: date) -> Period:
    return Period(today.replace(day=1), today)


def _change(now: int, before: int, currency: str) -> str:
    """Return how much more it is now, ``now +12.00, +10 %``; a part of nothing, or of less, means nothing."""
    if now == before:
        return gettext("now the same")
    change = more(now - before, currency)
    if before > 0:
        percent = f"{100 * (now - before) / before:+,.0f}".replace("-", "\N{MINUS SIGN}")
        change = f"{change}, {percent}\N{NO-BREAK SPACE}%"
    return gettext("now %(change)s") % {"change": change}


def _by_label(chosen: Chosen, spread: Spread, reports: Mapping[int, str]) -> dict[str, Any]:
    """Return the sums by type, tag and report, but for what was chosen already: that is one, and all of it."""
    matching, rows = chosen.matching, chosen.rows
    found: dict[str, Sequence[tuple[str, Total, Rows]]] = {}
    if not matching.types:
        found["types"] = [(each.name, each.total, rows.of(type=each.name)) for each in spread.types]
    if not matching.tags:
        sums = ledger_by_tag(user_id=chosen.person.id, matching=matching)
        found["tags"] = [(f"#{each.name}", each.total, rows.of(tag=each.name)) for each in sums]
    if not matching.report_ids:
        # One that was made a moment ago has no name yet.
        names = [(reports.get(each.id, str(each.id)), each) for each in spread.reports]
        found["by_report"] = [(name, each.total, rows.of(report=str(each.id))) for name, each in names]
    return {name: _parts(sums, spread.total) for name, sums in found.items()}


def _parts(sums: Sequence[tuple[str, Total, Rows]], whole: Total) -> Parts:
    most = max((abs(total.amount) for _, total, _ in sums), default=0)
    parts = [
        Part(name, total, rows.href, strip(total.amount, most), _share(total.amount, whole.amount))
        for name, total, rows in sums
    ]
    # A click for one more would be silly.
    return Parts(parts[:SHOWN], parts[SHOWN:]) if len(parts) > SHOWN + 1 else Parts(parts, [])


def _share(amount: int, whole: int) -> str:
    """Return which part of the whole an amount is; where there are refunds, parts may mean nothing."""
    if not 0 <= amount <= whole or not whole:
        return ""
    percent = round(100 * amount / whole)
    return f"{percent}\N{NO-BREAK SPACE}%" if percent or not amount else "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%"


def _standing_out(chosen: Chosen) -> dict[str, Any]:
    person = chosen.person
    largest = ledger_largest(user_id=person.id, matching=chosen.matching, limit=LISTED)
    unusual = ledger_unusual(user_id=person.id, matching=chosen.matching, limit=LISTED)
    return {
        "largest": [line_of(row, person) for row in largest],
        "unusual": [Odd(line_of(row, person), usual) for row, usual in unusual],
        "judged": JUDGED,
        "enough": ENOUGH,
        "factor": FACTOR,
    }
