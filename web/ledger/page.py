"""The page, and the list that its fragments have in common."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.selectors import Account
from expenses.selectors import (
    LedgerFilter,
    LedgerRow,
    Total,
    ledger_total,
    ledger_totals_by_day,
    tags_suggested,
    timer_row,
    types_suggested,
)
from reports.selectors import ReportRow, report_rows
from web.account import owner
from web.exporting import USES
from web.figures import money
from web.htmx import HtmxRequest, page_address
from web.ledger.asked import FilterForm
from web.ledger.lines import days_of
from web.ledger.toast import Toast, toast_keep, toast_taken
from web.paging import page_at

ROWS: Final = 50
OFFERED: Final = 100
"""Types and tags to filter by; others may stand in the address."""
EXAMPLES: Final = (
    ("lunch 45 with jack #clientx", _("type, amount, notes, tag")),
    ("hotel €118 am kanal #berlin", _("another currency, at the rate of the day")),
    ("mileage 100 to the airport", _("a distance, at the rate per mile")),
    ("time 37 mins contract review", _("time, at your hourly rate")),
    ("time start clientx", _("starts the timer; time stop ends it")),
)
TEMPLATE: Final = "ledger/ledger.html"


@require_safe
def ledger(request: HtmxRequest) -> HttpResponse:
    """Show the expenses that the address asks for, under the line that adds one."""
    entry = {"typed": request.GET.get("line", "")}
    return _shown(request, toast_taken(request), entry=entry, part="list")


@require_safe
def trash(request: HtmxRequest) -> HttpResponse:
    """Show what was deleted, to be taken back."""
    return _shown(request, toast_taken(request), part="list")


def done(request: HtmxRequest, toast: Toast, *, fresh: Collection[int] = ()) -> HttpResponse:
    """Answer a write: with the list as it is now, or, where there are no scripts, by going back to it.

    ``fresh``: the expenses that came or changed.
    """
    if request.htmx:
        return _shown(request, toast, fresh=fresh, part="changed")
    toast_keep(request, toast)
    return redirect(_address(request))


def refused(request: HtmxRequest, *, typed: str, refusal: str) -> HttpResponse:
    """Answer a line that can't be added: it stands there as it was typed, with what would be right."""
    response = _shown(request, None, entry={"typed": typed, "refusal": refusal}, part="entry")
    response.headers["HX-Retarget"] = "#entry"
    return response


def _shown(
    request: HtmxRequest,
    toast: Toast | None,
    *,
    part: str,
    fresh: Collection[int] = (),
    entry: dict[str, str] | None = None,
) -> HttpResponse:
    """Return the page, or where a part of it was asked for, that one."""
    person, now = owner(request), timezone.now()
    context = {
        **_list(request, person, now),
        "toast": toast,
        "fresh": fresh,
        "entry": {"key": uuid4(), **(entry or {})},
        "today": person.wall_clock(now),
        "now": now,
        "timer": timer_row(user_id=person.id),
        "person": person,
        "examples": EXAMPLES,
    }
    return render(request, f"{TEMPLATE}#{part}" if request.htmx else TEMPLATE, context)


def filter_form(person: Account, params: QueryDict, *, now: datetime, reports: Sequence[ReportRow]) -> FilterForm:
    """Return what an address asks for, with what a person may ask for."""
    return FilterForm(
        params.dict(), today=person.wall_clock(now).date(), currency=person.currency, reports=reports,
        types=types_suggested(user_id=person.id, limit=OFFERED), tags=tags_suggested(user_id=person.id, limit=OFFERED),
    )  # fmt: skip


def _list(request: HtmxRequest, person: Account, now: datetime) -> dict[str, Any]:
    address = _address(request)
    path, query = urlsplit(address)[2:4]
    params = QueryDict(query, mutable=True)
    after, before = params.pop("after", [""])[-1], params.pop("before", [""])[-1]
    params.pop("line", None)
    reports = report_rows(user_id=person.id)
    form = filter_form(person, params, now=now, reports=reports)
    is_trash = path == reverse("trash")
    matching = form.matching(deleted=is_trash)
    page = page_at(person, matching, after=after, before=before, limit=ROWS)
    total = ledger_total(user_id=person.id, matching=matching)
    return {
        "form": form,
        "days": days_of(page.rows, _totals(person, matching, page.rows), person),
        "page": page,
        "params": params.urlencode(),
        "count": total.expenses,
        "sum": money(total.amount, person.currency),
        "reports": [report for report in reports if not report.is_closed],
        "is_trash": is_trash,
        "outputs": USES,
        "address": address,
        "path": path,
        "is_filtered": bool(params),
    }


def _address(request: HtmxRequest) -> str:
    """Return the address of the list that is looked at: a write has another of its own."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    if request.htmx:
        return page_address(request)
    back = request.POST.get("back", "")
    # A word without a slash would be taken for the name of a page.
    return back if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"


def _totals(person: Account, matching: LedgerFilter, rows: Sequence[LedgerRow]) -> dict[str, Total]:
    if not rows:
        return {}
    last, first = rows[0].position.date.date(), rows[-1].position.date.date()
    return ledger_totals_by_day(user_id=person.id, matching=matching, first=first, last=last)
