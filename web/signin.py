"""Signing in on a page: allauth asks, and here is what it is answered."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from accounts.attempts import WrongPassword
from accounts.passwords import account_with
from expenses.services import AccountClosed
from web.htmx import page_address


def at_home(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Let a page answer under the name of PUBLIC_URL only; elsewhere say where that is (design §4 "Hosts").

    A session belongs to one name, and a name that others control is none to type a password under. Ports are not
    looked at: cookies know none, and some proxies lose it. A redirect would never end where a proxy tells another name.
    Whatever allauth builds from such a request, links in mails and what passkeys are bound to, begins with PUBLIC_URL.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        home = urlsplit(settings.PUBLIC_URL)
        if urlsplit(f"//{request.get_host()}").hostname == home.hostname:
            request.META["HTTP_HOST"], request.META["wsgi.url_scheme"] = settings.PUBLIC_HOST, home.scheme
            return view(request, *args, **kwargs)
        context = {"home": settings.PUBLIC_URL, "address": settings.PUBLIC_URL + request.get_full_path()}
        return render(request, "elsewhere.html", context, status=400)

    return guarded


class PagesLoginRequired(LoginRequiredMiddleware):
    """Guards every page that does not open itself; of a view that does, it does not look who asks.

    Django looks first, and so reads a session, and varies by cookie, at doors with their own ways to know a caller.
    """

    def process_view(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase], view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Take who was signed in to an account that is closed at this moment to where one signs in."""
        if not isinstance(exception, AccountClosed):
            return None
        view: Callable[..., HttpResponseBase] = request.resolver_match.func  # type: ignore[union-attr]
        answer: HttpResponseBase = self.handle_no_permission(request, view)
        return answer

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> Any:
        """Take the whole page to where one signs in, also where a part of it was asked for; and back to itself."""
        if request.htmx:  # type: ignore[attr-defined]
            back = urlencode({"next": page_address(request)}, safe="/")
            return HttpResponseClientRedirect(f"{resolve_url(self.get_login_url(view_func))}?{back}")
        return super().handle_no_permission(request, view_func)


class Backend(ModelBackend):
    """Who is behind an e-mail address and a password; the same question as at every other door."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:  # type: ignore[override]
        try:
            account = account_with(
                email=credentials.get("email", ""),
                password=credentials.get("password", ""),
                address=request.META["REMOTE_ADDR"] if request else "",
                now=datetime.now(UTC),
                alone=False,  # the page that asks for a second factor comes next
            )
        except WrongPassword:
            return None
        user: AbstractBaseUser = get_user_model().objects.get(pk=account.id)
        return user
