"""The doors of the classic API: read, ask, answer. What each answered on the old service stands in WIRE.md."""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import get_language_from_request
from rest_framework.request import Request

from access.origins import origin_of
from access.selectors.sites import site_is_trusted
from accounts.selectors import Account
from api.auth import SessionAuthentication
from api.classic import renderers, serializers
from api.classic.auth import FormTokenAuthentication
from api.classic.errors import words
from api.dialect import (
    DOOR_ERRORS,
    NoSuchPage,
    Refusal,
    is_browser,
    is_foreign,
    is_from_elsewhere,
    is_from_our_page,
    owner,
    read_parameters,
)
from api.parameters import BadParameter, Parameters
from api.scopes import EXPENSE_WRITES, NONE, grant_of
from api.values import read_filter
from api.xpenser import XpenserView
from expenses import selectors, services
from expenses.exports.formats import FORMATS, Format
from expenses.exports.row import ExpenseRow
from expenses.money import two_decimals

_UNREADABLE: Final[tuple[type[Exception], ...]] = (Refusal, *DOOR_ERRORS)
_AHEAD: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")  # prefetch, prerender
_BESIDE: Final = ("report", "r", "date", "d")
_TEXT: Final = "text/plain; charset=utf-8"
_LISTS: Final[Mapping[str, Format]] = {
    "csv": FORMATS["csv"],
    "json": Format(renderers.JSON_TYPE, renderers.expenses_as_json, renderers.UNREAD),
    "qif": FORMATS["qif"],
}


