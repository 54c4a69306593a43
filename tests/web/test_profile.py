"""Settings, "You": a person's clock, his rates, and the currency of his ledger."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.selectors import Account, account
from expenses.selectors import expense_row
from tests.cast import NOON, open_account, spend
from tests.web.people import at_browser

PATH = "/settings/"
CURRENCY = "/settings/currency/"
GOOD = {"zone": "Asia/Tokyo", "hourly_rate": "60,50", "mileage_unit": "km"}


def kept(person: Account) -> tuple[str, str, Decimal, str]:
    now = account(email=person.email)
    return now.zone, now.currency, now.hourly_rate, now.mileage_unit


@time_machine.travel(NOON, tick=False)
def test_it_shows_what_is_kept(db: None) -> None:
    text = at_browser(open_account("carla@example.com", zone="Asia/Tokyo")).get(PATH).content.decode()

    assert '<h1>You</h1>\n<p class="soft">carla@example.com</p>' in text
    assert "Your clock shows Fri 20 Nov 2026, 21:00." in text
    assert '<option value="Asia/Tokyo" selected>Tokyo</option>' in text
    assert '<option value="America/Argentina/Ushuaia">Argentina/Ushuaia</option>' in text
    assert '<option value="UTC">UTC</option>' in text
    assert '<input type="text" name="hourly_rate" value="0"' in text
    assert '<option value="USD" selected>USD</option>' in text
    assert len(text.encode()) < 100_000


def test_what_is_changed_is_kept(alice: Account, bob: Account) -> None:
    response = at_browser(alice).post(PATH, GOOD, follow=True)

    assert response.redirect_chain == [(PATH, 302)]
    assert "It is saved." in response.content.decode()
    assert 'value="60.5"' in response.content.decode()
    assert kept(alice) == ("Asia/Tokyo", "USD", Decimal("60.5"), "km")
    assert kept(bob) == ("UTC", "USD", Decimal(0), "mi")


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("zone", "Mars/Olympus", "Select a valid choice. Mars/Olympus is not one of the available choices."),
        ("hourly_rate", "a lot", "“a lot”: a number like 0.725 is wanted."),
        ("hourly_rate", "-1", "“-1”: a number like 0.725 is wanted."),
        ("hourly_rate", "1e3", "“1e3”: a number like 0.725 is wanted."),
        ("hourly_rate", "", "This field is required."),
        ("hourly_rate", "2000000", "Rate 2000000: a number from 0 to 1000000 with at most 12 decimals is wanted"),
        ("hourly_rate", "0.1234567890123", "Rate 0.1234567890123: a number from 0 to 1000000"),
        ("mileage_unit", "ells", "Select a valid choice. ells is not one of the available choices."),
    ],
)
def test_what_can_not_be_meant_is_told_at_its_field(alice: Account, field: str, typed: str, said: str) -> None:
    response = at_browser(alice).post(PATH, {**GOOD, field: typed})

    text = response.content.decode()
    assert response.status_code == 200
    assert f'<small class="bad" id="id_{field}_error">{said}' in text
    assert f'<a class="bad" href="#id_{field}">' in text
    assert f'value="{typed}"' in text or field != "hourly_rate" or not typed
    assert kept(alice) == ("UTC", "USD", Decimal(0), "mi")


def test_a_new_ledger_changes_its_currency(alice: Account) -> None:
    response = at_browser(alice).post(CURRENCY, {"currency": "EUR"}, follow=True)

    assert response.redirect_chain == [(PATH, 302)]
    assert "Your ledger is kept in EUR." in response.content.decode()
    assert kept(alice)[1] == "EUR"


def test_one_with_amounts_says_why_it_does_not(alice: Account) -> None:
    spend(alice, "lunch 45")
    client = at_browser(alice)

    page = client.get(PATH).content.decode()
    refused = client.post(CURRENCY, {"currency": "EUR"})

    assert "<b>USD</b>, for good: amounts in it stand in your ledger, and can't become others." in page
    assert 'name="currency"' not in page
    assert refused.status_code == 200
    assert "Currency &#x27;EUR&#x27;: amounts in USD stand in your ledger, deleted ones too" in refused.content.decode()
    assert kept(alice)[1] == "USD"


def test_there_must_be_such_a_currency(alice: Account) -> None:
    response = at_browser(alice).post(CURRENCY, {"currency": "XXX"})

    assert "Select a valid choice. XXX is not one of the available choices." in response.content.decode()
    assert kept(alice)[1] == "USD"


def test_no_get_changes_anything(alice: Account) -> None:
    client = at_browser(alice)

    assert client.get(CURRENCY, {"currency": "EUR"}).status_code == 405
    assert client.get(PATH, GOOD).status_code == 200
    assert kept(alice) == ("UTC", "USD", Decimal(0), "mi")


@pytest.mark.parametrize("path", [PATH, CURRENCY])
def test_a_page_of_another_site_can_do_nothing(alice: Account, path: str) -> None:
    assert at_browser(alice, strict=True).post(path, {**GOOD, "currency": "EUR"}).status_code == 403
    assert kept(alice) == ("UTC", "USD", Decimal(0), "mi")


def test_a_new_zone_moves_no_expense(alice: Account) -> None:
    row = spend(alice, "lunch 45", now=NOON + timedelta(hours=1))

    at_browser(alice).post(PATH, GOOD)

    assert expense_row(user_id=alice.id, expense_id=row.id) == row
