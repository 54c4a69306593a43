"""What there is under /accounts/. Of allauth's pages those that are wanted, by the names that it calls them by."""

from collections.abc import Callable

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, re_path

from accounts.invitations import LINK_END
from web.coming_in import entrance, identity, security
from web.ids import ID
from web.signin import at_home


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return re_path(rf"^{route}\Z", at_home(view), name=name)


def changing(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page change how somebody comes in, and put what he is told of it into the queue, in one transaction."""
    return transaction.atomic(view)


urlpatterns = [
    page("", security.security, "security"),
    # allauth goes back to lists of its own; ours has all in one.
    *(page("", security.security, name) for name in ("mfa_index", "mfa_list_webauthn", "socialaccount_connections")),
    page("login/", entrance.sign_in, "account_login"),
    page("logout/", account.logout, "account_logout"),
    page("inactive/", account.account_inactive, "account_inactive"),
    page("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
    page("signup/", entrance.sign_up, "account_signup"),
    page(f"join/(?P<token>{LINK_END})/", entrance.join, "join"),
    page("email/", account.email, "account_email"),
    page("confirm-email/", account.email_verification_sent, "account_email_verification_sent"),
    page(r"confirm-email/(?P<key>[-:\w]+)/", account.confirm_email, "account_confirm_email"),
    page("password/change/", changing(account.password_change), "account_change_password"),
    page("password/reset/", account.password_reset, "account_reset_password"),
    page("password/reset/done/", account.password_reset_done, "account_reset_password_done"),
    page(
        r"password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/",
        changing(account.password_reset_from_key),
        "account_reset_password_from_key",
    ),
    page(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
    path("sessions/<id:number>/end/", at_home(security.sign_out_there), name="sign_out_there"),
    page("sessions/end/", security.sign_out_elsewhere, "sign_out_elsewhere"),
    page("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    page("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("2fa/totp/activate/", changing(security.activate_totp), "mfa_activate_totp"),
    page("2fa/totp/deactivate/", changing(totp.deactivate_totp), "mfa_deactivate_totp"),
    page("2fa/recovery-codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    page("2fa/recovery-codes/generate/", changing(codes.generate_recovery_codes), "mfa_generate_recovery_codes"),
    page("2fa/webauthn/add/", changing(security.add_passkey), "mfa_add_webauthn"),
    page("2fa/webauthn/login/", webauthn.login_webauthn, "mfa_login_webauthn"),
    page("2fa/webauthn/reauthenticate/", webauthn.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    page(f"2fa/webauthn/keys/(?P<pk>{ID})/remove/", changing(webauthn.remove_webauthn), "mfa_remove_webauthn"),
    page(f"2fa/webauthn/keys/(?P<pk>{ID})/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"),
    path("oidc/<id:number>/drop/", at_home(identity.identity_drop), name="identity_drop"),
    page("oidc/cancelled/", social.login_cancelled, "socialaccount_login_cancelled"),
    page("oidc/error/", social.login_error, "socialaccount_login_error"),
    page("oidc/signup/", identity.identity_sign_up, "socialaccount_signup"),
    page("oidc/(?P<provider_id>[A-Za-z0-9._~-]+)/login/", identity.identity_ask, "openid_connect_login"),
    page("oidc/(?P<provider_id>[A-Za-z0-9._~-]+)/login/callback/", openid_connect.callback, "openid_connect_callback"),
]
