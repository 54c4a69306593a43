"""Where somebody comes in: signing in, and opening an account by a link."""

from typing import Any

from allauth.account.views import LoginView, SignupView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from accounts.invitations import InvitationNotFound, InvitedIsAnother
from accounts.services import EmailTaken
from web.coming_in.factors import passkeys_work
from web.coming_in.forms import JoinForm
from web.coming_in.identity import provider
from web.coming_in.invited import usable_invitation
from web.telling import told


class SignIn(LoginView):  # type: ignore[misc]  # allauth is not typed
    """Sign in; the page says which other ways there are."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "is_open": settings.SIGN_UP == "open",
            "passkeys_work": passkeys_work(),
            "provider": provider(),
        }


sign_in = SignIn.as_view()


class SignUp(SignupView):  # type: ignore[misc]
    """Open an account where anybody may."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "provider": provider()}


sign_up = SignUp.as_view()


class Join(SignUp):
    """Open an account by a link: that of an invitation, or the one that an empty server prints at its start."""

    def dispatch(self, request: HttpRequest, *arguments: Any, token: str, **choices: Any) -> HttpResponseBase:
        self.token = token
        try:
            self.invitation = usable_invitation(token)
            response: HttpResponseBase = super().dispatch(request, *arguments, **choices)
        except InvitationNotFound as refusal:  # now, or by the time that the form came
            return render(request, "account/join_refused.html", {"refusal": told(refusal)}, status=404)
        return response

    def is_open(self) -> bool:
        return True

    def get_form_class(self) -> type[JoinForm]:
        return JoinForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "token": self.token, "invitation": self.invitation}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "invitation": self.invitation, "token": self.token}

    def form_valid(self, form: JoinForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except (EmailTaken, InvitedIsAnother) as refusal:
            form.add_error("email", told(refusal))
            response = self.form_invalid(form)
        return response


join = login_not_required(Join.as_view())
