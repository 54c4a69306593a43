from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from tests.cast import open_account
from tests.pages import POLICY, STRANGER, page, shown
from tests.web.people import at_browser

MAIN = """<div class="prose">
<h1>Xpenser</h1>
<p>An expense server is running here. Every program that was written for Xpenser can use it.</p>
<p>Whoever runs the server opens the first account by the link that its start prints, and others like this:</p>
<pre class="example"><code>.venv/bin/python manage.py adduser me@example.com</code></pre>
<p>Type an expense:</p>
<pre class="example"><code>curl -u me@example.com:secret -d "q=lunch 45 with jack #clientx" \
{url}/api/v1.0/expense/</code></pre>
<p>List them:</p>
<pre class="example"><code>curl -u me@example.com:secret "{url}/api/v1.0/expenses/?report=*"</code></pre>
<p>Or <a href="/accounts/login/">sign in</a>, and type here.</p>
</div>"""


def test_it_works() -> None:
    response = Client().get("/")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Security-Policy"] == POLICY
    assert response.headers["X-Frame-Options"] == "DENY"
    assert shown(response) == page("Expenses", MAIN.format(url=settings.PUBLIC_URL), account=STRANGER)


def test_where_anybody_may_it_leads_to_an_account(settings: Any) -> None:
    settings.SIGN_UP = "open"

    text = Client().get("/").content.decode()

    assert '<p><a class="btn first" href="/accounts/signup/">Open an account</a></p>' in text
    assert "adduser" not in text


def test_its_address_does_not_come_from_the_host_header() -> None:
    response = Client().get("/", headers={"Host": "127.0.0.1:4711"})

    assert response.status_code == 200
    assert b"4711" not in response.content


def test_its_address_is_escaped(settings: Any) -> None:
    settings.PUBLIC_URL = "http://<b>"

    response = Client().get("/")

    assert b"<b>" not in response.content


@pytest.mark.django_db  # the end of a request looks at the connection
@pytest.mark.parametrize("name", ["tokens.css", "app.css", "mark.svg"])
def test_what_it_links_to_is_there(name: str) -> None:
    path = finders.find(name)

    assert static(name).encode() in Client().get("/").content
    assert path is not None


def test_head() -> None:
    response = Client().head("/")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods(method: str) -> None:
    response = Client().generic(method, "/")

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("host", ["xpenser.com", "www.xpenser.com", "evil.example"])
def test_it_is_not_for_other_hosts(host: str) -> None:
    response = Client().get("/", headers={"Host": host})

    assert response.status_code == 400


def test_nothing_else_is_there() -> None:
    response = Client().get("/nothing")

    assert response.status_code == 404
    assert b'<p><a href="/">What this is</a></p>' in response.content


def test_who_is_signed_in_is_led_back_to_his_ledger(db: None) -> None:
    response = at_browser(open_account("alice@example.com")).get("/nothing")

    assert response.status_code == 404
    assert b'<p><a href="/">Ledger</a></p>' in response.content
