"""What all pages share, so that a test can compare a whole one and still say only what is its own."""

import re
from typing import Any

from django.templatetags.static import static
from django.utils.html import escape

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STRANGER = '<a class="soft" href="/help/">Help</a>\n<a class="soft" href="/accounts/login/">Sign in</a>\n'
MARK = (
    '<symbol id="mark" viewBox="0 0 16 16"><path d="M4.5 2.5l7 6.5M11.5 2.5l-7 6.5M2.5 11.75h11M2.5 14.25h11"/>'
    "</symbol>"
)
NAVIGATION = {"Ledger": "/", "Reports": "/reports/", "Overview": "/overview/"}
SETTINGS = {
    "You": "/settings/", "Rates": "/settings/rates/", "Types": "/settings/types/", "Tags": "/settings/tags/",
    "Import and export": "/import/", "Your data": "/settings/data/",
    "Connected apps": "/settings/apps/", "Ways in": "/settings/ways-in/", "Sign-in and security": "/accounts/",
}  # fmt: skip
CURRENT = ' aria-current="page"'
FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} · xpenser</title>
<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">
<link rel="icon" href="{icon}" type="image/svg+xml">
<link rel="search" type="application/opensearchdescription+xml" title="xpenser: add an expense" href="/opensearch.xml">
<link rel="stylesheet" href="{tokens}">
<link rel="stylesheet" href="{app}">
{scripts}</head>
<body>
<svg class="vh" aria-hidden="true">
{symbols}</svg>
<header class="bar">
<a class="skip" href="#main">Skip to content</a>
<a class="brand" href="/" aria-label="xpenser, home">\
<svg class="i" aria-hidden="true"><use href="#mark"/></svg><span>xpenser</span></a>
{account}</header>
<main id="main" class="page" tabindex="-1">
{main}
</main>
</body>
</html>
"""


def account_of(email: str, *, here: str = "") -> str:
    """Return what the bar says of who is signed in; ``here``: where he is in the navigation."""
    entries = "".join(
        f'<a href="{path}"{CURRENT if name == here else ""}>{name}</a>' for name, path in NAVIGATION.items()
    )
    return (
        f'<nav aria-label="Main">{entries}</nav>\n'
        f'<details class="menu"><summary class="me" aria-label="Account of {email}">{email[:2]}</summary>\n'
        f'<div><p class="soft">{email}</p><a href="/settings/">Settings</a>'
        '<a href="/help/">Help</a><a href="/accounts/logout/">Sign out</a></div></details>\n'
        f'<script src="{static("install.js")}" defer data-owner="KEY"></script>\n'
        f'<script src="{static("menu.js")}" defer></script>\n'
    )


def setting(name: str, main: str) -> str:
    """Return what a page of the settings has in ``main``, with its name marked in their list."""
    entries = "\n".join(
        f'<a href="{path}"{CURRENT if each == name else ""}>{each}</a>' for each, path in SETTINGS.items()
    )
    return (
        f'<div class="cols l">\n<nav class="side" aria-label="Settings">\n{entries}\n</nav>\n'
        f'<div class="stack">\n{main}\n</div>\n</div>'
    )


def page(title: str, main: str, *, account: str = "", scripts: str = "", symbols: str = "") -> str:
    """Return a whole page, as ``shown`` gives it. ``account``: what the bar says of who is signed in."""
    frame = FRAME.format(
        title=escape(title), main=main, account=account, scripts=scripts, symbols=f"{MARK}\n{symbols}",
        icon=static("mark.svg"), tokens=static("tokens.css"), app=static("app.css"),
    )  # fmt: skip
    return squeezed(frame)


def shown(response: Any) -> str:
    """Return a page's text without blank lines, and with its keys, which are others each time, as KEY."""
    return squeezed(response.content.decode())


def squeezed(text: str) -> str:
    text = re.sub('name="idempotency_key" value="[0-9a-f-]{36}"', 'name="idempotency_key" value="KEY"', text)
    text = re.sub('name="csrfmiddlewaretoken" value="[0-9A-Za-z]{64}"', 'name="csrfmiddlewaretoken" value="KEY"', text)
    text = re.sub(r'data-owner="\d+-\d+"', 'data-owner="KEY"', text)
    return "\n".join(line for line in text.splitlines() if line)
