"""Numbers go out, and come in, as the reader's language writes them."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from accounts.selectors import Account, account
from accounts.services import preferences_set
from expenses.selectors import expense_row, type_rows
from expenses.services import type_set
from tests.cast import NOON, spend
from tests.web.people import at_browser
from web.figures import counted, megabytes, money, rated, whole
from web.numbers import as_english, written
from web.periods import span
from web.settings.fields import RateField


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "amount", "rate"),
    [
        ("en", "−1,473.72", "0.725"),
        ("de", "−1.473,72", "0,725"),
        ("fr", "−1\N{NARROW NO-BREAK SPACE}473,72", "0,725"),
        ("es", "−1.473,72", "0,725"),
    ],
)
def test_they_go_out(language: str, amount: str, rate: str) -> None:
    with translation.override(language):
        assert money(-1_473_720, "USD") == amount
        assert rated(Decimal("0.725")) == rate


@pytest.mark.once
def test_with_their_units() -> None:
    with translation.override("de"):
        assert counted(38_125, "EUR") == "38,125 EUR"
        assert whole(-1_500_000) == "−1.500"
        assert megabytes(2_500_000) == "2,5 MB"


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "typed", "rate"),
    [
        ("en", "1,060", "1060"),
        ("en", "1,060.5", "1060.5"),
        ("en", "12,345,678", "12345678"),
        ("en", "0,725", "0.725"),
        ("en", "1,5", "1.5"),
        ("en", "1,0600", "1.0600"),
        ("de", "1,060", "1.0600"),
        ("de", "1.060", "1060"),
        ("fr", "1,060", "1.0600"),
    ],
)
def test_a_rate_is_what_the_reader_s_language_says(language: str, typed: str, rate: str) -> None:
    with translation.override(language):
        assert RateField().clean(typed) == Decimal(rate)


@pytest.mark.once
def test_where_no_language_is_spoken() -> None:
    with translation.override(None):
        assert written("1,234.5") == "1,234.5"
        assert as_english("1,234.5") == "1,234.5"


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "typed", "read"),
    [
        ("en", "1,234.56", "1,234.56"),
        ("en", "1.234", "1.234"),
        ("de", "1.234,56", "1234.56"),
        ("de", " −1.234.567,5 EUR", "-1234567.5 EUR"),
        ("de", "1234,56", "1234.56"),
        ("de", "1.234", "1234"),
        ("de", "0,725", "0.7250"),
        ("de", "0.725", "0.725"),
        ("de", "12.50", "12.50"),
        ("de", "1,234.56", "1,234.56"),
        ("de", "37 min", "37 min"),
        ("de", "a lot", "a lot"),
        ("de", "", ""),
        ("fr", "1 234,56", "1234.56"),
        ("fr", "1\N{NARROW NO-BREAK SPACE}234,56 EUR", "1234.56 EUR"),
        ("fr", "12,5", "12.5"),
        ("fr", "20 123", "20123"),
        ("es", "+1.234,56", "+1234.56"),
    ],
)
def test_they_come_in(language: str, typed: str, read: str) -> None:
    with translation.override(language):
        assert as_english(typed) == read


@pytest.mark.once
@pytest.mark.parametrize(
    ("language", "first", "said"),
    [
        ("de", date(2025, 12, 30), "30. Dez. 2025 bis 2. März 2026"),
        ("de", date(2026, 3, 1), "1. bis 2. März 2026"),
        ("es", date(2026, 2, 27), "27 feb a 2 mar 2026"),
        ("fr", date(2026, 2, 27), "27 fév. au 2 mars 2026"),
    ],
)
def test_days_go_out(language: str, first: date, said: str) -> None:
    with translation.override(language):
        assert span(first, date(2026, 3, 2)) == said


@pytest.mark.parametrize(("language", "typed"), [("de", "1.234,56"), ("fr", "1 234,56"), ("en", "1,234.56")])
def test_an_amount_is_read_as_its_reader_writes_it(alice: Account, language: str, typed: str) -> None:
    row, browser = spend(alice, "lunch 45"), at_browser(alice)
    preferences_set(user_id=alice.id, language=language)
    shown = browser.get(f"/expenses/{row.id}/").context["form"]
    said = {field.html_name: field.value() for field in shown} | {
        shown.add_initial_prefix(field.name): field.value() for field in shown
    }

    browser.post(f"/expenses/{row.id}/", {**said, "entered": typed})

    assert expense_row(user_id=alice.id, expense_id=row.id).amount == 1_234_560


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
@pytest.mark.parametrize(("least", "found"), [("1.234", 1), ("1.234,56", 1), ("1,234.57", 0), ("1234.56", 1)])
def test_a_filter_means_the_same_in_each_language(alice: Account, language: str, least: str, found: int) -> None:
    spend(alice, "laptop 1234.56")
    preferences_set(user_id=alice.id, language=language)

    page = at_browser(alice).get("/", {"least": least})

    assert page.context["count"] == found


def test_a_rate_is_read_so_too(alice: Account) -> None:
    preferences_set(user_id=alice.id, language="fr")
    given = {"zone": "UTC", "hourly_rate": "1 060,5", "mileage_unit": "km", "language": "fr"}

    page = at_browser(alice).post("/settings/", given)

    assert page.status_code == 302


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_what_is_only_saved_again_stays(alice: Account, language: str) -> None:
    """A rate of three decimals, which looks like thousands."""
    type_set(user_id=alice.id, name="Page", now=NOON, unit="page", rate=Decimal("12.345"))
    preferences_set(user_id=alice.id, language=language, hourly_rate=Decimal("12.345"))
    (page,) = (row for row in type_rows(user_id=alice.id) if row.name == "Page")
    browser = at_browser(alice)

    for address in ("/settings/", f"/settings/types/{page.id}/"):
        form = browser.get(address).context["form"]
        saved = browser.post(address, {field.html_name: field.value() or "" for field in form})
        assert saved.status_code == 302

    assert account(email=alice.email).hourly_rate == Decimal("12.345")
    assert next(row.rate for row in type_rows(user_id=alice.id) if row.id == page.id) == Decimal("12.345")
