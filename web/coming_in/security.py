"""What a person signs in with, and where he is signed in."""

from datetime import datetime
from typing import Any, NamedTuple, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from access.scopes import EVERYTHING
from access.services.tokens import token_create
from accounts.selectors import Account
from web.account import owner
from web.coming_in.factors import factors, passkeys_work
from web.coming_in.identity import provider
from web.coming_in.sessions import SessionNotFound, session_end, session_rows, sessions_end


class Passkey(NamedTuple):
    id: int
    name: str
    since: datetime
    used: datetime | None


class SwitchingOn:
    """Shows, once the first second factor is there, what takes the password's place in programs, and the way back in.

    From then on they are refused with the password (``accounts.passwords``), and this page said so before.
    """

    request: HttpRequest

    def form_valid(self, form: Form) -> HttpResponse:
        person = owner(self.request)
        is_first = not factors(person.id).exists()
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]  # that of the page it is mixed into
        return self.switched_on(person) if is_first else response

    def switched_on(self, person: Account) -> HttpResponse:
        name = gettext("Instead of my password")
        token = token_create(user_id=person.id, name=name, scopes=EVERYTHING, now=timezone.now()).token
        codes = Authenticator.objects.get(user_id=person.id, type=Authenticator.Type.RECOVERY_CODES).wrap()
        context = {"email": person.email, "token": token, "codes": codes.get_unused_codes()}
        return render(self.request, "mfa/switched_on.html", context)


class ActivateTOTP(SwitchingOn, ActivateTOTPView):  # type: ignore[misc]  # allauth is not typed
    """Have codes of an app asked for."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "secret": context["form"].secret, "is_first": not factors(owner(self.request).id).exists()}


class AddPasskey(SwitchingOn, AddWebAuthnView):  # type: ignore[misc]
    """Have a passkey made: one that asks for a finger or a PIN, so that it is enough by itself, and is one in two."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "js_data": {"creation_options": begin_registration(self.request.user, passwordless=True)},
            "is_first": not factors(owner(self.request).id).exists(),
            "passkeys_work": passkeys_work(),
        }


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show all that a person signs in with, and where he is signed in."""
    person = owner(request)
    kept = list(factors(person.id).order_by("pk"))
    identities = SocialAccount.objects.filter(user_id=person.id).order_by("pk")
    context = {
        "email": person.email,
        "zone": person.zone,
        "app": next((factor for factor in kept if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [_passkey(factor) for factor in kept if factor.type == Authenticator.Type.WEBAUTHN],
        "has_factor": bool(kept),
        "passkeys_work": passkeys_work(),
        "provider": provider(),
        "identities": list(identities.values_list("pk", "provider")),
        "has_password": cast("AbstractBaseUser", request.user).has_usable_password(),
        "sessions": session_rows(user_id=person.id, this=request.session.session_key, now=timezone.now()),
    }
    return render(request, "account/security.html", context)


@require_POST
def sign_out_there(request: HttpRequest, number: int) -> HttpResponse:
    """End a session; what is begun anew so easily is not asked about."""
    try:
        session_end(user_id=owner(request).id, session_id=number)
    except SessionNotFound:
        raise Http404 from None
    messages.success(request, gettext("You are signed out there."))
    return redirect("security")


@require_POST
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End all sessions but the one that asks."""
    sessions_end(user_id=owner(request).id, besides=request.session.session_key)
    messages.success(request, gettext("You are signed out everywhere else."))
    return redirect("security")


def _passkey(factor: Authenticator) -> Passkey:
    return Passkey(factor.pk, factor.wrap().name, factor.created_at, factor.last_used_at)


activate_totp = ActivateTOTP.as_view()
add_passkey = AddPasskey.as_view()
