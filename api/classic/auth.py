"""Who is calling: a way that the classic API alone has."""

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from api.auth import BasicAuthentication, Caller, Scheme, by_token
from api.parameters import FormParser, Parameters, query_pairs


class FormTokenAuthentication(Scheme):
    """A personal token in the field ``token`` of a form, as a page on an intranet may hold it.

    Whoever sees the page has it, so it must be one that may add and do nothing else. A query's is not looked at:
    addresses are written into logs.
    """

    challenge = BasicAuthentication.challenge

    def authenticate(self, request: Request) -> Caller | None:
        token = None if "HTTP_AUTHORIZATION" in request.META else _field(request)
        if token is None:
            return None
        caller = by_token(token, request)
        if not caller[1].add_only:
            raise AuthenticationFailed
        return caller

    def is_carried(self, request: Request) -> bool:
        return False  # what is asked of everybody is asked of who brought a wrong one


def _field(request: Request) -> str | None:
    sent = request._request
    if sent.method != "POST" or sent.content_type != FormParser.media_type:
        return None
    try:
        return Parameters(query_pairs(sent.body.decode("latin-1"))).given("token")
    except (ValueError, RequestDataTooBig):  # who reads it after us says what is wrong with it
        return None
