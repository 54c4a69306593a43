"""Invitations: who may open an account and has not yet; one more made, one taken back."""

from datetime import datetime
from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.invitations import InvitationNotFound, invitation_create, invitation_withdraw, invitations_waiting
from accounts.services import BadEmail
from web.account import owner
from web.settings.fields import PLAIN
from web.telling import told
from xpenser.mail import invitation_send, join_link, mail_way

MOST_SHOWN: Final = 100


class InviteForm(forms.Form):
    email = forms.CharField(
        label=_("Address"),
        help_text=_("The link is mailed there, and opens an account of this address only. Empty: a link for anybody."),
        widget=forms.EmailInput(attrs=PLAIN),
        required=False,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: HttpRequest) -> HttpResponse:
    """Show the invitations that nobody has taken; make one, and show its link, once."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    person = owner(request)
    if form.is_valid() and settings.SIGN_UP != "closed":
        email, now = form.cleaned_data["email"], timezone.now()
        try:
            link = _invited(email, by=person.id, now=now)
        except BadEmail as refusal:
            form.add_error("email", told(refusal))
        else:
            # It is not kept, and shown so that it can be given where no mail comes.
            return render(request, "operator/invited.html", {"email": email, "link": link, "way": mail_way()})
    context = {
        "zone": person.zone,
        "sign_up": settings.SIGN_UP,
        "invitations": invitations_waiting(now=timezone.now(), most=MOST_SHOWN),
        "form": form,
    }
    return render(request, "operator/invitations.html", context)


@transaction.atomic
def _invited(email: str, *, by: int, now: datetime) -> str:
    """Return the link of a new invitation, which is mailed if it is for an address. Raises BadEmail."""
    link = join_link(invitation_create(email=email, now=now, by=by))
    if email:
        invitation_send(email=email, link=link)
    return link


@require_POST
def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take an invitation back; what is made anew so easily is not asked about."""
    try:
        invitation_withdraw(invitation_id=number)
    except InvitationNotFound:
        raise Http404 from None
    messages.success(request, gettext("Its link opens nothing any more."))
    return redirect("invitations")
