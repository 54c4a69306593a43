"""In which language a page speaks, and that wires speak English."""

import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts.selectors import Account
from accounts.sentences import sentence
from accounts.services import UnknownLanguage, preferences_set
from tests.cast import OldClient
from tests.failing import failing
from tests.web.people import at_browser
from web.telling import told

GERMAN = {"Accept-Language": "fr-CA;q=0.5, de-CH, en;q=0.3"}


def speak(person: Account, language: str) -> None:
    preferences_set(user_id=person.id, language=language)


def test_a_stranger_is_spoken_to_as_the_browser_asks(db: None) -> None:
    asked = Client(headers=GERMAN).get("/accounts/login/")
    other = Client(headers={"Accept-Language": "tlh"}).get("/accounts/login/")

    assert '<html lang="de">' in asked.content.decode()
    assert "<h1>Anmelden</h1>" in asked.content.decode()
    assert asked.headers["Content-Language"] == "de"
    assert "Accept-Language" in asked.headers["Vary"]
    assert '<html lang="en">' in other.content.decode()
    assert other.headers["Content-Language"] == "en"


def test_what_was_chosen_counts_more(alice: Account) -> None:
    browser = at_browser(alice)
    speak(alice, "es")

    page = browser.get("/reports/", headers=GERMAN)

    assert "<h1>Informes</h1>" in page.content.decode()
    assert page.headers["Content-Language"] == "es"


@pytest.mark.parametrize("path", ["/nothing/", "/expenses/999999999/", "/operator/"])
def test_it_is_told_in_it_that_there_is_no_such_page(alice: Account, path: str) -> None:
    browser = at_browser(alice)

    asked = browser.get(path, headers=GERMAN).content.decode()
    speak(alice, "es")
    chosen = browser.get(path, headers=GERMAN)

    assert "<h1>Hier ist nichts</h1>" in asked
    assert "<h1>Aquí no hay nada</h1>" in chosen.content.decode()
    assert (chosen.status_code, chosen.headers["Content-Language"]) == (404, "es")


def test_a_mistake_and_a_form_that_is_too_old_are_told_in_it(alice: Account) -> None:
    speak(alice, "es")
    browser, strict = at_browser(alice), at_browser(alice, strict=True)
    browser.raise_request_exception = False

    with failing(ValueError(), writes_only=True):
        mistake = browser.post("/add/", {"q": "lunch 45", "once": "1"}, headers=GERMAN)
    too_old = strict.post("/add/", {"q": "lunch 45"}, headers=GERMAN)

    assert [(each.status_code, each.headers["Content-Language"]) for each in (mistake, too_old)] == [
        (500, "es"),
        (403, "es"),
    ]


def test_from_a_day_on_is_no_from_where(alice: Account) -> None:
    browser = at_browser(alice)
    speak(alice, "de")

    page = browser.get("/settings/rates/").content.decode()

    assert re.findall(r"<label[^>]*>((?:Von|Ab))", page) == ["Ab", "Ab"]


@pytest.mark.parametrize(
    ("language", "said"), [("de", "Gespeichert."), ("fr", "C’est enregistré."), ("", "It is saved.")]
)
def test_it_is_chosen_in_the_profile(alice: Account, language: str, said: str) -> None:
    given = {"zone": "UTC", "hourly_rate": "1", "mileage_unit": "km", "language": language}

    page = at_browser(alice).post("/settings/", given, follow=True).content.decode()

    assert said in page
    assert f'<option value="{language}" selected>' in page
    assert get_user_model().objects.get(pk=alice.id).language == language


def test_an_unknown_language_is_refused(alice: Account) -> None:
    with pytest.raises(UnknownLanguage, match="language 'tlh': one of en, de, fr, es is wanted"):
        speak(alice, "tlh")


def test_a_refusal_is_told_in_it(alice: Account) -> None:
    browser = at_browser(alice)
    speak(alice, "de")

    page = browser.get("/understood/", {"q": "lunch"}, headers={"HX-Request": "true"}).content.decode()

    assert "da ist kein Betrag, also eine Zahl zwischen Leerzeichen oder Kommas; schreiben Sie es so: " in page


def test_wires_speak_english_behind_a_page_that_did_not(alice: Account) -> None:
    browser = at_browser(alice)
    speak(alice, "de")
    client = OldClient(alice.email, **{"Accept-Language": "de"})

    browser.get("/")
    told = client.send("/api/v1.0/expense/", "q=lunch")
    missing = client.get("/api/v1.0/nothing/")

    assert "there is no amount" in told.content.decode()
    assert "Content-Language" not in missing.headers
    assert translation.get_language() == "en"


def test_the_old_clients_page_speaks_it(alice: Account) -> None:
    browser = at_browser(alice)

    asked = browser.get("/api/simple/", headers=GERMAN).content.decode()
    speak(alice, "fr")
    chosen = browser.get("/api/simple/", headers=GERMAN).content.decode()

    assert "<h1>Ausgabe hinzufügen</h1>" in asked
    assert "<h1>Ajouter une dépense</h1>" in chosen


def test_a_mail_speaks_the_language_of_who_gets_it(alice: Account, bob: Account) -> None:
    speak(alice, "fr")

    for person in (alice, bob):
        Client(headers={"Accept-Language": "es"}).post("/accounts/password/reset/", {"email": person.email})

    assert [each.subject for each in mail.outbox] == ["Un nouveau mot de passe", "Una contraseña nueva"]
    assert str(mail.outbox[0].body).startswith("Quelqu’un a demandé un nouveau mot de passe pour alice@example.com")


def test_a_page_knows_which_way_it_is_read(db: None, settings: Any) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("he", "Hebrew")]

    page = Client(headers={"Accept-Language": "he"}).get("/help/")

    assert '<html lang="he" dir="rtl">' in page.content.decode()


def test_what_says_nothing_of_its_own_is_told_as_it_is() -> None:
    with translation.override("de"):
        assert told(ValueError("spam", 1)) == "('spam', 1)"
        assert told(ValueError()) == ""
        assert told(ValueError(sentence("there is no text"))) == "da ist kein Text"
