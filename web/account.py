"""Whose page it is."""

from django.http import HttpRequest

from accounts import selectors
from accounts.selectors import Account


def owner(request: HttpRequest) -> Account:
    """Return the account of who is signed in; a page that asks is guarded (``web.signin.PagesLoginRequired``)."""
    return selectors.account(email=request.user.get_username())
