"""The pages as an app of a device: its description, its worker, and what is shared with it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from PIL import Image, ImageChops

from accounts.selectors import Account
from accounts.services import preferences_set
from expenses.models import Expense
from tests.expenses.pictures import jpeg
from tests.icons import DRAWN, ICONS, drawn
from tests.live import PROJECT
from tests.pages import POLICY
from tests.web.people import at_browser
from web.installing import installs

LINK = '<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">'


def shell_of(client: Client) -> dict[str, Any]:
    """What the server tells its worker."""
    told: dict[str, Any] = json.loads(
        re.match(r"const SHELL = (.*);\n", client.get("/worker.js").content.decode())[1]  # type: ignore[index]
    )
    return told


def test_the_app_is_described(client: Client) -> None:
    response = client.get("/manifest.webmanifest")

    assert response.headers["Content-Type"] == "application/manifest+json"
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    assert response.headers["Vary"] == "Accept-Language, Cookie"
    assert response.json() == {
        "id": "/",
        "name": "xpenser: expenses",
        "short_name": "xpenser",
        "description": "Type an expense, or photograph its receipt, also without a connection.",
        "lang": "en",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f9fafa",
        "theme_color": "#ffffff",
        "categories": ["finance", "productivity"],
        "icons": [
            {"src": "/assets/icons/any.svg", "type": "image/svg+xml", "sizes": "any"},
            {"src": "/assets/icons/192.png", "type": "image/png", "sizes": "192x192"},
            {"src": "/assets/icons/512.png", "type": "image/png", "sizes": "512x512"},
            {"src": "/assets/icons/maskable.png", "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
        ],
        "shortcuts": [
            {"name": "New expense", "url": "/"},
            {"name": "Start the timer", "url": "/?line=time+start"},
            {"name": "Reports", "url": "/reports/"},
            {"name": "Overview", "url": "/overview/"},
        ],
        "share_target": {
            "action": "/share/",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "receipt", "accept": ["image/*", ".heic", "application/pdf"]}],
            },
        },
    }


def test_in_the_language_of_its_reader(alice: Account) -> None:
    asked = Client(headers={"Accept-Language": "fr"}).get("/manifest.webmanifest").json()
    preferences_set(user_id=alice.id, language="de")
    chosen = at_browser(alice).get("/manifest.webmanifest").json()

    assert (asked["lang"], asked["shortcuts"][2]["name"]) == ("fr", "Notes de frais")
    assert (chosen["lang"], chosen["shortcuts"][2]["name"]) == ("de", "Berichte")


@pytest.mark.parametrize("path", ["/", "/help/", "/accounts/login/", "/nothing/"])
def test_pages_name_it(client: Client, db: None, path: str) -> None:
    assert LINK in client.get(path).content.decode()


@pytest.mark.parametrize("name", DRAWN)
def test_the_icons_are_the_mark(name: str) -> None:
    """Who changes the mark draws them anew: ``python -m tests.icons``."""
    kept = Image.open(ICONS / name).convert("RGBA")

    wanted = drawn(*DRAWN[name])

    assert kept.size == wanted.size
    assert max(ImageChops.difference(kept, wanted).tobytes()) < 32


def test_the_drawing_without_pixels_is_the_mark_too() -> None:
    path = re.search(' d="(.*?)"', (PROJECT / "static" / "mark.svg").read_text())

    assert path is not None
    assert path[0] in Path(ICONS / "any.svg").read_text()


def test_the_worker_knows_what_to_keep(client: Client) -> None:
    response = client.get("/worker.js")

    assert response.headers["Content-Type"] == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert response.headers["Content-Security-Policy"] == ("default-src 'none'; script-src 'self'; connect-src 'self'")
    text = response.content.decode()
    assert text.endswith('\nimportScripts("/assets/kept.js", "/assets/worker.js");\n')
    shell = shell_of(client)
    assert shell["leaving"] == ["/accounts/logout/", "/settings/data/close/"]
    assert shell["said"]["507"] == "The server’s disk is full. It is sent once there is room."
    assert client.get(shell["alive"]).json() == {"alive": True}
    page = client.get(shell["page"]).content.decode()
    loaded = re.findall(r'<(?:link rel="(?:icon|stylesheet)" href|script src)="(.*?)"', page)
    assert set(shell["files"]) == set(loaded)


def test_the_worker_changes_with_the_language(client: Client) -> None:
    german = Client(headers={"Accept-Language": "de"})

    assert shell_of(client)["version"] != shell_of(german)["version"]
    assert "Keine Verbindung" in german.get("/offline/").content.decode()


def test_the_page_without_a_net_is_nobody_s(alice: Account, client: Client) -> None:
    response = at_browser(alice).get("/offline/")

    page = response.content.decode()
    assert page == client.get("/offline/").content.decode()
    assert 'name="q"' in page
    assert "data-owner" not in page
    assert response.headers["Content-Security-Policy"] == POLICY


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/worker.js", "/offline/"])
def test_they_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


class TestSharing:
    """Where no worker is there: with one it is ``tests/web/test_outbox_in_a_browser.py``."""

    def test_words_go_into_the_line_and_no_further(self, alice: Account) -> None:
        browser = at_browser(alice, strict=True)  # a device knows no token
        shared = {"title": "Hotel", "text": "room 118\n EUR", "url": "https://hotel.example/?a=1&b=2"}

        response = browser.post("/share/", shared)

        assert response.headers["Location"] == (
            "/?line=Hotel+room+118+EUR+https%3A%2F%2Fhotel.example%2F%3Fa%3D1%26b%3D2"
        )
        page = browser.get(response.headers["Location"]).content.decode()
        assert 'name="q" value="Hotel room 118 EUR https://hotel.example/?a=1&amp;b=2"' in page
        assert Expense.objects.count() == 1
        assert 'class="note"' not in page

    def test_of_photos_it_says_that_they_did_not_come(self, alice: Account) -> None:
        browser = at_browser(alice)

        page = browser.post("/share/", {"receipt": SimpleUploadedFile("a.jpg", jpeg())}, follow=True)

        assert "The photos did not come along." in page.content.decode()
        assert Expense.objects.count() == 1

    def test_what_is_long_is_cut(self, client: Client) -> None:
        assert client.post("/share/", {"text": "x" * 501}).headers["Location"] == f"/?line={'x' * 500}"

    def test_a_stranger_signs_in_and_has_it_then(self, db: None) -> None:
        response = Client().post("/share/", {"text": "lunch 45"}, follow=True)

        assert response.redirect_chain[-1] == ("/accounts/login/?next=/%3Fline%3Dlunch%2B45", 302)

    @pytest.mark.parametrize(
        ("site", "status"), [("none", 302), ("same-origin", 302), ("same-site", 403), ("cross-site", 403)]
    )
    def test_another_site_shares_nothing(self, client: Client, site: str, status: int) -> None:
        files = {"text": "lunch 45", "receipt": SimpleUploadedFile("a.jpg", jpeg())}

        response = client.post("/share/", files, headers={"Sec-Fetch-Site": site})

        assert response.status_code == status
        assert ("messages" in client.cookies) is (status == 302)

    def test_a_link_shares_nothing(self, client: Client) -> None:
        assert client.get("/share/?text=lunch+45").status_code == 405


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://money.example.com", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://[::1]:8000", True),
        ("http://192.168.1.5:8000", False),
        ("http://money.example.com", False),
    ],
)
def test_help_says_where_a_browser_installs_it(client: Client, db: None, url: str, answer: bool) -> None:
    with override_settings(PUBLIC_URL=url):
        page = client.get("/help/clients/").content.decode()

        assert installs() is answer

    assert ("Browsers install pages from https and from localhost only" in page) is not answer
