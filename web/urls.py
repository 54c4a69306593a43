"""The pages."""

from allauth.account import views as account
from django.urls import path, re_path

from web import views
from web.authorize import authorize
from web.signin import at_home

urlpatterns = [
    path("", views.front),
    path("accounts/login/", at_home(account.login), name="account_login"),
    path("accounts/logout/", at_home(account.logout), name="account_logout"),
    # The second is the old service's documented spelling; programs come with and without the slash (wire §4).
    re_path(r"^oauth/authorize/?\Z", authorize),
    re_path(r"^oauth/request_tokenauthorize/?\Z", authorize),
]
