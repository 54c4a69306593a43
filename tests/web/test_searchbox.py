"""A browser's own ways into the ledger: its search box, and a bookmark."""

from urllib.parse import quote

import pytest
from defusedxml.ElementTree import fromstring
from django.conf import settings
from django.templatetags.static import static
from django.test import Client, override_settings
from django.utils.html import escape

from accounts.selectors import Account
from expenses.models import Expense
from tests.web.people import at_browser
from web.searchbox import bookmarklet

OS = "{http://a9.com/-/spec/opensearch/1.1/}"
LINK = (
    '<link rel="search" type="application/opensearchdescription+xml" title="xpenser: add an expense"'
    ' href="/opensearch.xml">'
)


@override_settings(PUBLIC_URL="https://money.example.com/a&b")
def test_it_describes_the_server_as_that_calls_itself(client: Client) -> None:
    response = client.get("/opensearch.xml")

    assert response.headers["Content-Type"] == "application/opensearchdescription+xml"
    here = "https://money.example.com/a&b"
    assert [(each.tag.removeprefix(OS), each.text, each.attrib) for each in fromstring(response.content)] == [
        ("ShortName", "xpenser", {}),
        ("Description", "Add an expense: lunch 45 with jack #clientx", {}),
        ("InputEncoding", "UTF-8", {}),
        ("Image", here + static("mark.svg"), {"width": "16", "height": "16", "type": "image/svg+xml"}),
        ("Url", None, {"type": "text/html", "template": f"{here}/api/simple/?q={{searchTerms}}"}),
        (
            "Url", None,
            {"type": "application/opensearchdescription+xml", "rel": "self", "template": f"{here}/opensearch.xml"},
        ),
    ]  # fmt: skip


def test_it_is_only_read(client: Client) -> None:
    assert client.post("/opensearch.xml").status_code == 405


def test_what_is_typed_there_is_asked_about_and_not_written(alice: Account) -> None:
    browser = at_browser(alice)
    described = next(fromstring(browser.get("/opensearch.xml").content).iter(f"{OS}Url")).attrib["template"]
    before = Expense.objects.count()

    page = browser.get(described.removeprefix(settings.PUBLIC_URL).replace("{searchTerms}", quote("lunch 45 #clientx")))

    assert "Add this expense?" in page.content.decode()
    assert Expense.objects.count() == before


@pytest.mark.parametrize("path", ["/", "/help/", "/accounts/login/", "/nothing/"])
def test_pages_name_it(client: Client, db: None, path: str) -> None:
    assert LINK in client.get(path).content.decode()


def test_a_stranger_signs_in_and_has_his_line_then(alice: Account) -> None:
    path = "/?line=lunch%2045%20%23clientx"

    asked = Client().get(path)
    shown = at_browser(alice).get(path).content.decode()

    assert asked.headers["Location"] == f"/accounts/login/?next={quote(path, safe='/')}"
    assert 'name="q" value="lunch 45 #clientx"' in shown
    assert 'hx-trigger="input changed delay:150ms, load"' in shown  # what it comes to is shown at once
    assert Expense.objects.count() == 1


def test_help_has_the_bookmark(client: Client, db: None) -> None:
    page = client.get("/help/clients/").content.decode()

    address = bookmarklet(settings.PUBLIC_URL)
    assert f"{settings.PUBLIC_URL}/?line=" in address
    for html in ('<a class="btn" href="{}">Spent</a>', 'id="line_bookmarklet"'):
        assert html.format(escape(address)) in page
