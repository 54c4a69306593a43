"""What all dialects share: the order of questions at the door, and nothing of what is said behind it.

A request is asked who calls first, then for its method, then for its format. Nothing redirects.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, ClassVar, Final, cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework.authentication import CSRFCheck
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, NotAuthenticated, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts.selectors import Account
from accounts.throttled import Throttled
from api.auth import BasicAuthentication, BearerAuthentication, Scheme
from api.cors import is_preflight, preflight_answer, show_to_scripts
from api.oauth1.auth import OAuth1Authentication
from api.oauth1.errors import OAuthRefused, oauth_refusal
from api.parameters import (
    BadBody,
    BadParameter,
    FormParser,
    JSONParser,
    MultiPartParser,
    Pairs,
    Parameters,
    query_pairs,
)
from api.scopes import InScope, NotGranted, Scoped, grant_of
from expenses import services
from xpenser.answers import Busy
from xpenser.failures import DiskFull, failure_of

logger = logging.getLogger(__name__)

SCHEMES: Final[tuple[type[Scheme], ...]] = (BearerAuthentication, BasicAuthentication, OAuth1Authentication)
"""The schemes that every door of a ledger takes, in the order in which they are asked."""
CSRF_FIELD: Final = "csrfmiddlewaretoken"
"""Where Django looks for what a page of ours proves itself by."""


class Refusal(Exception):
    """A door's own no: a status, and what is said of it."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


class NoSuchPage(Exception):
    """Nothing is at this path."""


class ParserByType(BaseContentNegotiation):
    """The body's Content-Type chooses the parser, and a body without one is a form (wire §1.0.7).

    What is answered is chosen by ``?format=`` alone, which each dialect reads for itself.
    """

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        known = {parser.media_type: parser for parser in parsers}
        return known.get(_media_type(request))


def _media_type(request: Request) -> str:
    return request.content_type.partition(";")[0].strip().lower() or FormParser.media_type


