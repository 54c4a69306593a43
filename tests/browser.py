"""A real browser: Debian's Chromium without windows, driven by Playwright, with a profile that lasts for a module.

Playwright keeps an event loop running in this thread, under which Django refuses to ask the database. So a module
that uses ``chromium`` talks to a server process (``tests.live``), and to no database of its own.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.tools import program

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 60_000
"""Milliseconds that a browser has for each step, on a machine that has other work."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    """Give a browser of one's own, with flags beside the usual ones (``--host-resolver-rules=…``)."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program("chromium-headless-shell"), headless=True, args=[*FLAGS, *flags], timeout=PATIENCE
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(browser: Browser, *, tolerated: str = "(?!)", **choices: Any) -> Iterator[Page]:
    """Give a page with cookies of its own; ``choices`` are those of Playwright's ``new_context``.

    What the page complains about, a breach of its policy for one, fails the test, unless it matches ``tolerated``.
    No worker is installed unless ``service_workers="allow"``: it would take work, and requests from who routes them.
    """
    context = browser.new_context(**{"service_workers": "block", **choices})
    context.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    context.on("weberror", lambda raised: complaints.append(str(raised.error)))
    try:
        yield context.new_page()
    finally:
        context.close()
    left = [said for said in complaints if not re.search(tolerated, said)]
    assert not left, left


def come_in(page: Page, url: str, email: str, path: str = "/") -> None:
    """Sign in at a server, and open a page.

    ``test_in_a_browser`` fills in the form that is only posted here: to have it drawn takes a tenth of a test.
    """
    from tests.cast import PASSWORD  # its other names want Django, which bench does without

    form, request = f"{url}/accounts/login/", page.context.request
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', request.get(form).text())
    assert token
    filled = {"csrfmiddlewaretoken": token[1], "login": email, "password": PASSWORD}
    answer = request.post(form, form=filled, headers={"Referer": form}, max_redirects=0)
    assert answer.status == 302, answer.text()
    page.goto(url + path)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser
