"""What there is under /accounts/. Of allauth's pages those that are wanted, by the names that it calls them by."""

from collections.abc import Callable

from allauth.account import views as account
from django.http.response import HttpResponseBase
from django.urls import URLPattern, re_path

from web.coming_in import views
from web.signin import at_home


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return re_path(rf"^{route}\Z", at_home(view), name=name)


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
]
