"""Who tried to get in with a wrong password, and which sites may add without asking."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from access.origins import BadOrigin
from access.selectors.sites import site_rows
from access.services.sites import site_distrust, site_trust
from accounts.attempts import failed_attempts
from web.account import owner
from web.telling import told


class SiteForm(forms.Form):
    """A site whose links are to add without asking."""

    origin = forms.CharField(
        label=_("Site"),
        help_text=_("Like https://intranet.example.com. Whoever can put a link there can add to your expenses."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def ways_in(request: HttpRequest) -> HttpResponse:
    """Show the wrong passwords of the last 90 days, and the trusted sites; trust one more."""
    person, form = owner(request), SiteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            kept = site_trust(user_id=person.id, origin=form.cleaned_data["origin"], now=timezone.now())
        except BadOrigin as refusal:
            form.add_error("origin", told(refusal))
        else:
            messages.success(request, gettext("Links on %(site)s add without asking.") % {"site": kept})
            return redirect("ways_in")
    context = {
        "zone": person.zone,
        "attempts": failed_attempts(user_id=person.id),
        "sites": site_rows(user_id=person.id),
        "form": form,
    }
    return render(request, "settings/ways_in.html", context)


@require_POST
def site_forget(request: HttpRequest, number: int) -> HttpResponse:
    """Let the links of a site ask again; what is taken back so easily is not asked about."""
    site_distrust(user_id=owner(request).id, site_id=number)
    messages.success(request, gettext("Its links ask again."))
    return redirect("ways_in")
