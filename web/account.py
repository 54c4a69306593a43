"""Whose page it is."""

from typing import Any

from django.http import HttpRequest

from accounts import selectors
from accounts.fields import microseconds
from accounts.selectors import Account


def owner(request: HttpRequest) -> Account:
    """Return the account of who is signed in; a page that asks is guarded (``web.signin.PagesLoginRequired``)."""
    return selectors.account(email=request.user.get_username())


def ledger_name(user: Any) -> str:
    """Return what a browser calls the ledger of who is signed in by.

    Nobody else's has it, also where another server once answered under the same address.
    """
    return f"{user.pk}-{microseconds(user.created)}"
