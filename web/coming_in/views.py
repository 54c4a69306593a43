"""The pages that allauth has not."""

from datetime import datetime
from typing import Any, NamedTuple

from allauth.account.views import LoginView, SignupView
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import AddWebAuthnView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from access.scopes import EVERYTHING
from access.services.tokens import token_create
from accounts.invitations import InvitationNotFound, InvitationRow, InvitedIsAnother, invitation_row
from accounts.selectors import Account, any_user
from accounts.services import EmailTaken
from web.account import owner
from web.coming_in.factors import factors, passkeys_work
from web.coming_in.forms import JoinForm
from web.coming_in.sessions import SessionNotFound, session_end, session_rows


class Passkey(NamedTuple):
    id: int
    name: str
    since: datetime
    used: datetime | None


class SignIn(LoginView):  # type: ignore[misc]  # allauth is not typed
    """Sign in; the page says which other ways there are."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "is_open": settings.SIGN_UP == "open",
            "passkeys_work": passkeys_work(),
        }


sign_in = SignIn.as_view()


class Join(SignupView):  # type: ignore[misc]
    """Open an account by a link: that of an invitation, or the one that an empty server prints at its start."""

    def dispatch(self, request: HttpRequest, *arguments: Any, token: str, **choices: Any) -> HttpResponseBase:
        self.token = token
        try:
            self.invitation = _usable(token)
            response: HttpResponseBase = super().dispatch(request, *arguments, **choices)
        except InvitationNotFound as refusal:  # now, or by the time that the form came
            return render(request, "account/join_refused.html", {"refusal": str(refusal)}, status=404)
        return response

    def is_open(self) -> bool:
        return True

    def get_form_class(self) -> type[JoinForm]:
        return JoinForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "token": self.token, "invitation": self.invitation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "invitation": self.invitation}

    def form_valid(self, form: JoinForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except (EmailTaken, InvitedIsAnother) as refusal:
            form.add_error("email", str(refusal))
            response = self.form_invalid(form)
        return response


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


class ActivateTOTP(SwitchingOn, ActivateTOTPView):  # type: ignore[misc]
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
    context = {
        "email": person.email,
        "zone": person.zone,
        "app": next((factor for factor in kept if factor.type == Authenticator.Type.TOTP), None),
        "passkeys": [_passkey(factor) for factor in kept if factor.type == Authenticator.Type.WEBAUTHN],
        "has_factor": bool(kept),
        "passkeys_work": passkeys_work(),
        "sessions": session_rows(user_id=person.id, this=request.session.session_key, now=timezone.now()),
    }
    return render(request, "account/security.html", context)


@require_POST
def sign_out_there(request: HttpRequest, number: str) -> HttpResponse:
    """End a session; what is begun anew so easily is not asked about."""
    try:
        session_end(user_id=owner(request).id, session_id=int(number))
    except SessionNotFound:
        raise Http404 from None
    messages.success(request, gettext("You are signed out there."))
    return redirect("security")


def _passkey(factor: Authenticator) -> Passkey:
    return Passkey(factor.pk, factor.wrap().name, factor.created_at, factor.last_used_at)


activate_totp = ActivateTOTP.as_view()
add_passkey = AddPasskey.as_view()
join = login_not_required(Join.as_view())


def _usable(token: str) -> InvitationRow:
    """Return what a link opens, as things are now. Raises InvitationNotFound."""
    row = invitation_row(token=token, now=timezone.now())
    if any_user() if row.is_first else settings.SIGN_UP == "closed":
        raise InvitationNotFound
    return row
