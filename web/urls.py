"""The pages."""

from allauth.account import views as account
from django.urls import path, re_path

from web import oauth2, views

urlpatterns = [
    path("", views.front),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    re_path(r"^oauth/authorize/?\Z", oauth2.authorize),
]
