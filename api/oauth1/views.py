"""The doors where tokens are given out. The page between them, where a person answers, is not theirs."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request

from access.services.oauth1 import NewToken
from api.dialect import DialectView
from api.oauth1.endpoints import ACCESS_TOKENS, REQUEST_TOKENS


class TokenView(DialectView):
    """A door behind which no ledger lies: who asks is a program, and its signature is looked at by what it asks."""

    authentication_classes = ()
    permission_classes = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")


class RequestTokenView(TokenView):
    def get(self, request: Request) -> HttpResponse:
        token = REQUEST_TOKENS.token(request._request, now=self.now)
        return _answer(token, oauth_callback_confirmed="true")

    post = get


class AccessTokenView(TokenView):
    def get(self, request: Request) -> HttpResponse:
        return _answer(ACCESS_TOKENS.token(request._request, now=self.now))

    post = get


def _answer(token: NewToken, **beside: str) -> HttpResponse:
    fields = {"oauth_token": token.key, "oauth_token_secret": token.secret, **beside}
    return HttpResponse(urlencode(fields), content_type="application/x-www-form-urlencoded")
