"""Settings, "Rates": what distances and currencies are worth, since when, and who says so."""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
import time_machine
from pytest_django import DjangoAssertNumQueries

from accounts.selectors import Account, OwnRate, all_mileage_rates
from accounts.services import mileage_rate_set
from expenses.ecb import ReferenceRate
from expenses.selectors import CurrencyRow, own_currency_rates
from expenses.services import currency_rate_set, reference_rates_load
from tests.cast import NOON, open_account, spend
from tests.web.people import at_browser

PATH = "/settings/rates/"
MILEAGE = "/settings/rates/mileage/"
CURRENCY = "/settings/rates/currency/"
FRIDAY = date(2026, 11, 20)
MILE = {"rate": "0.30", "unit": "mi", "since": "2026-01-01"}
EURO = {"currency": "EUR", "rate": "1.08", "since": "2026-11-20"}


def own_miles(owner: Account) -> list[OwnRate]:
    return all_mileage_rates(user_id=owner.id)


def own_money(owner: Account) -> list[CurrencyRow]:
    return own_currency_rates(user_id=owner.id, base=owner.currency)


def rows(text: str, section: str) -> list[str]:
    """The lines of a table, as a person reads them."""
    body = re.search(rf'<table[^>]* aria-labelledby="{section}">.*?<tbody[^>]*>(.*?)</tbody>', text, re.DOTALL)
    assert body is not None
    lines = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", line)).split()) for line in lines]


def test_the_shipped_rates_have_their_sources(alice: Account) -> None:
    text = at_browser(alice).get(PATH).content.decode()

    assert rows(text, "mileage")[0] == "1 Jan 2026 0.725 USD per mi IRS, Notice 2026-10"
    assert len(rows(text, "mileage")) == 4
    assert rows(text, "earlier")[-1] == "1 Jan 2007 0.485 USD per mi IRS, Rev. Proc. 2006-49"


def test_own_rates_stand_before_the_shipped_ones(alice: Account, bob: Account) -> None:
    mileage_rate_set(user_id=alice.id, unit="km", valid_from=date(2022, 7, 1), rate=Decimal("0.4"))
    mileage_rate_set(user_id=bob.id, unit="mi", valid_from=date(2000, 1, 1), rate=Decimal(9))

    lines = rows(at_browser(alice).get(PATH).content.decode(), "mileage")

    assert lines[:2] == ["1 Jul 2022 0.40 USD per km yours Take back", "1 Jan 2022 0.585 USD per mi IRS, Notice 2022-3"]


def test_dollars_are_not_offered_to_who_is_paid_in_something_else(db: None) -> None:
    text = at_browser(open_account("carla@example.com", currency="EUR")).get(PATH).content.decode()

    assert "in EUR only yours hold." in text
    assert "IRS" not in text
    assert "None for EUR so far" in text


