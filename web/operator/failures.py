"""Failed sign-ins: whose account, from where, who has to wait now; and letting somebody try again at once."""

import ipaddress
from datetime import datetime
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.attempts import failed_attempts, latest_failures, name_let_in, network_let_in, seconds_to_wait
from accounts.operators import addresses_of
from accounts.selectors import AccountNotFound, account
from web.account import owner
from web.settings.fields import PLAIN


class Failure(NamedTuple):
    """``email`` is "" for a name that nobody has; ``wait``: seconds for which another attempt is refused, or 0."""

    email: str
    address: str
    times: int
    last: datetime
    wait: int


class WhoForm(forms.Form):
    """Who is to be let in again; a row of the list names a network beside the name."""

    who = forms.CharField(
        label=_("Name or IP address"),
        help_text=_("Like me@example.com or 192.0.2.1."),
        widget=forms.TextInput(attrs=PLAIN),
        max_length=254,
    )
    beside = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean_who(self) -> str:
        who: str = self.cleaned_data["who"]
        if "@" not in who and not _is_network(who):
            raise ValidationError(
                gettext("“%(value)s”: a name like me@example.com or an address like 192.0.2.1 is wanted.")
                % {"value": who[:80]}
            )
        return who


@require_http_methods(["GET", "HEAD", "POST"])
def failures(request: HttpRequest) -> HttpResponse:
    """Show the latest failures, and who has to wait; let who is named try again at once."""
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        for who in filter(None, (form.cleaned_data["who"], form.cleaned_data["beside"])):
            _let_in(who)
        messages.success(request, gettext("%(who)s may try again now.") % {"who": form.cleaned_data["who"]})
        return redirect("failures")
    rows = list(_failures(timezone.now()))
    context = {"zone": owner(request).zone, "failures": rows, "form": form}
    return render(request, "operator/failures.html", context)


def _failures(now: datetime) -> list[Failure]:
    rows = latest_failures()
    names = addresses_of(user_ids=[row.user_id for row in rows])
    found = []
    for row in rows:
        email = names.get(row.user_id, "")
        wait = seconds_to_wait(email=email, address=row.address, now=now)
        found.append(Failure(email, row.address, row.times, row.last, wait))
    return found


def _let_in(who: str) -> None:
    if _is_network(who):
        network_let_in(address=who)
        return
    try:
        addresses = [row.address for row in failed_attempts(user_id=account(email=who).id)]
    except AccountNotFound:
        addresses = []
    name_let_in(email=who, addresses=addresses)


def _is_network(text: str) -> bool:
    """Tell whether this is what is counted together: an address, or the network of one, as the list shows it."""
    try:
        ipaddress.ip_address(text.removesuffix("/64") if ":" in text else text)
    except ValueError:
        return False
    return True
