"""The same door three times: one asks who is calling, two know, which are limits that asking is measured against.

``read`` knows, and reads one indexed row by the bare driver: as little as anybody does whom a token must fail from the
request on that follows its revocation, in every process. Two more do nothing: what is left is the way to them.
"""

from decimal import Decimal

from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request

from access.scopes import Grant
from accounts.selectors import Account
from api.auth import Caller, Scheme
from api.v1.views import UserView, V1View
from bench import EMAIL
from expenses.exports.formats import FORMATS
from xpenser import urls

KNOWN = Account(1, EMAIL, "UTC", "USD", Decimal(0), "mi")
_ROW = "SELECT is_active FROM accounts_user WHERE email_key = ?"


class NobodyAsks(Scheme):
    challenge = ""

    def authenticate(self, request: Request) -> Caller:
        return KNOWN, Grant("basic")

    def is_carried(self, request: Request) -> bool:
        return False


class OneRow(NobodyAsks):
    def authenticate(self, request: Request) -> Caller:
        database = connections["default"]
        database.ensure_connection()
        assert database.connection.execute(_ROW, [EMAIL]).fetchone() == (1,)
        return super().authenticate(request)


class EmptyView(V1View):
    authentication_classes = (NobodyAsks,)
    reads = "expenses:read"

    def get(self, request: Request) -> HttpResponse:
        return empty()


def bare(request: HttpRequest) -> HttpResponse:
    return empty()


def empty() -> HttpResponse:
    """Return nothing, as a program is sent it: what is no page gets no page's headers."""
    return HttpResponse(content_type=FORMATS["json"].content_type)


urlpatterns = [
    path("bench/bare", bare),
    path("api/bench/empty", EmptyView.as_view()),
    path("api/bench/asked", UserView.as_view()),
    path("api/bench/known", UserView.as_view(authentication_classes=(NobodyAsks,))),
    path("api/bench/read", UserView.as_view(authentication_classes=(OneRow,))),
    *urls.urlpatterns,
]
