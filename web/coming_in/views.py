"""The pages that allauth has not."""

from typing import Any

from allauth.account.views import LoginView, SignupView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.invitations import InvitationNotFound, InvitationRow, InvitedIsAnother, invitation_row
from accounts.selectors import any_user
from accounts.services import EmailTaken
from web.account import owner
from web.coming_in.forms import JoinForm


class SignIn(LoginView):  # type: ignore[misc]  # allauth is not typed
    """Sign in; the page says which other ways there are."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "is_open": settings.SIGN_UP == "open"}


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


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show all that a person signs in with, and where he is signed in."""
    return render(request, "account/security.html", {"email": owner(request).email})


join = login_not_required(Join.as_view())


def _usable(token: str) -> InvitationRow:
    """Return what a link opens, as things are now. Raises InvitationNotFound."""
    row = invitation_row(token=token, now=timezone.now())
    if any_user() if row.is_first else settings.SIGN_UP == "closed":
        raise InvitationNotFound
    return row
