"""Tabs of a browser on a live server, without the browser."""

import re

import requests

from tests.cast import PASSWORD
from tests.live import LiveServer


def signed_in(server: LiveServer, email: str) -> requests.Session:
    """Return a tab in which a person has signed in."""
    tab = requests.Session()
    page = f"{server.public_url}/accounts/login/"
    token = re.search('name="csrfmiddlewaretoken" value="([^"]*)"', tab.get(page, timeout=120).text)
    assert token
    said = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    assert tab.post(page, said, headers={"Referer": page}, timeout=120).url == f"{server.public_url}/"
    return tab


def signed_in_headers(server: LiveServer, email: str) -> dict[str, str]:
    """Return the headers by which a person is known there, and with which he may send a page's forms."""
    with signed_in(server, email) as tab:
        cookies = {cookie.name: cookie.value or "" for cookie in tab.cookies}
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": said, "X-CSRFToken": cookies["csrftoken"]}
