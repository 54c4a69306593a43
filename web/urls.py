"""The pages."""

from allauth.account import views as account
from django.urls import path

from web import views

urlpatterns = [
    path("", views.front),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
]
