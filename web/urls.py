"""The pages."""

from allauth.account import views as account
from django.urls import path, re_path

from web import oauth2, views
from web.signin import at_home

urlpatterns = [
    path("", views.front),
    path("accounts/login/", at_home(account.login), name="account_login"),
    path("accounts/logout/", at_home(account.logout), name="account_logout"),
    re_path(r"^oauth/authorize/?\Z", oauth2.authorize),
]
