"""Whose page it is."""

import re
from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest

from accounts import selectors
from accounts.fields import microseconds
from accounts.selectors import Account

_NAME: Final = re.compile(r"([0-9]{1,18})-[0-9]{1,18}")


def owner(request: HttpRequest) -> Account:
    """Return the account of who is signed in; a page that asks is guarded (``web.signin.PagesLoginRequired``)."""
    return selectors.account(email=request.user.get_username())


def ledger_name(user: Any) -> str:
    """Return what a browser calls the ledger of who is signed in by.

    Nobody else's has it, also where another server once answered under the same address.
    """
    return f"{user.pk}-{microseconds(user.created)}"


def ledgers_gone(names: Iterable[str]) -> list[str]:
    """Return those of ``names`` (``ledger_name``) that are of no account, or no longer of one."""
    asked = {name: _NAME.fullmatch(name) for name in names}
    found = selectors.opened(user_ids=[int(match[1]) for match in asked.values() if match])
    there = {f"{user_id}-{microseconds(created)}" for user_id, created in found.items()}
    return [name for name in asked if name not in there]
