"""The same door twice: one asks who is calling, the other knows, which is the limit that asking is measured against."""

from decimal import Decimal

from django.urls import path
from rest_framework.request import Request

from access.scopes import Grant
from accounts.selectors import Account
from api.auth import Caller, Scheme
from api.v1.views import UserView
from bench import EMAIL
from xpenser import urls

KNOWN = Account(1, EMAIL, "UTC", "USD", Decimal(0), "mi")


class NobodyAsks(Scheme):
    challenge = ""

    def authenticate(self, request: Request) -> Caller:
        return KNOWN, Grant("basic")

    def is_carried(self, request: Request) -> bool:
        return False


urlpatterns = [
    path("bench/asked", UserView.as_view()),
    path("bench/known", UserView.as_view(authentication_classes=(NobodyAsks,))),
    *urls.urlpatterns,
]
