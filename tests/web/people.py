"""Who sits at a browser."""

from django.contrib.auth import get_user_model
from django.test import Client

from accounts.selectors import Account


def at_browser(person: Account, *, strict: bool = False) -> Client:
    """Return a client that has signed in; a ``strict`` one is asked for the token of a page's form."""
    client = Client(enforce_csrf_checks=strict)
    client.force_login(get_user_model().objects.get(pk=person.id))
    return client


def csrf(client: Client) -> str:
    """Return what a form has to send along, once a page with one was loaded."""
    return client.cookies["csrftoken"].value