class DialectView(Scoped):
    """The base of every view behind which a ledger lies.

    A dialect gives ``errors``, the status of each exception that its services and parameters raise, and ``refusal``,
    the form in which it says no; each view says what it takes (``Scoped``).
    """

    authentication_classes = SCHEMES
    permission_classes = [IsAuthenticated, InScope]
    parser_classes = [FormParser, MultiPartParser, JSONParser]
    content_negotiation_class = ParserByType
    default_response_headers: ClassVar[dict[str, str]] = {}  # DRF tries each method there is, for headers of its own
    errors: ClassVar[Mapping[type[Exception], HTTPStatus]] = {}
    now: datetime
    parameters: Parameters

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = datetime.now(UTC)

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        made = super().initialize_request(request, *args, **kwargs)
        made.method, made.META = request.method, request.META  # else each is looked for in DRF's own, and then found
        return made

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_preflight(request):
            return preflight_answer()
        return super().dispatch(request, *args, **kwargs)

    @classmethod
    def when_full(cls, request: HttpRequest, problem: Busy) -> HttpResponseBase:
        """Return what is said where the server has too much to do, before anybody is asked anything."""
        if is_preflight(request):
            return preflight_answer()
        view = cls()
        view.setup(request)
        view.request = view.initialize_request(request)
        view.request._not_authenticated()  # type: ignore[attr-defined]  # who asks for the user would begin to look for him
        return view.finalize_response(view.request, view.handle_exception(problem))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Ask who calls; only then read what was sent, whole."""
        self.perform_authentication(request)
        self.check_permissions(request)
        if not hasattr(self, str(request.method).lower()):
            raise MethodNotAllowed(str(request.method))
        self.parameters = read_parameters(request)

    def refusal(self, status: HTTPStatus, message: str) -> HttpResponse:
        """Return a no in the dialect's form; ``message`` may be empty."""
        raise NotImplementedError  # pragma: no cover - every dialect says no in its own form

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        return nothing(HTTPStatus.OK, Allow=", ".join(self.allowed_methods))

    def write(self, request: Request, change: Callable[[], HttpResponse]) -> HttpResponse:
        """Return the answer of a change that a page of another site can't have asked for, made once for each key."""
        if grant_of(request).by == "session":
            self.check_cookie(request)
        elif is_foreign(request):
            raise Refusal(HTTPStatus.FORBIDDEN, "a page of another site can't write here")
        key = self.idempotency_key(request)
        if key is None:
            return change()
        answer = services.answer_once(
            user_id=owner(request).id,
            key=key,
            digest=_digest(request, self.parameters),
            now=self.now,
            write=lambda: _kept(change()),
        )
        if not answer.content_type:
            return nothing(HTTPStatus(answer.status))
        return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)

    def check_cookie(self, request: Request) -> None:
        """Refuse to write for who shows nothing but a cookie, which a browser adds to what any page asks for."""
        raise Refusal(HTTPStatus.FORBIDDEN, "a cookie alone writes nothing here; send a token or a password with it")

    def idempotency_key(self, request: Request) -> str | None:
        """Return what tells this write from every other of the person's, or None where nothing does."""
        return request.headers.get("Idempotency-Key")

    # DRF's own Response renders itself by negotiation; ours are Django's, rendered already.
    def finalize_response(  # type: ignore[override]
        self, request: Request, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response.headers.setdefault("Vary", "Authorization")
        response.headers.setdefault("Cache-Control", "private, no-store")
        if isinstance(self._scheme(), BearerAuthentication):
            show_to_scripts(response)
        return response

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, NotAuthenticated | AuthenticationFailed | services.AccountClosed):
            return oauth_refusal(exc) if isinstance(exc, OAuthRefused) else self.challenge()
        if isinstance(exc, NotGranted):
            return self._not_granted(exc)
        if isinstance(exc, MethodNotAllowed):
            return nothing(HTTPStatus.METHOD_NOT_ALLOWED, Allow=", ".join(self.allowed_methods))
        if failure := failure_of(exc):
            self._complain("%s %s: %s", exc)
            exc = failure
        if isinstance(exc, Busy | Throttled):
            answer = _unlogged(self.refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(exc)))
            answer.headers["Retry-After"] = str(exc.retry_after)
            return answer
        if isinstance(exc, DiskFull):
            return _unlogged(self.refusal(HTTPStatus.INSUFFICIENT_STORAGE, str(exc)))
        return self.refusal(*self._status(exc))

    def _status(self, exc: Exception) -> tuple[HTTPStatus, str]:
        if isinstance(exc, Refusal):
            return exc.status, str(exc)
        for kind in type(exc).__mro__:
            if kind in DOOR_ERRORS or kind in self.errors:
                return DOOR_ERRORS.get(kind) or self.errors[kind], str(exc)
        self._complain("%s %s", exc_info=exc)
        return HTTPStatus.INTERNAL_SERVER_ERROR, ""

    def _complain(self, message: str, *more: object, exc_info: Exception | None = None) -> None:
        request = self.request._request
        logger.error(message, request.method, request.path, *more, exc_info=exc_info, extra={"request": request})

    def challenge(self) -> HttpResponse:
        # Python 2 reads only the last scheme of a challenge, so there is exactly one (wire §1.0.5): that of what was
        # tried, and Basic to everybody else. DRF would take the first of the list for all.
        scheme = self._scheme() or BasicAuthentication()
        answer = self.refusal(HTTPStatus.UNAUTHORIZED, "")
        answer.headers["WWW-Authenticate"] = scheme.challenge
        return answer

    def _not_granted(self, exc: NotGranted) -> HttpResponse:
        answer = self.refusal(HTTPStatus.FORBIDDEN, str(exc))
        if isinstance(self._scheme(), BearerAuthentication):
            answer.headers["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{exc.scope}"'
        return answer

    def _scheme(self) -> Scheme | None:
        """Return the scheme that the request tried, or None where it tried none that is taken here."""
        schemes = cast("list[Scheme]", self.request.authenticators)
        # DRF's own question for who let the caller in would ask them all anew where one of them raised.
        found = cast("Scheme | None", getattr(self.request, "_authenticator", None))
        return found or next((scheme for scheme in schemes if scheme.is_carried(self.request)), None)


DOOR_ERRORS: Final[Mapping[type[Exception], HTTPStatus]] = {
    BadParameter: HTTPStatus.BAD_REQUEST,
    BadBody: HTTPStatus.BAD_REQUEST,
    NoSuchPage: HTTPStatus.NOT_FOUND,
    RequestDataTooBig: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    SuspiciousOperation: HTTPStatus.BAD_REQUEST,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}


def nothing(status: HTTPStatus, **headers: str) -> HttpResponse:
    """Return an answer without body, which has no type either."""
    response = HttpResponse(status=status, headers=headers)
    del response.headers["Content-Type"]
    return response


def _unlogged(response: HttpResponse) -> HttpResponse:
    """Keep a no from Django's log, which would take it for a fault: whoever asks too often could fill it."""
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def owner(request: Request) -> Account:
    """Return who calls: behind a dialect's door there is always somebody."""
    return cast("Account", request.user)


def is_foreign(request: Request) -> bool:
    """Tell whether a page of another site may have sent this request behind its reader's back.

    Browsers add credentials that they remember to what such a page sends. They say where a POST comes from; of a
    GET they say nothing on plain http, so one that would write is foreign when a browser sends it (design §4). A name
    that holds bytes beyond ASCII arrives empty, and may be a browser's. A token or a signature in a header was put
    there by a program that has it, wherever that runs.
    """
    if not cast("Scheme", request.successful_authenticator).is_remembered:
        return False
    if "HTTP_ORIGIN" in request.META:
        return is_from_elsewhere(request)
    return is_browser(request) and request.method == "GET"


def is_from_elsewhere(request: Request) -> bool:
    """Tell whether a browser says that a page of another site, or one that it won't name, sent this request."""
    origin = request.META.get("HTTP_ORIGIN")
    return origin is not None and origin not in {f"{request.scheme}://{request.get_host()}", settings.PUBLIC_URL}


def is_from_our_page(request: Request) -> bool:
    """Tell whether a form on a page of ours sent this POST: by Django's own check, once the body has been read.

    Of a GET it says yes unseen, as Django does.
    """
    check = CSRFCheck(lambda _: HttpResponse())
    check.process_request(request._request)
    return check.process_view(request._request, cast("Any", None), (), {}) is None


def is_browser(request: Request) -> bool:
    """Tell whether a browser may have sent this: all say Mozilla/, and what is beyond ASCII arrives empty."""
    agent = request.META.get("HTTP_USER_AGENT")
    return agent is not None and (not agent or str(agent).startswith("Mozilla/"))


def read_parameters(request: Request) -> Parameters:
    """Return what was sent, by query and body. Raises what DOOR_ERRORS names, and Refusal."""
    query = Parameters(_said(query_pairs(request.META.get("QUERY_STRING", ""))))
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()):
        message = f"Content-Length {length[:40]!r}: a number of bytes is wanted"
        raise BadBody(message)
    if int(length) == 0:
        return query
    has_files = _media_type(request) == MultiPartParser.media_type
    most = settings.MAX_UPLOAD_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if int(length) > most:
        message = f"body: at most {most} bytes are read, {length} were announced"
        raise RequestDataTooBig(message)
    if request.META.get("HTTP_TRANSFER_ENCODING") and _media_type(request) == FormParser.media_type:
        # The server can't tell where chunks end from where they were cut off; other bodies show it themselves.
        message = "a form in chunks may have been cut off unseen; a Content-Length is wanted"
        raise Refusal(HTTPStatus.LENGTH_REQUIRED, message)
    body = cast("Parameters", request.data)
    return Parameters(_said(body.pairs()), query.pairs(), files=body.files)


def _said(pairs: Pairs) -> Pairs:
    """Leave out what proves who or which page is calling: views don't see it, as in piston (wire §1.4), and to an
    idempotency key a repeat with a fresh proof is the same request.
    """
    return [(name, value) for name, value in pairs if not name.startswith("oauth_") and name != CSRF_FIELD]


def _digest(request: Request, parameters: Parameters) -> str:
    """Return what tells one request from another; a form's boundary, which a repeat makes anew, does not.

    A caller who was granted something else asks something else: the answer that is kept may show what he must not see.
    """
    digest, grant = hashlib.sha256(), grant_of(request)
    granted = (sorted(grant.scopes), grant.add_only, grant.report_id)
    files = [
        (name, hashlib.sha256(file.data).hexdigest())
        for name, sent in sorted(parameters.files.items())
        for file in sent
    ]
    asked = (request.method, request.path.rstrip("/"), sorted(parameters.pairs()), files)
    digest.update(repr((*asked, granted)).encode())
    return digest.hexdigest()


def _kept(response: HttpResponse) -> services.Answer:
    return services.Answer(response.status_code, response.headers.get("Content-Type", ""), response.content)