@time_machine.travel(NOON, tick=False)
def test_exchange_rates(alice: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    reference_rates_load(
        [ReferenceRate(FRIDAY, "USD", Decimal("1.08")), ReferenceRate(FRIDAY, "GBP", Decimal("0.864"))]
    )
    currency_rate_set(user_id=alice.id, currency="CHF", base="USD", day=FRIDAY, rate=Decimal("1.13"))
    client = at_browser(alice)

    with django_assert_num_queries(6):  # session, user, account; three tables
        text = client.get(PATH).content.decode()

    assert rows(text, "own") == ["CHF 1.13 USD 20 Nov 2026 Take back"]
    assert "Of the European Central Bank, of 20 Nov 2026." in text
    assert rows(text, "reference") == ["EUR 1.08 USD", "GBP 1.25 USD"]
    assert 'name="since" value="2026-11-20"' in text


def test_a_mileage_rate_is_set_and_taken_back(alice: Account) -> None:
    client = at_browser(alice)

    text = client.post(MILEAGE, MILE, follow=True).content.decode()

    assert "The rate is set. Expenses keep the rate they were made with." in text
    assert own_miles(alice) == [OwnRate("mi", Decimal("0.3"), date(2026, 1, 1))]
    assert spend(alice, "mileage 100").amount == 30_000
    assert 'aria-label="Take back the rate per mi from 1 Jan 2026"' in text

    text = client.post(f"{PATH}mi/2026-01-01/remove/", follow=True).content.decode()

    assert "The rate is taken back; the one before it holds." in text
    assert own_miles(alice) == []


def test_an_exchange_rate_is_set_and_taken_back(alice: Account) -> None:
    client = at_browser(alice)

    text = client.post(CURRENCY, {**EURO, "since": "20 Nov 2026"}, follow=True).content.decode()

    assert "The rate is set." in text
    assert own_money(alice) == [CurrencyRow("EUR", Decimal("1.08"), FRIDAY)]
    assert spend(alice, "hotel 20 EUR").amount == 21_600

    client.post(f"{PATH}EUR/2026-11-20/remove/")
    assert own_money(alice) == []


def test_a_time_beside_the_day_is_left_out(alice: Account) -> None:
    at_browser(alice).post(MILEAGE, {**MILE, "since": "2026-01-01 10:00"})

    assert own_miles(alice)[0].since == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("path", "form", "field", "said"),
    [
        (MILEAGE, {**MILE, "rate": "x"}, "mileage_rate", "“x”: a number like 0.725 is wanted."),
        (MILEAGE, {**MILE, "rate": "9999999"}, "mileage_rate", "Rate 9999999: a number from 0 to 1000000"),
        (MILEAGE, {**MILE, "unit": "ells"}, "mileage_unit", "Select a valid choice. ells"),
        (MILEAGE, {**MILE, "since": "soon"}, "mileage_since", "“soon”: a day like 2026-01-31 is wanted."),
        (MILEAGE, {**MILE, "since": ""}, "mileage_since", "This field is required."),
        (
            CURRENCY,
            {**EURO, "currency": "USD"},
            "currency_currency",
            "Currency &#x27;USD&#x27;: this is the base currency",
        ),
        (CURRENCY, {**EURO, "currency": ""}, "currency_currency", "This field is required."),
        (CURRENCY, {**EURO, "currency": "XXX"}, "currency_currency", "Select a valid choice. XXX"),
        (CURRENCY, {**EURO, "rate": "0"}, "currency_rate", "Rate 0: a number above 0 is wanted"),
        (CURRENCY, {**EURO, "rate": "9999999"}, "currency_rate", "Rate 9999999: a number from 0 to 1000000"),
    ],
)
def test_what_can_not_be_meant_is_told_at_its_field(
    alice: Account, path: str, form: dict[str, str], field: str, said: str
) -> None:
    response = at_browser(alice).post(path, form)

    text = response.content.decode()
    assert response.status_code == 200
    assert f'<small class="bad" id="{field}_error">{said}' in text
    assert 'aria-current="page">Rates</a>' in text
    assert (own_miles(alice), own_money(alice)) == ([], [])


@pytest.mark.parametrize(
    "place", ["mi/2026-01-01", "EUR/2026-11-20", "mi/2026-02-31", "XXX/2026-11-20", "km/2026-01-01"]
)
def test_what_is_somebody_elses_or_is_not_there_is_not_taken_back(alice: Account, bob: Account, place: str) -> None:
    mileage_rate_set(user_id=alice.id, unit="mi", valid_from=date(2026, 1, 1), rate=Decimal("0.3"))
    currency_rate_set(user_id=alice.id, currency="EUR", base="USD", day=FRIDAY, rate=Decimal("1.08"))

    assert at_browser(bob).post(f"{PATH}{place}/remove/").status_code == 404
    assert (len(own_miles(alice)), len(own_money(alice))) == (1, 1)


@pytest.mark.parametrize("path", [MILEAGE, CURRENCY, f"{PATH}mi/2026-01-01/remove/"])
def test_no_get_and_no_other_site_changes_anything(alice: Account, path: str) -> None:
    mileage_rate_set(user_id=alice.id, unit="mi", valid_from=date(2026, 1, 1), rate=Decimal("0.3"))

    assert at_browser(alice).get(path, {**MILE, **EURO}).status_code == 405
    assert at_browser(alice, strict=True).post(path, {**MILE, **EURO}).status_code == 403
    assert (len(own_miles(alice)), len(own_money(alice))) == (1, 0)
