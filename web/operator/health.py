"""Health: each thing that was looked at, the worst first."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xpenser.health import FEW, State, all_checks

_WORST_FIRST: Final = [State.BAD, State.WARNING, State.OK]


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Look at everything, at FEW receipts only, and show what was found."""
    found = all_checks(now=timezone.now(), most_receipts=FEW)
    context = {"checks": sorted(found, key=lambda check: _WORST_FIRST.index(check.state)), "few": FEW}
    return render(request, "operator/health.html", context)