class ClassicView(XpenserView):
    """A door of the classic API, where an ordinary session reads, too (wire §1.1)."""

    authentication_classes = (*XpenserView.authentication_classes, SessionAuthentication)
    output: str

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        # A no to what can't be read is said in the format that the rest of the request asks for.
        asked = dict(parse_qsl(request.META.get("QUERY_STRING", ""))).get("format", "")
        self.output = asked if asked in self.formats else self.default_format

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        output = self.parameters.given("format") or self.default_format
        if output not in self.formats:
            raise BadParameter("format", output, f"one of {', '.join(self.formats)} is wanted")
        self.output = output

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        if self.output == "json" and status is not HTTPStatus.UNAUTHORIZED:
            return self.answer({"status": int(status), "error": words(status, message)}, status)
        return HttpResponse(words(status, message), status=status, content_type=_TEXT)

    def answer(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return HttpResponse(renderers.as_json(value), status=status, content_type=renderers.JSON_TYPE)


class ExpensesView(ClassicView):
    formats = tuple(_LISTS)
    default_format = "csv"
    reads = "expenses:read"

    def get(self, request: Request) -> HttpResponseBase:
        account = owner(request)
        matching = read_filter(self.parameters, user_id=account.id)
        output = _LISTS[self.output]
        rows = selectors.expense_rows(user_id=account.id, matching=matching, newest_first=True, unread=output.unread)
        return self.exported(rows, output)


class ExpenseCreateView(ClassicView):
    writes = "expenses:write"
    adds = True

    def post(self, request: Request) -> HttpResponse:
        return self.write(request, lambda: self.answer(serializers.envelope(self.expense_made(request), with_id=True)))


class ExpenseView(ClassicView):
    reads, writes = "expenses:read", EXPENSE_WRITES

    def get(self, request: Request, expense_id: int) -> HttpResponse:
        with_deleted = self.parameters.given("status") == "all"
        row = selectors.expense_row(user_id=owner(request).id, expense_id=expense_id, with_deleted=with_deleted)
        return self.answer(serializers.envelope(row, with_id=False))

    def post(self, request: Request, expense_id: int) -> HttpResponse:
        if self.action() == "delete":
            return self.expense_deleted(request, expense_id)
        return self.write(
            request, lambda: self.answer(serializers.envelope(self.expense_changed(request, expense_id), with_id=True))
        )

    put = post

    def delete(self, request: Request, expense_id: int) -> HttpResponse:
        return self.expense_deleted(request, expense_id)


class SimpleView(ClassicView):
    """Free text in, one expense recorded; the answer is JSON for a program and a page for a person."""

    authentication_classes = (FormTokenAuthentication, *ClassicView.authentication_classes)
    formats = ("html", "json")
    default_format = "html"
    reads = writes = "expenses:write"  # its GET records, too
    adds = True

    def get(self, request: Request) -> HttpResponse:
        if self.output == "html" and "q" not in self.parameters:
            return self._page("simple/new.html", {})
        return self.post(request)

    def head(self, request: Request) -> HttpResponse:
        """Record nothing: a HEAD asks what a GET would say, and must not do it."""
        return self._page("simple/new.html", {})

    def post(self, request: Request) -> HttpResponse:
        by_cookie = grant_of(request).by == "session"
        if self.output == "html" and (not self._is_wanted(request) if by_cookie else is_foreign(request)):
            return self._asked(self.expense_preview(request), owner(request))
        return self.write(request, lambda: self._added(self.expense_entered(request), owner(request)))

    def check_cookie(self, request: Request) -> None:
        """Let a form on a page of ours write for who is signed in: he has seen what it will write."""
        if self.output == "json" or not self._is_wanted(request):
            super().check_cookie(request)

    def _is_wanted(self, request: Request) -> bool:
        """Tell whether who is signed in wants what his browser asks for, as far as a cookie can't tell.

        That is a form on a page of ours, or a link on a site that he trusts: a browser names the site truly or not at
        all (RFC 9110 §10.1.3), and no page can make it name another.
        """
        if request.method == "GET":
            origin = origin_of(request.META.get("HTTP_REFERER", "")) if _is_followed(request) else None
            return origin is not None and site_is_trusted(user_id=owner(request).id, origin=origin)
        return is_from_our_page(request)

    def challenge(self) -> HttpResponse:
        """Ask who calls; a person in a browser on a page that keeps what he typed.

        A cookie that is Lax does not travel with what another site's form sends, so such a form is held on a page
        until a click sends it again from here.
        """
        answer, request = super().challenge(), self.request
        from_elsewhere = request.method == "POST" and is_from_elsewhere(request)
        if "HTTP_AUTHORIZATION" in request.META or not (from_elsewhere or is_browser(request)) or not self._is_read():
            return answer
        if from_elsewhere:
            return self._page("simple/elsewhere.html", {})
        if "HTTP_ORIGIN" in request.META:  # a form on our own page: a browser's password window would cover the way on
            return self._page("simple/signin.html", {"signin": self._signin()}, HTTPStatus.FORBIDDEN)
        page = self._page("simple/signin.html", {"signin": self._signin()}, HTTPStatus.UNAUTHORIZED)
        page.headers["WWW-Authenticate"] = answer.headers["WWW-Authenticate"]
        return page

    def _is_read(self) -> bool:
        """Read what was sent before anybody was known, and tell whether it asks for a page."""
        try:
            self.parameters = read_parameters(self.request)
        except _UNREADABLE:
            return False
        return (self.parameters.given("format") or "html") == "html"

    def _signin(self) -> str:
        """Return the address of the page on which one signs in, and comes back to this text from."""
        there = f"/api/simple/?{urlencode(self._beside('q', *_BESIDE))}"
        return f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': there})}"

    def idempotency_key(self, request: Request) -> str | None:
        """Return the header's, or that of the page's own form: who loads the answer anew adds nothing twice.

        A link has none. What the same browser asks for in the same words within a minute is the same click.
        """
        key = super().idempotency_key(request) or self.parameters.given("idempotency_key")
        if key is None and request.method == "GET" and grant_of(request).by == "session":
            click = (request._request.session.session_key, request.META.get("QUERY_STRING", ""), f"{self.now:%F %H:%M}")
            return f"link-{hashlib.sha256(repr(click).encode()).hexdigest()}"
        return key

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        if self.output == "json" or status is HTTPStatus.UNAUTHORIZED:
            return super().refusal(status, message)
        if not hasattr(self, "parameters"):  # who is refused unread is to find what he typed, too
            self._is_read()
        return self._page("simple/refused.html", {"message": message or words(status, "")}, status)

    def _asked(self, preview: services.Preview, account: Account) -> HttpResponse:
        context = {
            "row": preview,
            "amount": two_decimals(preview.amount),
            "raw_amount": two_decimals(preview.raw_amount),
            "account": account,
        }
        return self._page("simple/confirm.html", context)

    def _added(self, row: ExpenseRow, account: Account) -> HttpResponse:
        if self.output == "json":
            return self.answer(serializers.envelope(row, with_id=True))
        context = {
            "row": row,
            "amount": two_decimals(row.amount),
            "raw_amount": two_decimals(row.raw_amount),
            "currency": account.currency,
            "beside": self._beside("report", "r"),  # the next one goes there too, but has a day of its own
        }
        return self._page("simple/added.html", context)

    def _page(self, template: str, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        typed, request = self._beside("q").get("q", ""), self.request
        context = {"q": typed, "beside": self._beside(*_BESIDE), "key": uuid4(), **context}
        if isinstance(request.successful_authenticator, SessionAuthentication):
            context["csrf_token"] = get_token(request._request)
        asked, chosen = get_language_from_request(request._request), getattr(request.user, "language", "")
        with translation.override(chosen or asked):  # it is for a person, and beside it the wire speaks English
            return HttpResponse(render_to_string(template, context), status=status)

    def _beside(self, *names: str) -> dict[str, str]:
        """Return those of the fields that were sent, if what was sent could be read."""
        parameters = getattr(self, "parameters", Parameters())
        return {name: text for name in names if (text := parameters.given(name)) is not None}


def _is_followed(request: Request) -> bool:
    """Tell whether a person may have followed a link, as far as his browser says.

    A picture or a frame on a page is fetched without him (Fetch Metadata: Sec-Fetch-Dest), and so is a page that he
    may want next (Sec-Purpose, and what browsers said before it).
    """
    meta = request.META
    return (
        meta.get("HTTP_SEC_FETCH_DEST", "document") == "document"
        and meta.get("HTTP_SEC_FETCH_MODE", "navigate") == "navigate"
        and not any(name in meta for name in _AHEAD)
    )


class NothingView(ClassicView):
    """What is at no path: asks who calls like every other, so that a stranger can't tell paths apart."""

    reads = writes = NONE

    def get(self, request: Request) -> HttpResponse:
        raise NoSuchPage

    post = put = delete = patch = head = trace = get
    options = get  # type: ignore[assignment]
