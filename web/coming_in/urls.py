"""What there is under /accounts/. Of allauth's pages those that are wanted, by the names that it calls them by."""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path

from web.coming_in import views
from web.signin import at_home


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return re_path(rf"^{route}\Z", at_home(view), name=name)


def changing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page add or take away a second factor, and what is noted of it, in one transaction."""
    return transaction.atomic(view)


urlpatterns = [
    page("", views.security, "security"),
    page("login/", views.sign_in, "account_login"),
    page("logout/", account.logout, "account_logout"),
    page("inactive/", account.account_inactive, "account_inactive"),
    page("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    page("signup/", account.signup, "account_signup"),
    page(r"join/(?P<token>[\w-]{32})/", views.join, "join"),
    page("email/", account.email, "account_email"),
    page("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    page(r"confirm-email/(?P<key>[-:\w]+)/", account.confirm_email, "account_confirm_email"),
    page("password/change/", account.password_change, "account_change_password"),
    page("password/reset/", account.password_reset, "account_reset_password"),
    page("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    page(
        r"password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/",
        account.password_reset_from_key,
        "account_reset_password_from_key",
    ),
    page(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
    page("sessions/(?P<number>[0-9]{1,18})/end/", views.sign_out_there, "sign_out_there"),
    # allauth goes back to lists of its own; ours has all in one.
    page("", views.security, "mfa_index"),
    page("", views.security, "mfa_list_webauthn"),
    page("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    page("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("2fa/totp/activate/", changing(views.activate_totp), "mfa_activate_totp"),
    page("2fa/totp/deactivate/", changing(totp.deactivate_totp), "mfa_deactivate_totp"),
    page("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    page("2fa/recovery-codes/generate/", changing(codes.generate_recovery_codes), "mfa_generate_recovery_codes"),
    page("2fa/webauthn/add/", changing(views.add_passkey), "mfa_add_webauthn"),
    page("2fa/webauthn/login/", webauthn.login_webauthn, "mfa_login_webauthn"),
    page("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    page("2fa/webauthn/keys/(?P<pk>[0-9]{1,18})/remove/", changing(webauthn.remove_webauthn), "mfa_remove_webauthn"),
    page("2fa/webauthn/keys/(?P<pk>[0-9]{1,18})/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
]
