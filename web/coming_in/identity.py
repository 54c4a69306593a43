"""Coming in by a provider of OpenID Connect, who says who somebody is."""

import logging
from typing import Final, NamedTuple

from allauth.socialaccount.forms import DisconnectForm
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from allauth.socialaccount.views import SignupView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST
from requests import RequestException

from accounts.invitations import InvitationNotFound, InvitedIsAnother
from accounts.services import EmailTaken
from web.account import owner
from web.coming_in.forms import IdentityForm
from web.coming_in.invited import invitation_keep
from web.telling import told

_LOG: Final = logging.getLogger(__name__)


class Provider(NamedTuple):
    id: str
    name: str


def provider() -> Provider | None:
    """Return the provider that the operator has named, or None."""
    for app in settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ()):
        return Provider(app["provider_id"], app["name"])
    return None


class IdentitySignUp(SignupView):  # type: ignore[misc]  # allauth is not typed
    """Open an account for somebody of whom a provider says who he is."""

    def form_valid(self, form: IdentityForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except (EmailTaken, InvitedIsAnother, InvitationNotFound) as refusal:
            messages.error(self.request, told(refusal))
            return redirect("account_login")
        return response


identity_sign_up = IdentitySignUp.as_view()


@login_not_required
@require_POST
def identity_ask(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the browser to the provider, where somebody shows who he is.

    By a page, since our policy keeps forms here: a browser would not follow a redirect that answers one.
    """
    if "invitation" in request.POST:
        invitation_keep(request, request.POST["invitation"])
    try:
        address = openid_connect.login(request, provider_id).headers["Location"]
    except (RequestException, KeyError):  # nobody is there, or somebody else
        _LOG.exception("The provider of OpenID Connect can't be asked. OIDC_ISSUER says where it is.")
        return render(request, "socialaccount/authentication_error.html", status=502)
    return render(request, "socialaccount/go.html", {"address": address, "provider": provider()})


@require_POST
def identity_drop(request: HttpRequest, number: int) -> HttpResponse:
    """Let a person come in by a provider no longer; not where he would have nothing left to come in by."""
    kept = get_object_or_404(SocialAccount, user_id=owner(request).id, pk=number)
    form = DisconnectForm({"account": kept.pk}, request=request)
    if form.is_valid():
        form.save()
    for problem in form.non_field_errors():
        messages.error(request, problem)
    return redirect("security")
